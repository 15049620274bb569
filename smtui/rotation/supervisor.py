"""Runs the command of one step, and leaves nothing of it behind. It is a process of its own.

On Linux whatever the command starts becomes a child of this process when its own parent ends, in whichever session,
group and environment it is, so all of it can be found and ended. The program that started us is at the other end of
standard input, a socket: it sends an `Order`, later perhaps the bytes `END` and `KILL`, and gets lines of JSON back.
The time limit holds even where that program was killed.
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
from dataclasses import asdict, dataclass
from pathlib import Path

from smtui import children
from smtui.rotation import wire
from smtui.rotation.working_folder import WorkingFolder

END, KILL = b"e", b"k"
"""Ask for the end of the command: by SIGTERM, with SIGKILL after the grace; by SIGKILL at once."""
PR_SET_CHILD_SUBREAPER = 36
MAX_ROUNDS = 1000
_SIGNALS = ("SIGCHLD", "SIGALRM", "SIGTERM", "SIGINT", "SIGHUP")


@dataclass(frozen=True, slots=True)
class Order:
    """What to run.

    Args:
        arguments: of the command, its program first.
        folder: in which it runs.
        agent: the socket at which its calls are answered.
        event: a line for its standard input.
        limit: seconds after which it is asked to end.
        grace: seconds from there to its end by SIGKILL.
    """

    arguments: list[str]
    folder: str
    agent: str
    event: str
    limit: float
    grace: float

    def to_line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Order:
        return cls(**json.loads(line))


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the command.

    Args:
        begins: it is being started now; what became of it follows.
        error: why it could not be started, in the system's words.
        code: its exit code, negative for a signal.
        late: whether it was still running after its time limit.
    """

    begins: bool = False
    error: str | None = None
    code: int | None = None
    late: bool = False


def main() -> None:
    line = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    order = Order.from_line(_read_line(line))
    signals = _route_signals()
    _adopt_orphans()
    _reply(line, Result(begins=True))  # while nobody can hinder that yet
    try:
        command = children.start(
            order.arguments, cwd=order.folder, environ={**children.environment(), wire.AGENT: order.agent},
            stdin=subprocess.PIPE, stdout=None, stderr=subprocess.STDOUT,
        )
    except (OSError, ValueError) as error:
        _reply(line, Result(error=error.strerror or str(error) if isinstance(error, OSError) else str(error)))
        return
    _give_away_output()
    _write_event(command, order.event)
    code, late = _wait(command.pid, line, signals, order)
    _end_everything(command.pid)
    if not _reply(line, Result(code=code, late=late)):
        _remove_folder(Path(order.folder).parent)
    os._exit(0)


def _read_line(line: socket.socket) -> bytes:
    """The order. What is behind it can only be a wish to end, so then nothing is begun."""
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
    """Whether anybody is there any more."""
    try:
        line.sendall(json.dumps(asdict(result)).encode() + b"\n")
    except OSError:
        return False
    return True


def _remove_folder(path: Path) -> None:
    """In place of the program that made it, which was killed."""
    with suppress(OSError):
        WorkingFolder(path).remove()


def _route_signals() -> int:
    """The end of a pipe from which the numbers of signals can be read; none of them ends this process."""
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


def _give_away_output() -> None:
    """The command alone writes there."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)


def _write_event(command: subprocess.Popen[bytes], event: str) -> None:
    """It is shorter than any pipe; a command that does not read it loses nothing."""
    assert command.stdin is not None
    with suppress(OSError):
        command.stdin.write(event.encode() + b"\n")
        command.stdin.close()


def _wait(command: int, line: socket.socket, signals: int, order: Order) -> tuple[int | None, bool]:
    """Until the command has ended, or is to be killed: its exit code if it has one, and whether its time was over."""
    signal.setitimer(signal.ITIMER_REAL, order.limit)
    sources: list[socket.socket | int] = [line, signals]
    ending = late = False
    while (code := _reap(command)) is None:
        ready = select.select(sources, [], [])[0]
        fired = os.read(signals, 4096) if signals in ready else b""
        asked = _receive(line) if line in ready else None
        if asked == b"":
            sources.remove(line)
        time_is_over = signal.SIGALRM in fired
        if KILL in (asked or b"") or (ending and time_is_over):
            break
        if not ending and (asked or time_is_over):
            ending, late = True, time_is_over
            _signal_group(command, signal.SIGTERM)
            _signal_group(command, signal.SIGCONT)
            signal.setitimer(signal.ITIMER_REAL, order.grace)
    return code, late


def _receive(line: socket.socket) -> bytes:
    """What the program that started us asks for; empty where it is gone."""
    try:
        return line.recv(64)
    except OSError:
        return b""


def _reap(command: int) -> int | None:
    """Takes note of all children that have ended; the exit code of the command, if it is among them."""
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            if found[0] == command:
                return os.waitstatus_to_exitcode(found[1])
    return None


def _end_everything(command: int) -> None:
    """Kills the command's group, and what was left by it elsewhere, until there is nothing."""
    _signal_group(command, signal.SIGKILL)
    with suppress(ChildProcessError):
        for _ in range(MAX_ROUNDS):
            _reap(command)
            killed = list(children_of(os.getpid()))
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


def children_of(process: int) -> Iterator[int]:
    """Processes whose parent it is, as far as the system tells."""
    if sys.platform != "linux":
        return
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdecimal() and _parent(int(name)) == process:
            yield int(name)


def _parent(process: int) -> int | None:
    """The id of a process's parent; the name before it may hold anything."""
    try:
        return int(Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None


if __name__ == "__main__":
    main()
