"""Notices that another program has written an older copy into the open vault file, as `cp old.vault vault` does.

SQLite does not notice: what it holds in memory and the write-ahead log still apply to the former content, so it would
mix both. Whoever writes to the file changes its status, and so does a checkpoint of ours. After such a change the file
itself, read without its log, must still hold the newest audit event that it held before.

A checkpoint that is under way, or was interrupted, can hide that event. So a suspicion is confirmed before it is
reported: the digest of all rows, read through a new connection, tells whether file and log belong together.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from threading import RLock

from smtui.api.errors import VaultBusyError, VaultDamagedError, VaultError, VaultMissingError
from smtui.api.record import record
from smtui.vault import audit_log, digest, stray_log
from smtui.vault import path as vault_path
from smtui.vault.database import Database
from smtui.vault.kdf import FileKeys
from smtui.vault.lineage import Gap, find_gap
from smtui.vault.rollback_note import Content, RollbackNote
from smtui.vault.sqlite_errors import make_moved_error

REPLACED = "An older copy of this vault was written into its file while it was open."
UNKNOWN = "It lacks changes that this session has seen."
HINT = "Nothing is written to it. Lock, and unlock to see what is missing and to decide."
KEPT = "The log of the former file is kept as {}."
UNREADABLE = "Another program has written to the open vault file, and it cannot be read. Nothing was changed."
UNREADABLE_HINT = "If the file is being copied, try again. If this persists, lock, run smtui check, and open a backup."


@record
class FileState:
    """How far the file has got: the number of its newest audit event, its chain value, and the counted changes."""

    event: int
    chain: object
    commits: int


class FileWatch:
    """Watches the file of one open vault from now on.

    Args:
        path: the vault file.
        keys: its keys.
        digest_key: the key of the digest, see `digest`.
        note: this machine's rollback note of the vault; it is read only.
        is_complete: whether the file holds all that is noted. If not, the user has been warned of that.
    """

    def __init__(
        self, path: Path, keys: FileKeys, digest_key: bytes, note: RollbackNote, *, is_complete: bool
    ) -> None:
        self._path = path
        self._keys = keys
        self._digest_key = digest_key
        self._note = note
        self._is_complete = is_complete
        self._lock = RLock()
        self._finding = ""
        self._hint = ""
        self._found_at: tuple[int, ...] = ()
        """The status of the file for which the finding holds; empty if the finding is final."""
        self._log = stray_log.find_log(path)
        self._log_identity = vault_path.read_identity(self._log)
        self._status = vault_path.read_status(path)
        self._state: FileState | None = None
        with contextlib.suppress(VaultError), stray_log.open_alone(self._path, self._keys) as alone:
            self._state = _read_state(alone)

    def is_unchanged(self, status: tuple[int, ...]) -> bool:
        """Whether nobody has written to the file, whose status this is, since the last `check`, which found nothing."""
        return status == self._status and not self._finding

    def check(self) -> bool:
        """Whether anyone has written to the file since the last call. What was read before may then be outdated.

        After an older copy the newest file may be written back. If the log had to be renamed, only opening the vault
        again helps, because this connection would write to that log.

        Raises VaultMissingError if an older copy was written into it, or VaultDamagedError if it is damaged.
        """
        if self.is_unchanged(vault_path.read_status(self._path)):
            return False
        with self._lock:
            status = vault_path.read_status(self._path)
            if self._found_at and status != self._found_at:
                self._finding, self._found_at = "", ()
            if not self._finding and not self._is_continued():
                self._confirm_suspicion()
            if self._finding:
                raise VaultMissingError(self._finding, hint=self._hint)
            self._status, self._log_identity = status, vault_path.read_identity(self._log)
            return True

    def _is_continued(self) -> bool:
        """Whether the file itself holds what it held at the last call; its state is then remembered."""
        try:
            with stray_log.open_alone(self._path, self._keys) as alone:
                if self._state is not None and not _has_state(alone, self._state):
                    return False
                self._state = _read_state(alone)
        except VaultError:
            return False
        return True

    def _confirm_suspicion(self) -> None:
        """Finds out whether file and log together hold everything, or what is missing. Raises VaultError."""
        held = self._note.read() if self._is_complete else {}
        try:
            with stray_log.open_with_log(self._path, self._keys) as together, together.snapshot():
                if self._is_whole(together):
                    gap = find_gap(together, held)
                    if gap is not None or (self._state is not None and not _has_state(together, self._state)):
                        self._report(gap)
                    return
        except VaultBusyError:
            raise
        except VaultError:
            pass  # file and log do not belong together, or one of them is damaged
        self._examine_without_log(held)

    def _examine_without_log(self, held: Content) -> None:
        """Finds out whether the file alone is a whole vault, and what is missing from it. Raises VaultError."""
        is_whole, gap = False, None
        with contextlib.suppress(VaultError), stray_log.open_alone(self._path, self._keys) as alone:
            is_whole, gap = self._is_whole(alone), find_gap(alone, held)
        if vault_path.read_status(self._path)[:2] != self._status[:2]:
            raise make_moved_error()
        if not is_whole:
            raise VaultDamagedError(UNREADABLE, hint=UNREADABLE_HINT)
        self._report(gap, stray_log.set_log_aside(self._path, self._log_identity))

    def _report(self, gap: Gap | None, kept: str = "") -> None:
        """Makes every `check` of this state of the file fail. `kept` is the new name of the log, if it was renamed."""
        self._found_at = () if kept else vault_path.read_status(self._path)
        self._finding = f"{REPLACED} {gap.sentence if gap else UNKNOWN}"
        self._hint = f"{HINT} {KEPT.format(kept)}" if kept else HINT

    def _is_whole(self, database: Database) -> bool:
        return digest.find_difference(database, self._digest_key) == 0


def _read_state(database: Database) -> FileState:
    newest = audit_log.read_newest_number(database)
    return FileState(newest, _read_chain(database, newest), digest.count_commits(database))


def _read_chain(database: Database, event: int) -> object:
    """The chain value of an event; None if there is no event of this number."""
    found = database.fetch_row("SELECT chain FROM audit_events WHERE id = ?", (event,))
    return found[0] if found else None


def _has_state(database: Database, state: FileState) -> bool:
    """Whether the database went on from `state`. Events that were dropped on purpose since are no difference.

    An altered event is none either, as no older copy has one; the check of the vault reports it.
    """
    if digest.count_commits(database) < state.commits:
        return False
    chain = _read_chain(database, state.event)
    is_altered = chain is not None and not isinstance(chain, bytes)
    return chain == state.chain or is_altered or audit_log.read_dropped(database) >= state.event
