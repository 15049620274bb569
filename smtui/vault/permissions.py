"""Which command functions the user of this machine has allowed to run for a vault: one small file each, outside of it.

A command is a row in the vault, and a vault may come from somebody else, with its passphrase and so with every key it
holds. So nothing inside the file can say that a command may run. A permission is a file in this user's state
directory: it names the vault, and holds an authentication code over everything that was shown when the user agreed.
Another argument, time limit, name, Region, account or vault, or a function that was made again, has no permission.

The place of the file and its key come from the open vault, so nobody can write one without having opened it, and a
file that was copied from another vault, or under another name, counts for nothing.
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
from smtui.private import FILE_MODE, atomic_write, make_folder

MAC_BYTES = 32
KINDS = frozenset({"Password", "Command"})
# What ListFunctions says about a function that is no part of it. Any other member, also one to come, is covered.
_ABOUT_IT = frozenset({"SecretCount", "SecretNames", "WaitsForPermission", "Unreadable", "ResponseMetadata"})


class Permissions:
    """The permissions of one vault on this machine. `name` tells the vault from others, `key` authenticates them.

    Functions are given as ListFunctions describes them.
    """

    def __init__(self, folder: Path, name: str, key: bytes) -> None:
        self.folder = folder / "allowed" / name
        self._name = name
        self._key = key

    def __repr__(self) -> str:
        return f"<Permissions {self.folder}>"

    def may_run(self, function: Mapping[str, Any]) -> bool:
        """Whether a function may be run here: a built-in one always, a command if exactly this one was allowed."""
        kinds = KINDS & function.keys()
        return kinds == {"Password"} or (kinds == {"Command"} and self._is_granted(function))

    def grant(self, function: Mapping[str, Any]) -> None:
        """Allows a command function, exactly as it is given. Raises OSError where that cannot be kept."""
        make_folder(self.folder)
        with atomic_write(self._file_of(function)) as file:
            file.write(self._code(function))

    def revoke(self, function: Mapping[str, Any]) -> None:
        """Takes the permission for the function of this name back. Raises OSError where it cannot be removed."""
        with suppress(FileNotFoundError):
            self._file_of(function).unlink()

    def _is_granted(self, function: Mapping[str, Any]) -> bool:
        try:
            return hmac.compare_digest(_read(self._file_of(function)), self._code(function))
        except (OSError, TypeError, ValueError, RecursionError):
            return False

    def _file_of(self, function: Mapping[str, Any]) -> Path:
        """Named without telling anything of the function. Its ARN holds account, Region and name."""
        return self.folder / hmac.digest(self._key, f"file {function['FunctionArn']}".encode(), "sha256").hex()

    def _code(self, function: Mapping[str, Any]) -> bytes:
        covered = {name: value for name, value in function.items() if name not in _ABOUT_IT}
        limit = function["Command"].get("TimeoutInSeconds", DEFAULT_STEP_SECONDS)
        text = json.dumps(["command", self._name, limit, covered], sort_keys=True, default=_milliseconds)
        return hmac.digest(self._key, text.encode(), "sha256")


def _milliseconds(moment: Any) -> int:
    if isinstance(moment, datetime):
        return round(moment.timestamp() * 1000)
    raise TypeError(type(moment).__name__)


def _read(path: Path) -> bytes:
    """A file of this user's that nobody else can write, never what a link leads to. Raises OSError for any other."""
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
