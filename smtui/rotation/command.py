"""A function that is a local process: started for each step, it gets the event as JSON on its standard input.

It reaches the vault by calls that it sends to this program over a socket in a private folder; the command line and
`smtui.rotation_client()` do that by themselves where $SMTUI_AGENT names the socket. No value is in its arguments or
its environment. It may run for a limited time; then it ends, and everything it started with it.
"""

from __future__ import annotations

import copy
import json
import os
import selectors
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from smtui import children
from smtui.ambient import seconds_awake
from smtui.api.own import DEFAULT_STEP
from smtui.api.types import Client
from smtui.rotation import strays, wire
from smtui.rotation.desk import Desk
from smtui.rotation.function import NotPermittedError, Output, StepFailed, Task, Wanted
from smtui.shown import shown

GRACE = 2.0
"""Seconds between asking a process to end and ending it."""
KEPT_OUTPUT = 64 * 1024
TICK = 0.1


def command(task: Task, step: str, client: Client) -> Output:
    """Raises NotPermittedError before anything is done where the command was not allowed on this machine; StepFailed
    where the process cannot be started, ends with another code than 0, or takes too long.
    """
    permitted = PermittedCommand.of(task)
    if not hasattr(socket, "AF_UNIX"):
        raise StepFailed("Command functions need Unix sockets, which this system does not have.")
    desk = Desk(task, client)
    limit = permitted.time_limit
    event = json.dumps(task.event(step)).encode()
    with (
        tempfile.TemporaryDirectory(prefix="smtui-rotation-") as folder,
        _listening(Path(folder)) as (door, agent),
        _started(permitted, Path(folder), agent) as process,
    ):
        ended = _Conversation(process, door, desk).until_it_ends(event, limit, task.wanted)
        output = ended.output(desk)
    if ended.problem:
        raise StepFailed(ended.problem, output)
    return output


@dataclass(frozen=True, slots=True)
class PermittedCommand:
    """A command that may be run here. A process is started from nothing else."""

    arguments: tuple[str, ...]
    time_limit: int

    @classmethod
    def of(cls, task: Task) -> PermittedCommand:
        """What is checked is what is run: a copy that nobody else has. Raises NotPermittedError."""
        function = copy.deepcopy(task.function)
        if not task.permits(function):
            raise NotPermittedError
        settings = function["Command"]
        return cls(tuple(settings["Arguments"]), settings.get("TimeoutInSeconds", DEFAULT_STEP))


@contextmanager
def _listening(folder: Path) -> Iterator[tuple[socket.socket, Path]]:
    """A socket that nobody but this user can reach."""
    place = folder / "agent"
    place.mkdir(mode=0o700)
    with closing(socket.socket(socket.AF_UNIX)) as door:
        door.bind(str(place / "socket"))
        door.listen(8)
        door.setblocking(False)
        yield door, place / "socket"


@contextmanager
def _started(permitted: PermittedCommand, folder: Path, agent: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process, in a session and an empty folder of its own; at the end nothing of that session is left."""
    work = folder / "work"
    work.mkdir(mode=0o700)
    try:
        process = children.start(
            permitted.arguments, cwd=work, environ={**children.environment(), wire.AGENT: str(agent)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
    except OSError as error:
        raise StepFailed(f"The command cannot be started: {error.strerror}.") from None
    try:
        yield process
    finally:
        _signal(process, signal.SIGKILL)
        process.wait()
        strays.end(f"{wire.AGENT}={agent}")
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """To the process and everything it started, which is the group it leads, dead or alive."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


class _Conversation:
    """One thread that answers calls, collects output and watches the time, until the process has ended."""

    def __init__(self, process: subprocess.Popen[bytes], door: socket.socket, desk: Desk) -> None:
        self._process = process
        self._desk = desk
        self._written = bytearray()
        self._size = 0
        self._asked: dict[socket.socket, bytearray] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(door, selectors.EVENT_READ, self._come_in)
        self._selector.register(self._output, selectors.EVENT_READ, self._read_output)
        self.problem = ""

    @property
    def _output(self) -> int:
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def until_it_ends(self, event: bytes, limit: float, wanted: Wanted) -> _Conversation:
        self._tell(event)
        deadline = seconds_awake() + limit
        with closing(self._selector):
            while self._process.poll() is None:
                if seconds_awake() > deadline:
                    self._stop(f"It took longer than {limit:g} seconds.")
                    break
                if not wanted():
                    self._stop("It was ended before it was done: the vault was locked.")
                    break
                self._turn(TICK)
            self._turn(0)
            for line in self._asked:
                line.close()
        if not self.problem and self._process.returncode:
            self.problem = _how(self._process.returncode)
        return self

    def _tell(self, event: bytes) -> None:
        """The event is shorter than any pipe; a process that does not read it loses nothing."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(event + b"\n")
            self._process.stdin.close()

    def _stop(self, why: str) -> None:
        self.problem = why
        _signal(self._process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)

    def _turn(self, wait: float) -> None:
        for key, _ in self._selector.select(wait):
            key.data(key.fileobj)

    def _come_in(self, door: socket.socket) -> None:
        with suppress(OSError):
            line, _ = door.accept()
            self._asked[line] = bytearray()
            self._selector.register(line, selectors.EVENT_READ, self._hear)

    def _hear(self, line: socket.socket) -> None:
        try:
            heard = line.recv(65536)
            self._asked[line] += heard
            if len(self._asked[line]) > wire.LONGEST_LINE or not heard:
                raise OSError
            while b"\n" in self._asked[line]:
                asked, _, rest = self._asked[line].partition(b"\n")
                self._asked[line] = rest
                line.sendall(self._desk.answer(bytes(asked)))
        except OSError:
            self._selector.unregister(line)
            del self._asked[line]
            line.close()

    def _read_output(self, descriptor: int) -> None:
        written = os.read(descriptor, 65536)
        if not written:
            self._selector.unregister(descriptor)
        self._size += len(written)
        self._written += written[: KEPT_OUTPUT - len(self._written)]

    def output(self, desk: Desk) -> Output:
        """What was written, harmless, and without any value that the function had to do with."""
        text = desk.without_values(self._written.decode("utf-8", "replace"))
        return Output.of(bytes(self._written), self._size, shown(text, lines=True))


def _how(code: int) -> str:
    if code > 0:
        return f"It ended with exit code {code}."
    return f"It was ended by {signal.Signals(-code).name}."
