"""The path of a vault: what can be verified before SQLite opens it, and how its files are created.

Nothing here follows a link, and no file is readable by others.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path

from smtui.api.errors import (
    VaultDamagedError,
    VaultExistsError,
    VaultFormatError,
    VaultFullError,
    VaultMissingError,
    VaultPathError,
    VaultReadOnlyError,
)
from smtui.api.record import record
from smtui.system import private_files
from smtui.vault.kdf import SALT_BYTES, find_profile

PAGE_BYTES = 4096
COMPANIONS = ("-wal", "-shm", "-journal")
DISK_FAILED = "Disk error: the disk may be full or failing. Nothing was changed."


@record
class VaultFile:
    """A file that may be a vault. `identity` (device and inode) distinguishes it from another file at the same path."""

    salt: bytes
    identity: tuple[int, int]
    readable_by_others: bool


def list_companions(path: Path) -> list[Path]:
    """The files that SQLite may create beside a vault."""
    return [path.with_name(path.name + companion) for companion in COMPANIONS]


@contextmanager
def map_os_errors(sentence: str = DISK_FAILED) -> Iterator[None]:
    """Raises VaultFullError with this sentence for an OSError of the block."""
    try:
        yield
    except OSError as error:
        raise VaultFullError(sentence, hint=f"System error: {error.strerror}.") from None


def read_identity(path: Path) -> tuple[int, int] | None:
    """Device and inode of the file at the path; None if there is none."""
    return read_status(path)[:2] or None  # type: ignore[return-value]


def read_status(path: Path | str) -> tuple[int, ...]:
    """Numbers that differ after anyone has written to the file at the path; empty if there is none.

    The first two are its identity, see `read_identity`. A program can set the time of the last write, but not that of
    the last change of the file's status.
    """
    try:
        found = os.lstat(path)
    except OSError:
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def find_free_name(path: Path) -> Path:
    """The path, or the first with a number behind it at which no file exists."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return next(each for each in chain((path,), numbered) if read_identity(each) is None)


def examine(path: Path, *, any_salt: bool = False) -> VaultFile:
    """Examines the file at a path, without its keys.

    With `any_salt` the first bytes may be damaged, because the recovery code contains the salt.

    Raises VaultMissingError, VaultPathError, VaultFormatError or VaultDamagedError.
    """
    found = _check_file(path)
    for companion in list_companions(path):
        _check_companion(companion)
    salt = _salts.get((found.st_dev, found.st_ino)) or _read_salt(path)
    if not any_salt:
        if len(salt) < SALT_BYTES:
            raise VaultFormatError(f"{path} is not a vault.")
        find_profile(salt)
    if found.st_size == 0 or (found.st_size % PAGE_BYTES and not _has_log(path)):
        raise VaultDamagedError(f"{path} is damaged: it was cut short, or bytes were added to it.",
                                hint="Open a backup of it.")
    others = bool(found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)) and os.name == "posix"
    return VaultFile(salt, (found.st_dev, found.st_ino), others)


def _read_salt(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(SALT_BYTES)
    except PermissionError:
        raise VaultPathError(f"You have no permission to read {path}.") from None
    except OSError as error:
        raise VaultPathError(f"{path} cannot be read: {error.strerror}.") from None


# How often this process has each vault open, and their salts. Closing such a file after reading its salt would drop
# every lock of the process on it (POSIX), so it is not opened a second time.
_open: Counter[tuple[int, int]] = Counter()
_salts: dict[tuple[int, int], bytes] = {}


def register_open(path: Path, salt: bytes) -> tuple[int, int] | None:
    """Notes that the file at `path` is open as a vault with this salt; returns its identity."""
    held = read_identity(path)
    if held is not None:
        _open[held] += 1
        _salts[held] = salt
    return held


def unregister_open(held: tuple[int, int] | None) -> None:
    """Notes that a file of `register_open` is closed."""
    if held is not None:
        _open[held] -= 1
        if not _open[held]:
            del _open[held], _salts[held]


def create(path: Path) -> None:
    """Creates a new, empty, private file. Raises VaultExistsError or VaultPathError."""
    try:
        private_files.make_folder(path.parent)
    except OSError as error:
        raise VaultPathError(f"{path.parent} cannot be created: {error.strerror}.") from None
    try:
        os.close(private_files.create_file(path))
    except FileExistsError:
        raise VaultExistsError(f"{path} already exists. Nothing was written.") from None
    except OSError as error:
        raise VaultPathError(f"{path} cannot be created: {error.strerror}.") from None


def confirm_on_disk(path: Path) -> None:
    """Waits until the new file at `path` is on disk. Raises VaultFullError if the disk does not confirm it."""
    with map_os_errors(f"{path} was written, but the disk did not confirm it: the disk may be full or failing."):
        private_files.sync_folder(path.parent)


def check_writable(path: Path) -> None:
    """Raises VaultReadOnlyError if the file cannot be written."""
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise VaultReadOnlyError(f"{path} cannot be written, so what you read could not be recorded in the audit log.",
                                 hint="Open it with --read-only: reads will then not be recorded.")


def _check_file(path: Path) -> os.stat_result:
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        raise VaultMissingError(f"No vault found at {path}.", hint="Create one with: smtui init") from None
    except OSError as error:
        raise VaultPathError(f"{path} cannot be examined: {error.strerror}.") from None
    if stat.S_ISLNK(found.st_mode):
        raise VaultPathError(f"{path} is a link. Give the path of the vault itself.")
    if stat.S_ISDIR(found.st_mode):
        raise VaultPathError(f"{path} is a folder, not a vault.")
    if not stat.S_ISREG(found.st_mode):
        raise VaultPathError(f"{path} is not a file.")
    if found.st_nlink > 1:
        found = _remove_other_name(path, found)
    if found.st_nlink > 1:
        raise VaultPathError(f"{path} has a second name (a hard link): changes could end up elsewhere.")
    if os.name == "posix" and found.st_uid != os.geteuid() and os.geteuid() != 0:
        raise VaultPathError(f"{path} belongs to another user.")
    return found


def _remove_other_name(path: Path, found: os.stat_result) -> os.stat_result:
    """Removes the temporary name of a vault, left by an interrupted installation; any other name stays."""
    for suffix in (".part", ".making"):
        other = path.with_name(path.name + suffix)
        if read_identity(other) == (found.st_dev, found.st_ino):
            with contextlib.suppress(OSError):
                other.unlink()
                return path.lstat()
    return found


def _has_log(path: Path) -> bool:
    """Whether a log or journal lies beside the file, from which SQLite recovers a half-written page."""
    logs = (each for each in list_companions(path) if not each.name.endswith("-shm"))
    return any(each.exists() and each.stat().st_size for each in logs)


def _check_companion(path: Path) -> None:
    """Raises VaultPathError if one of SQLite's own files is not a regular file."""
    try:
        found = path.lstat()
    except OSError:
        return
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        raise VaultPathError(f"{path} is a link or not a file: the vault is not opened.")
