"""Where the agent of a vault listens: the path of its Unix socket, and a connection to it.

Every quick command imports this module, so it imports next to nothing.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

IS_SUPPORTED = sys.platform != "win32"
"""Windows has no Unix sockets in Python, so it has no agent."""
FOLDER_MODE = 0o700
MAX_PATH_BYTES = 100
"""The kernel takes 104 (macOS) or 108 (Linux) bytes with the NUL at the end. Source: unix(4), unix(7)."""


DIRECTORY, TYPE_BITS, OTHERS = 0o040000, 0o170000, 0o077
"""Bits of a file's mode. Source: inode(7)."""


class UnsafeFolderError(Exception):
    """The runtime folder belongs to someone else, or others can use it; the message is a sentence."""


def get_runtime_folder() -> str:
    """The folder of sockets: in `$XDG_RUNTIME_DIR`, or with the user's number in the temporary folder."""
    base = os.environ.get("XDG_RUNTIME_DIR", "")
    is_short = base.startswith("/") and len(os.fsencode(base)) <= MAX_PATH_BYTES - 40
    if is_short and os.path.isdir(base) and os.access(base, os.W_OK | os.X_OK):  # noqa: PTH112  # of another user after su
        return f"{base}/smtui"
    base = os.environ.get("TMPDIR", "") if sys.platform == "darwin" else ""
    return f"{base.rstrip('/') or '/tmp'}/smtui-{os.geteuid()}"  # noqa: S108  # `check_folder` follows


def get_socket_path(vault: str) -> str:
    """The path of the socket for a vault file. Links on the way to the file make no difference."""
    real = os.path.realpath(vault)
    return f"{get_runtime_folder()}/{_hash(os.fsencode(real))}.sock"


def _hash(content: bytes) -> str:
    """The first 16 digits of the SHA-256.

    `hashlib` loads OpenSSL, which takes half of an interpreter start, so Python's own modules come first. Their names
    differ between versions.
    """
    for module in ("_sha2", "_sha256", "hashlib"):
        try:
            return str(__import__(module).sha256(content).hexdigest()[:16])
        except ImportError:
            continue
    raise AssertionError("hashlib is always there")


def check_folder(folder: str) -> None:
    """Raises UnsafeFolderError unless the folder is a real one, of this user alone, and OSError if there is none."""
    found = os.lstat(folder)
    if found.st_mode & TYPE_BITS != DIRECTORY:
        raise UnsafeFolderError(f"{folder} is not a folder.")
    if found.st_uid != os.geteuid():
        raise UnsafeFolderError(f"{folder} belongs to another user.")
    if found.st_mode & OTHERS:
        raise UnsafeFolderError(f"Others can use {folder}. Make it private: chmod 700 {folder}")


def connect(vault: str) -> socket.socket | None:
    """A connection to the agent of a vault file, or None if there is no agent."""
    descriptor = connect_descriptor(vault)
    if descriptor is None:
        return None
    from socket import socket

    return socket(fileno=descriptor)


def connect_descriptor(vault: str) -> int | None:
    """The descriptor of a connection to the agent of a vault file, or None if there is no agent."""
    if not IS_SUPPORTED:
        return None
    path = get_socket_path(vault)
    if not os.path.exists(path):  # noqa: PTH110
        return None
    from _socket import AF_UNIX, socket  # `socket` itself takes as long as an interpreter start

    line = socket(AF_UNIX)
    try:
        check_folder(os.path.dirname(path))  # noqa: PTH120
        line.connect(path)
    except (OSError, UnsafeFolderError):
        line.close()
        return None
    return line.detach()
