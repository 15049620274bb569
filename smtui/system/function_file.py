"""The file with the handler of a Lambda function: its content, and the digest that a permission covers."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from smtui.system.bounded_read import TooLargeError, read_descriptor

MAX_BYTES = 1024 * 1024
_FLAGS = sum(getattr(os, flag, 0) for flag in ("O_RDONLY", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"))


def read_function_file(path: str) -> bytes:
    """The content of a function's file. The path may come from somebody else, so only a regular file is opened.

    Raises:
        OSError: it cannot be read, is no regular file, or has more than `MAX_BYTES`.
    """
    if not Path(path).is_absolute() or not stat.S_ISREG(Path(path).stat().st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")
    descriptor = os.open(path, _FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        return read_descriptor(descriptor, MAX_BYTES)
    except TooLargeError:
        raise OSError(errno.EFBIG, f"it has more than {MAX_BYTES:,} bytes") from None
    finally:
        os.close(descriptor)


def compute_digest(content: bytes) -> str:
    """The SHA-256 of a function's file, in hexadecimal digits."""
    return sha256(content).hexdigest()


def add_digest(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a Lambda function with the FileSha256 of its file; without one if it cannot be read."""
    try:
        return {**settings, "FileSha256": compute_digest(read_function_file(settings["File"]))}
    except (OSError, ValueError):
        return dict(settings)
