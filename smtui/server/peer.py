"""Who is at the other end of a Unix socket: user, process and program, as the kernel knows them."""

from __future__ import annotations

import os
import socket
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from smtui.rotation import supervisor

MAX_PROGRAM = 200
_UCRED = struct.Struct("3i")  # struct ucred of unix(7): pid, uid, gid
_XUCRED = struct.Struct("2I h 16I")  # struct xucred of macOS: version, uid, number of groups, groups
SOL_LOCAL, LOCAL_PEERCRED, LOCAL_PEERPID = 0, 1, 2
SUPERVISOR = supervisor.__name__.encode()
"""The module whose process starts a rotation function, and adopts whatever that leaves behind."""
MAX_ANCESTORS = 64


@dataclass(frozen=True, slots=True)
class Peer:
    """A process at the other end of a connection.

    Args:
        uid: its user.
        pid: its number; 0 if the system does not tell.
        program: the path of its executable and its name, or one of them; empty if the system does not tell.
        is_rotation_function: whether it was started by a rotation, which gives it its own secret and no other. Found
            out on Linux only.
    """

    uid: int
    pid: int = 0
    program: str = ""
    is_rotation_function: bool = False

    @property
    def is_this_user(self) -> bool:
        return self.uid == os.geteuid()

    @property
    def user_agent(self) -> str:
        """How the audit log names the process."""
        return f"smtui-agent pid/{self.pid} {self.program}".rstrip()


def identify_peer(line: socket.socket) -> Peer:
    """The process that connected. Raises OSError if the system does not tell its user."""
    if sys.platform == "linux":
        pid, uid, _ = _UCRED.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
        return Peer(uid, pid, _find_program(pid), _is_below_supervisor(pid))
    found = _XUCRED.unpack(line.getsockopt(SOL_LOCAL, LOCAL_PEERCRED, _XUCRED.size))
    try:
        pid = line.getsockopt(SOL_LOCAL, LOCAL_PEERPID)
    except OSError:
        pid = 0
    return Peer(found[1], pid)


def _find_program(pid: int) -> str:
    """The executable of a process with its name, such as `/usr/bin/python3 (smtui)`.

    Of a hardened process the system hides the executable from other processes of the user.
    """
    folder = Path("/proc") / str(pid)
    path = name = ""
    with suppress(OSError):
        name = (folder / "comm").read_text(errors="replace").strip()
    with suppress(OSError):
        path = str((folder / "exe").readlink())
    if not path or not name or path.endswith(f"/{name}"):
        return (path or name)[:MAX_PROGRAM]
    return f"{path} ({name})"[:MAX_PROGRAM]


def _is_below_supervisor(pid: int) -> bool:
    """Whether an ancestor of a process is the supervisor of a rotation function."""
    ancestor: int | None = pid
    for _ in range(MAX_ANCESTORS):
        if ancestor is None or ancestor <= 1:
            return False
        try:
            if SUPERVISOR in Path(f"/proc/{ancestor}/cmdline").read_bytes().split(b"\0"):
                return True
        except OSError:
            return False
        ancestor = supervisor.find_parent(ancestor)
    return True
