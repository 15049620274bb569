"""The supervisor, a separate process: runs the command of one step, and kills everything that it started.

On Linux, orphans of the command become children of this process, whatever their session, group and environment, so it
finds all of them. Standard input is a socket to smtui, which sends an `Order` and later perhaps `END` or `KILL`, and
gets lines of JSON back. The time limit holds even if smtui is killed.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from smtui.rotation import rpc_codec
from smtui.rotation.working_folder import WorkingFolder
from smtui.system import subprocesses
from smtui.system.inheritance import build_environment

END, KILL = b"e", b"k"
"""Requests to end the command: SIGTERM, and SIGKILL after the grace period; or SIGKILL at once."""
PR_SET_CHILD_SUBREAPER = 36
MAX_ROUNDS = 1000
_SIGNALS = ("SIGCHLD", "SIGALRM", "SIGTERM", "SIGINT", "SIGHUP")


@dataclass(frozen=True, slots=True)
class Order:
    """What to run.

    Args:
        arguments: the command line, program first.
        folder: its working folder.
        agent: the path of the socket for its calls.
        event: a line for its standard input.
        limit: seconds after which it is asked to end.
        grace: seconds from there to its end by SIGKILL.
        environment: variables beside those that every function has.
    """

    arguments: list[str]
    folder: str
    agent: str
    event: str
    limit: float
    grace: float
    environment: dict[str, str] = field(default_factory=dict)

    def to_line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Order:
        return cls(**json.loads(line))


@dataclass(frozen=True, slots=True)
class Result:
    """The state or outcome of the command.

    Args:
        begins: the command is about to start; its outcome follows.
        error: the system's reason why it could not be started.
        code: its exit code, negative for a signal.
        late: whether it exceeded its time limit.
    """

    begins: bool = False
    error: str | None = None
    code: int | None = None
    late: bool = False


def main() -> None:
    """Runs the order on standard input."""
    line = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    order = Order.from_line(_read_line(line))
    signals = _route_signals()
    _adopt_orphans()
    _reply(line, Result(begins=True))  # before the command can interfere
    try:
        command = subprocesses.start_program(
            order.arguments, cwd=order.folder,
            environ={**build_environment(), **order.environment, rpc_codec.SOCKET_VARIABLE: order.agent},
            stdin=subprocess.PIPE, stdout=None, stderr=subprocess.STDOUT,
        )
    except (OSError, ValueError) as error:
        _reply(line, Result(error=error.strerror or str(error) if isinstance(error, OSError) else str(error)))
        return
    _close_output()
    _write_event(command, order.event)
    code, late = _wait(command.pid, line, signals, order)
    _kill_everything(command.pid)
    if not _reply(line, Result(code=code, late=late)):
        _remove_folder(Path(order.folder).parent)
    os._exit(0)


def _read_line(line: socket.socket) -> bytes:
    """The order's line. Bytes after it are a request to end, so nothing is started then."""
    found = b""
    while b"\n" not in found:
        more = line.recv(65536)
        if not more:
            raise SystemExit
        found += more
    if not found.endswith(b"\n"):
        raise SystemExit
    return found


def _reply(line: socket.socket, result: Result) -> bool:
    """Sends a result. Returns whether smtui is still there."""
    try:
        line.sendall(json.dumps(asdict(result)).encode() + b"\n")
    except OSError:
        return False
    return True


def _remove_folder(path: Path) -> None:
    """Removes the working folder, because smtui was killed."""
    with suppress(OSError):
        WorkingFolder(path).remove()


def _route_signals() -> int:
    """Catches the signals. Returns a pipe from which their numbers can be read."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for name in _SIGNALS:
        signal.signal(getattr(signal, name), lambda *_: None)
    return reading


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _close_output() -> None:
    """Leaves standard output and error to the command."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)


def _write_event(command: subprocess.Popen[bytes], event: str) -> None:
    """Writes the event, which fits into a pipe's buffer, so that this does not block."""
    assert command.stdin is not None
    with suppress(OSError):
        command.stdin.write(event.encode() + b"\n")
        command.stdin.close()


def _wait(command: int, line: socket.socket, signals: int, order: Order) -> tuple[int | None, bool]:
    """Waits until the command has ended or must be killed. Returns its exit code, if any, and whether it was late."""
    signal.setitimer(signal.ITIMER_REAL, order.limit)
    sources: list[socket.socket | int] = [line, signals]
    ending = late = False
    while (code := _reap(command)) is None:
        ready = select.select(sources, [], [])[0]
        fired = os.read(signals, 4096) if signals in ready else b""
        request = _receive(line) if line in ready else None
        if request == b"":
            sources.remove(line)
        time_is_over = signal.SIGALRM in fired
        if KILL in (request or b"") or (ending and time_is_over):
            break
        if not ending and (request or time_is_over):
            ending, late = True, time_is_over
            _signal_group(command, signal.SIGTERM)
            _signal_group(command, signal.SIGCONT)
            signal.setitimer(signal.ITIMER_REAL, order.grace)
    return code, late


def _receive(line: socket.socket) -> bytes:
    """The request of smtui; empty if it has ended."""
    try:
        return line.recv(64)
    except OSError:
        return b""


def _reap(command: int) -> int | None:
    """Reaps all children that have ended. Returns the exit code of the command if it is one of them."""
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            if found[0] == command:
                return os.waitstatus_to_exitcode(found[1])
    return None


def _kill_everything(command: int) -> None:
    """Kills the command's group and all orphans, until there are none."""
    _signal_group(command, signal.SIGKILL)
    with suppress(ChildProcessError):
        for _ in range(MAX_ROUNDS):
            _reap(command)
            killed = list(list_children(os.getpid()))
            for child in killed:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(child, signal.SIGKILL)
            if not killed:
                return
            for _ in killed:
                os.waitpid(-1, 0)


def _signal_group(leader: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def list_children(process: int) -> Iterator[int]:
    """The ids of a process's children; none on systems other than Linux."""
    if sys.platform != "linux":
        return
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdecimal() and find_parent(int(name)) == process:
            yield int(name)


def find_parent(process: int) -> int | None:
    """The id of a process's parent. The process name in the file may contain anything, so it is skipped from the end.
    """
    try:
        return int(Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None


if __name__ == "__main__":
    main()
