"""What can be said about a vault's path before SQLite sees it, and how its files come to be.

Nothing here follows a link, and nothing is ever readable by others.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smtui import private
from smtui.api.errors import (
    VaultDamagedError,
    VaultExistsError,
    VaultFormatError,
    VaultFullError,
    VaultMissingError,
    VaultPathError,
    VaultReadOnlyError,
)
from smtui.vault.kdf import SALT_BYTES, known_profile

PAGE_BYTES = 4096
COMPANIONS = ("-wal", "-shm", "-journal")
REFUSED = "The disk refused the vault: it may be full or failing. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that may be a vault. `identity` tells it from any other file that may come to have its path."""

    salt: bytes
    identity: tuple[int, int]
    readable_by_others: bool


def companions(path: Path) -> list[Path]:
    """The files that SQLite may make beside a vault."""
    return [path.with_name(path.name + companion) for companion in COMPANIONS]


@contextmanager
def refusals(sentence: str = REFUSED) -> Iterator[None]:
    """What the system refuses to do with a file is told in one sentence. Raises VaultFullError."""
    try:
        yield
    except OSError as error:
        raise VaultFullError(sentence, hint=f"The system says: {error.strerror}.") from None


def identity(path: Path) -> tuple[int, int] | None:
    """Which file the path names now, or None for no file."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def examine(path: Path, *, any_salt: bool = False) -> Examined:
    """Raises VaultMissingError, VaultPathError, VaultFormatError or VaultDamagedError for what is no whole vault.

    With `any_salt` the first bytes may be damaged: the recovery code brings its own.
    """
    found = _status(path)
    for companion in companions(path):
        _companion(companion)
    salt = _salts.get((found.st_dev, found.st_ino)) or _read_salt(path)
    if not any_salt:
        if len(salt) < SALT_BYTES:
            raise VaultFormatError(f"{path} is not a vault.")
        known_profile(salt)
    if found.st_size == 0 or (found.st_size % PAGE_BYTES and not _to_be_recovered(path)):
        raise VaultDamagedError(f"{path} is damaged: it was cut short, or bytes were added to it.",
                                hint="Open a backup of it.")
    others = bool(found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)) and os.name == "posix"
    return Examined(salt, (found.st_dev, found.st_ino), others)


def _read_salt(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(SALT_BYTES)
    except PermissionError:
        raise VaultPathError(f"You have no permission to read {path}.") from None
    except OSError as error:
        raise VaultPathError(f"{path} cannot be read: {error.strerror}.") from None


# Of the vaults that this process has open, how often, and their salts. To close such a file after a look at it would
# drop every lock that the process has on it, so it is not looked at.
_open: Counter[tuple[int, int]] = Counter()
_salts: dict[tuple[int, int], bytes] = {}


def hold(path: Path, salt: bytes) -> tuple[int, int] | None:
    """The file at `path` is open as a vault of this salt; answers its identity."""
    held = identity(path)
    if held is not None:
        _open[held] += 1
        _salts[held] = salt
    return held


def let_go(held: tuple[int, int] | None) -> None:
    """A file that `hold` answered is closed."""
    if held is not None:
        _open[held] -= 1
        if not _open[held]:
            del _open[held], _salts[held]


def create(path: Path) -> None:
    """Makes a new, empty, private file. Raises VaultExistsError or VaultPathError."""
    try:
        private.make_folder(path.parent)
        os.close(private.create_file(path))
    except FileExistsError:
        raise VaultExistsError(f"There is already something at {path}. It was left as it is.") from None
    except OSError as error:
        raise VaultPathError(f"{path} cannot be made: {error.strerror}.") from None


def confirm(path: Path) -> None:
    """Waits for the disk to know the new file at `path`. Raises VaultFullError where it does not say so."""
    with refusals(f"{path} is written, but the disk did not confirm that it will last: it may be full or failing."):
        private.sync_folder(path.parent)


def must_be_writable(path: Path) -> None:
    """Raises VaultReadOnlyError where the file can be read and not changed."""
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise VaultReadOnlyError(f"{path} cannot be written, so what you read could not be recorded in the audit log.",
                                 hint="Open it with --read-only: reads will then not be recorded.")


def _status(path: Path) -> os.stat_result:
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        raise VaultMissingError(f"There is no vault at {path}.", hint="Make one with: smtui init") from None
    except OSError as error:
        raise VaultPathError(f"{path} cannot be looked at: {error.strerror}.") from None
    if stat.S_ISLNK(found.st_mode):
        raise VaultPathError(f"{path} is a link. Name the vault itself.")
    if stat.S_ISDIR(found.st_mode):
        raise VaultPathError(f"{path} is a folder, not a vault.")
    if not stat.S_ISREG(found.st_mode):
        raise VaultPathError(f"{path} is not a file.")
    if found.st_nlink > 1:
        found = _take_other_name_away(path, found)
    if found.st_nlink > 1:
        raise VaultPathError(f"{path} has a second name (a hard link): changes could end up elsewhere.")
    if os.name == "posix" and found.st_uid != os.geteuid() and os.geteuid() != 0:
        raise VaultPathError(f"{path} belongs to another user.")
    return found


def _take_other_name_away(path: Path, found: os.stat_result) -> os.stat_result:
    """The name under which a vault was written, left where its placing was interrupted; any other name stays."""
    for suffix in (".part", ".making"):
        other = path.with_name(path.name + suffix)
        if identity(other) == (found.st_dev, found.st_ino):
            with contextlib.suppress(OSError):
                other.unlink()
                return path.lstat()
    return found


def _to_be_recovered(path: Path) -> bool:
    """Whether a log or journal lies beside the file, from which SQLite completes a page that was written by half."""
    return any(each.exists() and each.stat().st_size for each in companions(path) if not each.name.endswith("-shm"))


def _companion(path: Path) -> None:
    """SQLite's own files beside the vault must be files."""
    try:
        found = path.lstat()
    except OSError:
        return
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        raise VaultPathError(f"{path} is a link or no file: the vault is not opened.")
