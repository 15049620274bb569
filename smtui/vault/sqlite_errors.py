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

WRONG_KEYS = "Wrong passphrase, or the first page of the vault is damaged."
_ALTERED = (apsw.SQLITE_IOERR_DATA, apsw.SQLITE_IOERR_CORRUPTFS, apsw.SQLITE_IOERR_SHORT_READ)


@contextmanager
def map_errors(*, opening: bool = False) -> Iterator[None]:
    """Raises every APSW error of the block as a VaultError. `opening` says that the passphrase may be wrong."""
    try:
        yield
    except apsw.Error as error:
        raise map_error(error, opening) from None


@contextmanager
def detect_damage() -> Iterator[None]:
    """Raises VaultDamagedError if our code fails on rows of another table, whose page was put in the place of ours."""
    try:
        yield
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise damaged_error() from error


def map_error(error: apsw.Error, opening: bool = False) -> VaultError:
    """The VaultError for an APSW error."""
    match error:
        case apsw.NotADBError() if opening:
            return WrongPassphraseError(WRONG_KEYS)
        case apsw.BusyError() | apsw.LockedError():
            return VaultBusyError("Another process is writing to the vault and did not finish in time.",
                                  hint="Try again; if it stays, look for another smtui that is running.")
        case apsw.NotADBError() | apsw.CorruptError():
            return damaged_error()
        case apsw.FullError():
            return VaultFullError("The disk is full. Nothing was changed.")
        case apsw.ReadOnlyError() if getattr(error, "extendedresult", 0) == apsw.SQLITE_READONLY_DBMOVED:
            return moved_error()
        case apsw.ReadOnlyError():
            return VaultReadOnlyError("The vault cannot be written.", hint="Open it with --read-only.")
        case apsw.CantOpenError():
            return VaultPathError("The vault, or a file SQLite needs beside it, cannot be opened.",
                                  hint="The disk may be full, or the folder not yours to write in.")
        case apsw.ConnectionClosedError():
            return VaultLockedError("The vault is locked.")
        case apsw.InterruptError():
            return VaultError("Cancelled. Nothing was changed.")
        case apsw.IOError():
            return _disk_error(error)
    return VaultError(f"The vault's database refused a step ({type(error).__name__}). Nothing was changed.")


def _disk_error(error: apsw.Error) -> VaultError:
    if getattr(error, "extendedresult", 0) in _ALTERED:
        return damaged_error()
    return VaultFullError(vault_path.DISK_FAILED)


def moved_error() -> VaultMissingError:
    """The error for a vault whose path names another file now."""
    return VaultMissingError(
        "The vault was moved, removed or replaced while it was open. Nothing was changed.",
        hint="If its passphrase was changed by another program, open it again.",
    )


def damaged_row_error() -> InternalServiceError:
    """The error for one secret or key with a damaged row."""
    return InternalServiceError("A row of the vault about this is damaged. Run smtui check, and open a backup.")


def damaged_error() -> VaultDamagedError:
    """The error for a damaged file."""
    return VaultDamagedError("The vault is damaged: a page of it was altered or cut off.",
                             hint="Run smtui check, and open a backup.")
