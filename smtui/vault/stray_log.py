"""Finds a write-ahead log that does not belong to the vault file beside it, before SQLite applies it.

A program that was killed leaves its log. If an older copy of the vault then takes the place of the file, SQLite would
apply the log to that copy, and the result is neither of the two states.

A file that was written, renamed or moved after the last write to its log is suspect: usually that was a checkpoint that
was the last act of a program. The digest of all rows, read with the log, decides. That takes as long as reading the
whole vault, and nothing cheaper is certain: the newest audit event and the state of the digest can come from the file
while other pages come from the log.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from smtui.api.errors import ClientError, VaultBusyError, VaultError, VaultMissingError
from smtui.system.ambient import Ambient
from smtui.vault import digest, migrate
from smtui.vault import path as vault_path
from smtui.vault.database import Database
from smtui.vault.kdf import FileKeys
from smtui.vault.keystore import KeyStore
from smtui.vault.opening import open_file, open_without_log
from smtui.vault.sqlite_errors import detect_damage

KEPT_SUFFIX = ".replaced"
KEPT = ("The vault file was replaced. The log next to it was written for its former state: it was not used, and is "
        "kept as {}.")
FOREIGN = "The log {} was written for another state of the vault file. Nothing was changed."
FOREIGN_HINT = "Open the vault once without --read-only: the log is then kept under another name."


def set_foreign_log_aside(path: Path, keys: FileKeys, *, read_only: bool) -> str:
    """Renames the log if it does not belong to the file. Call it before the file is opened.

    Returns the new name of the log; empty if there is none, or if file and log belong together as far as can be told.

    Raises VaultMissingError if the log is another file's and `read_only` forbids to rename it, or VaultBusyError.
    """
    log = find_log(path)
    if not _is_suspect(path, log):
        return ""
    identity = vault_path.read_identity(log)
    if _is_one_state(path, keys):
        return ""
    if read_only:
        raise VaultMissingError(FOREIGN.format(log.name), hint=FOREIGN_HINT)
    return set_log_aside(path, identity)


def find_log(path: Path) -> Path:
    """The path of the log of the vault at `path`."""
    return path.with_name(f"{path.name}-wal")


def set_log_aside(path: Path, identity: tuple[int, int] | None) -> str:
    """Renames the log of the vault at `path`, if it is still the file of this identity and not empty.

    Returns the new name; empty if there was no log, or another session has renamed it.
    """
    log = find_log(path)
    kept = vault_path.find_free_name(log.with_name(log.name + KEPT_SUFFIX))
    with contextlib.suppress(OSError):
        if identity == vault_path.read_identity(log) and log.stat().st_size:
            log.rename(kept)
            path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
            return kept.name
    return ""


@contextmanager
def open_alone(path: Path, keys: FileKeys) -> Iterator[Database]:
    """The file without its log, for reading. Raises VaultError."""
    alone = open_without_log(path, keys)
    try:
        yield alone
    finally:
        alone.drop()


@contextmanager
def open_with_log(path: Path, keys: FileKeys) -> Iterator[Database]:
    """The file with its log, for reading. The log is not moved into the file. Raises VaultError."""
    together = open_file(path, keys, read_only=True)
    try:
        together.connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        yield together
    finally:
        together.drop()


def _is_suspect(path: Path, log: Path) -> bool:
    """Whether the file was written or took its place after the last write to the log."""
    try:
        held, logged = path.lstat(), log.lstat()
    except OSError:
        return False
    return logged.st_size > 0 and max(held.st_mtime_ns, held.st_ctime_ns) > logged.st_mtime_ns


def _is_one_state(path: Path, keys: FileKeys) -> bool:
    """Whether file and log are one state; also if that cannot be told, because the file alone is not whole either.

    Raises VaultBusyError.
    """
    try:
        with open_with_log(path, keys) as together, together.snapshot():
            if _is_whole(together):
                return True
    except VaultBusyError:
        raise
    except (VaultError, ClientError):
        pass  # rows of one state refer to what the other lacks, or the keys do not fit
    with contextlib.suppress(VaultError, ClientError), open_alone(path, keys) as alone:
        return not _is_whole(alone)
    return True


def _is_whole(database: Database) -> bool:
    """Whether every row is as it was last written; also for the first formats, which have no digest."""
    if not digest.has_digest(database):
        return True
    store = KeyStore(database, database.keys.root, Ambient())
    try:
        with detect_damage():
            key = store.derive(digest.PURPOSE)
            is_old = migrate.read_format(database) < migrate.FORMAT_OF_SHARED_POLICIES
            return digest.find_difference(database, key, before_format_4=is_old) == 0
    finally:
        store.wipe()
