"""Stores which command functions this machine's user allows for a vault: one small file each, outside the vault.

A command is a row in the vault, and a vault may come from somebody else, together with its passphrase and all its
keys. So nothing inside the file can permit a command. A permission is a file in this user's state directory. It names
the vault and holds a message authentication code (MAC) over everything that was shown when the user agreed. Another
argument, time limit, name, Region, account or vault, or a re-created function, needs a new permission. That of a Lambda
function covers its file with its content, handler, environment, interpreter, and the secrets that it may read.

The file's name and its key are derived from the open vault, so nobody can create a permission without opening it. A
file copied from another vault, or to another name, is invalid.
"""

from __future__ import annotations

import hmac
import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from smtui.api.limits import DEFAULT_STEP_SECONDS
from smtui.system.private_files import FILE_MODE, atomic_write, make_folder

MAC_BYTES = 32
KINDS = frozenset({"Password", "Command", "Lambda"})
# Members of ListFunctions that do not describe what runs. The MAC covers all others, future ones included.
_NOT_COVERED = frozenset({"SecretCount", "SecretNames", "WaitsForPermission", "Unreadable", "ResponseMetadata"})


class Permissions:
    """The permissions of one vault on this machine.

    `name` identifies the vault, `key` (32 bytes) authenticates its permissions. Functions are given as ListFunctions
    describes them.
    """

    def __init__(self, folder: Path, name: str, key: bytes) -> None:
        self.folder = folder / "allowed" / name
        self._name = name
        self._key = key

    def __repr__(self) -> str:
        return f"<Permissions {self.folder}>"

    def can_run(self, function: Mapping[str, Any]) -> bool:
        """Whether a function may run here: a built-in one always, a process if exactly this one was allowed.

        That of a Lambda function includes the content of its file.
        """
        kinds = KINDS & function.keys()
        if kinds == {"Lambda"} and "FileSha256" not in function["Lambda"]:
            return False
        return kinds == {"Password"} or (len(kinds) == 1 and self._is_granted(function))

    def grant(self, function: Mapping[str, Any]) -> None:
        """Allows exactly this command function. Raises OSError if the permission cannot be stored."""
        make_folder(self.folder)
        with atomic_write(self._get_path(function)) as file:
            file.write(self._compute_mac(function))

    def revoke(self, function: Mapping[str, Any]) -> None:
        """Revokes the permission of the function with this name. Raises OSError if it cannot be removed."""
        with suppress(FileNotFoundError):
            self._get_path(function).unlink()

    def read_state(self) -> tuple[object, ...]:
        """Something that differs after a permission of this vault was granted or revoked; empty if none ever was."""
        try:
            with os.scandir(self.folder) as files:
                return (self.folder.stat().st_mtime_ns, frozenset((each.name, each.inode()) for each in files))
        except OSError:
            return ()

    def _is_granted(self, function: Mapping[str, Any]) -> bool:
        try:
            return hmac.compare_digest(_read(self._get_path(function)), self._compute_mac(function))
        except (OSError, TypeError, ValueError, RecursionError):
            return False

    def _get_path(self, function: Mapping[str, Any]) -> Path:
        """The file of a function, named by a MAC of its ARN, which reveals nothing."""
        return self.folder / hmac.digest(self._key, f"file {function['FunctionArn']}".encode(), "sha256").hex()

    def _compute_mac(self, function: Mapping[str, Any]) -> bytes:
        covered = {name: value for name, value in function.items() if name not in _NOT_COVERED}
        settings = function["Lambda"] if "Lambda" in function else function["Command"]
        limit = settings.get("TimeoutInSeconds", DEFAULT_STEP_SECONDS)
        text = json.dumps(["command", self._name, limit, covered], sort_keys=True, default=_to_milliseconds)
        return hmac.digest(self._key, text.encode(), "sha256")


def _to_milliseconds(moment: Any) -> int:
    if isinstance(moment, datetime):
        return round(moment.timestamp() * 1000)
    raise TypeError(type(moment).__name__)


def _read(path: Path) -> bytes:
    """Reads a file of this user that nobody else can write, never through a link. Raises OSError for any other."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)
    for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    file = os.open(path, flags)
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            raise OSError
        if os.name == "posix" and (found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & ~FILE_MODE):
            raise OSError
        return os.read(file, MAC_BYTES + 1)
    finally:
        os.close(file)
