"""The Unix socket of an agent: created privately, by one agent only, and removed by the agent that created it.

A lock file decides between two agents that start at the same time. A socket that an agent left behind when it was
killed is replaced. A socket that systemd has opened (socket activation) is taken as it is, and stays when the agent
ends.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock

from smtui.api.errors import SmtuiError
from smtui.system import agent_socket, service_manager
from smtui.system.private_files import FILE_MODE

if sys.platform != "win32":
    import fcntl

BACKLOG = 64
UNSUPPORTED = ("The agent needs Unix sockets, which this system does not have. Windows has no agent, lock, unlock and "
               "credentials; smtui serve works there.")
FOREIGN_SOCKET = ("systemd has opened {found}, but commands look for the agent of this vault at {path}: "
                  "set ListenStream to that.")
OPEN_SOCKET = "Others can use {path}. Set SocketMode=0600 in the unit of the socket."
NO_SOCKET = ("LISTEN_FDS announces a socket from systemd, but the descriptor is not a socket: {reason}. Set one "
             "ListenStream in the unit of the socket, or unset LISTEN_FDS.")
REMOVED_SOCKET = "The socket from systemd no longer exists at {path}. Restart the unit of the socket."
NO_STREAM = "a socket that is no listening stream"


class AgentUnavailableError(SmtuiError):
    """There can be no agent here; the message is a sentence."""


class AgentRunningError(SmtuiError):
    """Another agent has this vault."""


class AgentListener:
    """A listening Unix socket for one vault.

    Args:
        vault: the path of the vault file.

    Raises:
        AgentRunningError: another agent has the socket.
        AgentUnavailableError: the system has no Unix sockets, the folder is not private, or systemd has opened another
            socket.
        OSError: the socket cannot be created.
    """

    def __init__(self, vault: Path) -> None:
        if sys.platform == "win32":
            raise AgentUnavailableError(UNSUPPORTED)
        self.path = Path(agent_socket.get_socket_path(str(vault)))
        _make_private_folder(self.path.parent)
        self._lock = _lock(self.path.with_suffix(".lock"))
        self._guard = Lock()
        self._is_activated = service_manager.has_sockets()
        try:
            self.line = _take(self.path) if self._is_activated else _listen(self.path)
        except BaseException:
            os.close(self._lock)
            raise
        self._identity = self._read_identity()

    def is_in_place(self) -> bool:
        """Whether the socket is where commands look for it. That of systemd always counts as such."""
        with self._guard:
            return self._is_activated or self.line.fileno() < 0 or self._read_identity() == self._identity

    def restore(self) -> None:
        """Listens at the path anew, after somebody has removed the socket or its folder.

        `line` is the new socket; whoever accepts on the former one closes that.

        Raises:
            AgentRunningError: meanwhile another agent has started.
            AgentUnavailableError, OSError: it cannot be done now.
        """
        with self._guard:
            if self.line.fileno() < 0:
                return
            _make_private_folder(self.path.parent)
            place = self.path.with_suffix(".lock")
            if not _is_same_file(self._lock, place):
                lock = _lock(place)
                os.close(self._lock)
                self._lock = lock
            self.line = _listen(self.path)
            self._identity = self._read_identity()

    def close(self) -> None:
        """Stops listening, and removes the socket unless somebody has replaced it. A second call does nothing."""
        with self._guard:
            if self.line.fileno() < 0:
                return
            if not self._is_activated:  # systemd goes on listening
                with suppress(OSError):
                    self.line.shutdown(socket.SHUT_RDWR)
            self.line.close()
            if not self._is_activated and self._identity is not None and self._read_identity() == self._identity:
                with suppress(OSError):
                    self.path.unlink()
            os.close(self._lock)

    def _read_identity(self) -> tuple[int, int] | None:
        with suppress(OSError):
            found = self.path.lstat()
            return found.st_dev, found.st_ino
        return None


def _make_private_folder(folder: Path) -> None:
    with suppress(FileExistsError):
        folder.mkdir(mode=agent_socket.FOLDER_MODE)
    try:
        agent_socket.check_folder(str(folder))
    except agent_socket.UnsafeFolderError as error:
        raise AgentUnavailableError(str(error)) from None


def _lock(path: Path) -> int:
    """A descriptor that holds the lock of the agent. Raises AgentRunningError, OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            raise AgentRunningError("An agent for this vault is already running.") from None
        raise
    return descriptor


def _take(path: Path) -> socket.socket:
    """The socket that systemd has opened. Raises AgentUnavailableError."""
    try:
        lines = service_manager.take_sockets()
    except OSError as error:
        raise AgentUnavailableError(NO_SOCKET.format(reason=error.strerror)) from None
    try:
        found = [_describe(each) for each in lines]
        if found != [str(path)]:
            raise AgentUnavailableError(FOREIGN_SOCKET.format(found=", ".join(found), path=path))
        try:
            mode = path.lstat().st_mode
        except OSError:
            raise AgentUnavailableError(REMOVED_SOCKET.format(path=path)) from None
        if mode & agent_socket.OTHERS:
            raise AgentUnavailableError(OPEN_SOCKET.format(path=path))
    except BaseException:
        for each in lines:
            each.close()
        raise
    return lines[0]


def _describe(line: socket.socket) -> str:
    """The path of a listening Unix stream socket, or what another socket is."""
    if line.family != socket.AF_UNIX:
        return line.family.name
    if line.type != socket.SOCK_STREAM or not line.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        return NO_STREAM
    return os.fsdecode(line.getsockname())


def _is_same_file(descriptor: int, path: Path) -> bool:
    with suppress(OSError):
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    return False


def _listen(path: Path) -> socket.socket:
    """A listening socket with mode 0600 from its first moment. What lies at the path belongs to no running agent."""
    with suppress(FileNotFoundError):
        path.unlink()
    line = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        line.bind(str(path))
    except BaseException:
        line.close()
        raise
    finally:
        os.umask(before)
    line.listen(BACKLOG)
    return line
