"""Maps every error of SQLite to one of ours: a sentence, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from smtui.api.errors import (
    InternalServiceError,
    VaultBusyError,
    VaultDamagedError,
    VaultError,
    VaultFullError,
    VaultLockedError,
    VaultMissingError,
    VaultPathError,
    VaultReadOnlyError,
    WrongPassphraseError,
)
from smtui.vault import path as vault_path

MAX_PLAUSIBLE_ROW = 2**62
"""Row numbers end at 2^63 - 1 and begin at 1: nobody adds this many rows."""

WRONG_KEYS = "Wrong passphrase, or the first page of the vault is damaged."
WRONG_KEYS_WITH_FILE = "Wrong passphrase or key file, or the first page of the vault is damaged."
_ALTERED = (apsw.SQLITE_IOERR_DATA, apsw.SQLITE_IOERR_CORRUPTFS, apsw.SQLITE_IOERR_SHORT_READ)


@contextmanager
def map_errors(*, opening: bool = False, connection: apsw.Connection | None = None) -> Iterator[None]:
    """Raises every APSW error of the block as a VaultError. For the arguments see `map_error`."""
    try:
        yield
    except apsw.Error as error:
        raise map_error(error, opening, connection) from None


_OF_DAMAGE = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What our code raises on rows that it did not write."""


def detect_damage() -> DamageDetector:
    """Raises VaultDamagedError if our code fails on rows of another table, whose page was put in the place of ours."""
    return _DETECTOR


class DamageDetector:
    """The block of `detect_damage`. Every call goes through it, and a generator would cost ten times as much."""

    def __enter__(self) -> None:
        """Does nothing."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, _OF_DAMAGE):
            raise make_damaged_error() from error


_DETECTOR = DamageDetector()


def map_error(error: apsw.Error, opening: bool = False, connection: apsw.Connection | None = None) -> VaultError:
    """The VaultError for an APSW error.

    Args:
        opening: whether the passphrase may be wrong.
        connection: where it came from; SQLite names a full disk also where a table has no row number left.
    """
    match error:
        case apsw.NotADBError() if opening:
            return WrongPassphraseError(WRONG_KEYS)
        case apsw.BusyError() | apsw.LockedError():
            return VaultBusyError("Another process is writing to the vault and did not finish in time.",
                                  hint="Try again. If it persists, look for another running smtui.")
        case apsw.NotADBError() | apsw.CorruptError():
            return make_damaged_error()
        case apsw.FullError() if connection and (table := _find_exhausted_table(connection)):
            return make_exhausted_error(f"the row numbers of its table {table} are used up")
        case apsw.FullError():
            return VaultFullError("The disk is full. Nothing was changed.")
        case apsw.SQLError() if str(error).endswith("integer overflow"):
            return make_exhausted_error("its row numbers are too large")
        case apsw.ReadOnlyError() if getattr(error, "extendedresult", 0) == apsw.SQLITE_READONLY_DBMOVED:
            return make_moved_error()
        case apsw.ReadOnlyError():
            return VaultReadOnlyError("The vault cannot be written.", hint="Open it with --read-only.")
        case apsw.CantOpenError():
            return VaultPathError("The vault, or a file that SQLite needs next to it, cannot be opened.",
                                  hint="The disk may be full, or the folder not writable.")
        case apsw.ConnectionClosedError():
            return make_locked_error()
        case apsw.InterruptError():
            return VaultError("Cancelled. Nothing was changed.")
        case apsw.IOError():
            return _make_disk_error(error)
    return VaultError(f"The vault's database reported an error ({type(error).__name__}). Nothing was changed.")


def _find_exhausted_table(connection: apsw.Connection) -> str | None:
    """A table in which no new row finds a number, or none that a vault could reach by use."""
    try:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE sql LIKE '%AUTOINCREMENT%'").fetchall()
        for (table,) in tables:
            (newest,), = connection.execute(
                f"SELECT max((SELECT coalesce(max(rowid), 0) FROM \"{table}\"),"
                " (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?))", (table,))
            if not isinstance(newest, int) or newest > MAX_PLAUSIBLE_ROW:
                return str(table)
    except (apsw.Error, UnicodeDecodeError):
        pass
    return None


def _make_disk_error(error: apsw.Error) -> VaultError:
    if getattr(error, "extendedresult", 0) in _ALTERED:
        return make_damaged_error()
    return VaultFullError(vault_path.DISK_FAILED)


def make_locked_error() -> VaultLockedError:
    """The error of a call to a vault that was locked, and its file closed."""
    return VaultLockedError("The vault is locked.")


def make_moved_error() -> VaultMissingError:
    """The error for a vault whose path names another file now."""
    return VaultMissingError(
        "The vault was moved, removed or replaced while it was open. Nothing was changed.",
        hint="If its passphrase was changed by another program, open it again.",
    )


def make_exhausted_error(why: str) -> VaultDamagedError:
    """The error for row numbers that normal use cannot reach: somebody wrote them into the file."""
    return VaultDamagedError(f"The vault is damaged or was tampered with: {why}. Nothing was changed.",
                             hint="Run smtui check, and open a backup.")


def make_damaged_row_error() -> InternalServiceError:
    """The error for one secret or key with a damaged row."""
    return InternalServiceError("A row of the vault for this request is damaged. Run smtui check, and open a backup.")


def make_damaged_error() -> VaultDamagedError:
    """The error for a damaged file."""
    return VaultDamagedError("The vault is damaged: a page of it was altered or cut off.",
                             hint="Run smtui check, and open a backup.")
