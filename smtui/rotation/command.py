"""A function that is a local process: started for each step, it gets the event as JSON on its standard input.

It reaches the vault by calls that it sends to this program over a socket in a private folder; the command line and
`smtui.rotation_client()` do that by themselves where $SMTUI_AGENT names the socket. No value is in its arguments or
its environment. It may run for a limited time; then it ends, and everything it started with it.
"""

from __future__ import annotations

import copy
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from smtui import children
from smtui.ambient import seconds_awake
from smtui.api.limits import DEFAULT_STEP_SECONDS
from smtui.api.types import Client
from smtui.rotation import strays, wire
from smtui.rotation.base_version import BaseGuard
from smtui.rotation.conversation import LOCKED, SPARE, Conversation
from smtui.rotation.desk import Desk
from smtui.rotation.function import STEPS, NotPermittedError, Output, StepFailedError, Task
from smtui.rotation.supervisor import KILL, Order, children_of
from smtui.rotation.working_folder import WorkingFolder

GRACE = 2.0
"""Seconds between asking a process to end and ending it."""
REMOVAL_TIME = 2.0
"""Seconds beyond the time limit that the removal of the working folder may take; half of it while a vault is locked."""
CANNOT_START = "The command cannot be started: {reason}."


def command(task: Task, step: str, client: Client) -> Output:
    """Run one step as a process of the function's command.

    Raises:
        NotPermittedError: before anything is done, where the command was not allowed on this machine.
        StepFailedError: where the process cannot be started, ends with another code than 0, takes too long, leaves a
            working folder that cannot be removed, or would have overwritten what somebody stored meanwhile.
    """
    permitted, guard = PermittedCommand.of(task), BaseGuard(task, client)
    if not hasattr(socket, "AF_UNIX"):
        raise StepFailedError("Command functions need Unix sockets, which this system does not have.")
    deadline = seconds_awake() + permitted.time_limit + GRACE + REMOVAL_TIME
    try:
        folder = WorkingFolder()
        try:
            problem, output = _run(permitted, task, step, guard, folder.path)
        finally:
            least = seconds_awake() + REMOVAL_TIME / 2
            left = folder.remove(lambda: seconds_awake() < (max(deadline, least) if task.wanted() else least))
    except OSError as error:
        raise StepFailedError(CANNOT_START.format(reason=error.strerror or error)) from None
    problem = guard.problem or problem
    if problem or left:
        raise StepFailedError(f"{problem} {left}".strip(), output)
    if step == STEPS[-1]:
        guard.forget_base()
    return output


def _run(permitted: PermittedCommand, task: Task, step: str, guard: BaseGuard, folder: Path) -> tuple[str, Output]:
    """What went wrong, if anything did, and what the command wrote. Raises OSError."""
    work, desk = folder / "work", Desk(task, cast("Client", guard))
    work.mkdir(mode=0o700)
    limit = permitted.time_limit
    with _listening(folder) as (door, agent):
        event = json.dumps(task.event(step))
        order = Order(list(permitted.arguments), str(work), str(agent), event, limit, GRACE)
        with _supervised(order) as (process, line):
            assert process.stdout is not None
            conversation = Conversation(line, door, process.stdout, desk)
            conversation.hold(limit, GRACE, task.wanted)
        return _problem(conversation, limit), conversation.kept_output()


def _problem(conversation: Conversation, limit: float) -> str:
    result = conversation.result
    if conversation.locked:
        return LOCKED
    if result.error is not None:
        return CANNOT_START.format(reason=result.error)
    if conversation.is_late:
        return f"It took longer than {limit:g} seconds."
    if result.code is None:
        return "The process that watched over it was ended."
    return _describe_exit(result.code) if result.code else ""


def _describe_exit(code: int) -> str:
    if code > 0:
        return f"It ended with exit code {code}."
    try:
        return f"It was ended by {signal.Signals(-code).name}."
    except ValueError:
        return f"It was ended by signal {-code}."


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
        return cls(tuple(settings["Arguments"]), settings.get("TimeoutInSeconds", DEFAULT_STEP_SECONDS))


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
def _supervised(order: Order) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    """The supervisor with its order, and our end of its line; at the end nothing of either is left."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = children.start(
            children.module_command("smtui.rotation.supervisor"), environ=children.module_environment(), cwd="/",
            stdin=theirs.fileno(), stdout=subprocess.PIPE,
        )
        try:
            theirs.close()
            ours.settimeout(SPARE)
            with suppress(OSError):
                ours.sendall(order.to_line())
            yield process, ours
        finally:
            with suppress(OSError):
                ours.send(KILL)
            _end(process)
            strays.end(f"{wire.AGENT}={order.agent}")
            if process.stdout is not None:
                process.stdout.close()


def _end(supervisor: subprocess.Popen[bytes]) -> None:
    """It has been asked to end, and all of the command with it, and does, unless it was hindered."""
    with suppress(subprocess.TimeoutExpired):
        supervisor.wait(SPARE)
        return
    for child in children_of(supervisor.pid):
        for kill in (os.killpg, os.kill):
            with suppress(ProcessLookupError, PermissionError):
                kill(child, signal.SIGKILL)
    supervisor.kill()
    with suppress(subprocess.TimeoutExpired):
        supervisor.wait(SPARE)
