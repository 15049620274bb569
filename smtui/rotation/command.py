"""Process functions: a local process for each step, with the event as JSON on its standard input.

The process calls the vault over a socket in a private folder. The command line and `smtui.rotation_client()` use the
socket that $SMTUI_AGENT names. The AWS SDK of a Lambda function has a listener of its own, see `step_listener`.
Arguments and environment have no value of a secret. After a time limit the process and everything that it started are
killed.
"""

from __future__ import annotations

import copy
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from smtui.api.limits import DEFAULT_STEP_SECONDS
from smtui.api.types import Client
from smtui.rotation import lambda_function, orphans, rpc_codec
from smtui.rotation.base_version import BaseGuard
from smtui.rotation.conversation import LOCKED, SPARE, Conversation
from smtui.rotation.function import STEPS, NotPermittedError, Output, StepFailedError, Task
from smtui.rotation.rpc_server import RpcServer
from smtui.rotation.step_listener import StepListener
from smtui.rotation.supervisor import KILL, Order, list_children
from smtui.rotation.working_folder import WorkingFolder
from smtui.system import subprocesses
from smtui.system.ambient import read_monotonic_clock

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionDescription

GRACE = 2.0
"""Seconds from SIGTERM to SIGKILL."""
REMOVAL_TIME = 2.0
"""Seconds for the removal of the working folder after the time limit; half of it while the vault is being locked."""
CANNOT_START = "The command cannot be started: {reason}."


def run_command(task: Task, step: str, client: Client) -> Output:
    """Run one step as a process of the function's command.

    Raises:
        NotPermittedError: before anything is done, where the command was not allowed on this machine.
        StepFailedError: where the process cannot be started, ends with another code than 0, takes too long, leaves a
            working folder that cannot be removed, or would have overwritten what somebody stored meanwhile.
    """
    permitted, guard = PermittedCommand.check(task), BaseGuard(task, client)
    if not hasattr(socket, "AF_UNIX"):
        raise StepFailedError("Command functions need Unix sockets, which this system does not have.")
    deadline = read_monotonic_clock() + permitted.time_limit + GRACE + REMOVAL_TIME
    try:
        folder = WorkingFolder()
        try:
            problem, output = _run(permitted, task, step, guard, folder.path)
        finally:
            least = read_monotonic_clock() + REMOVAL_TIME / 2
            left = folder.remove(
                lambda: read_monotonic_clock() < (max(deadline, least) if task.should_continue() else least)
            )
    except OSError as error:
        raise StepFailedError(CANNOT_START.format(reason=error.strerror or error)) from None
    problem = guard.problem or problem
    if problem or left:
        raise StepFailedError(f"{problem} {left}".strip(), output)
    if step == STEPS[-1]:
        guard.forget_base()
    return output


def _run(permitted: PermittedCommand, task: Task, step: str, guard: BaseGuard, folder: Path) -> tuple[str, Output]:
    """Runs the command. Returns a problem, or "", and the output. Raises OSError, StepFailedError."""
    work, server = folder / "work", RpcServer(task, cast("Client", guard), permitted.readable)
    work.mkdir(mode=0o700)
    if permitted.source:
        (folder / "function.py").write_bytes(permitted.source)
    limit = permitted.time_limit
    with _listen(folder) as (door, agent), _listen_for_sdk(permitted, server) as listener:
        order = _make_order(permitted, task.make_event(step), work, agent, listener)
        with _start_supervisor(order) as (process, line):
            assert process.stdout is not None
            service = None if listener is None else listener.service
            conversation = Conversation(line, door, process.stdout, server, service)
            conversation.run(limit, GRACE, task.should_continue)
        return _find_problem(conversation, limit), conversation.make_output()


def _make_order(
    permitted: PermittedCommand, event: Mapping[str, str], work: Path, agent: Path, listener: StepListener | None
) -> Order:
    given, environment = json.dumps(event), {}
    if listener is not None and permitted.function is not None:
        given += "\n" + json.dumps(lambda_function.make_client_settings(listener.url, listener.keys))
        environment = lambda_function.build_environment(permitted.function, listener.url, listener.keys)
    return Order(list(permitted.arguments), str(work), str(agent), given, permitted.time_limit, GRACE, environment)


def _find_problem(conversation: Conversation, limit: float) -> str:
    result = conversation.result
    if conversation.locked:
        return LOCKED
    if result.error is not None:
        return CANNOT_START.format(reason=result.error)
    if conversation.is_late:
        return f"It took longer than {limit:g} seconds."
    if result.code is None:
        return "Its supervising process was killed."
    return _describe_exit(result.code) if result.code else ""


def _describe_exit(code: int) -> str:
    if code > 0:
        return f"It ended with exit code {code}."
    try:
        return f"It was terminated by {signal.Signals(-code).name}."
    except ValueError:
        return f"It was terminated by signal {-code}."


@dataclass(frozen=True, slots=True)
class PermittedCommand:
    """A process that is allowed on this machine. Processes are started only from this type.

    Args:
        arguments: the command line, program first.
        time_limit: seconds for a step.
        source: of a Lambda function.
        function: the description of a Lambda function, as it was checked.
        readable: the ARNs of secrets that it may read, besides the one it rotates.
    """

    arguments: tuple[str, ...]
    time_limit: int
    source: bytes = b""
    function: FunctionDescription | None = None
    readable: tuple[str, ...] = ()

    @classmethod
    def check(cls, task: Task) -> PermittedCommand:
        """Checks and returns a private copy, so that what runs is what was checked. Raises NotPermittedError."""
        function = copy.deepcopy(task.function)
        source = lambda_function.load_source(function) if "Lambda" in function else b""
        if not task.permits(function):
            raise NotPermittedError
        if "Lambda" in function:
            settings = function["Lambda"]
            return cls(lambda_function.list_arguments(function),
                       settings.get("TimeoutInSeconds", DEFAULT_STEP_SECONDS), source, function,
                       tuple(settings.get("MayRead", ())))
        command = function["Command"]
        return cls(tuple(command["Arguments"]), command.get("TimeoutInSeconds", DEFAULT_STEP_SECONDS))


@contextmanager
def _listen(folder: Path) -> Iterator[tuple[socket.socket, Path]]:
    """A listening socket that only this user can reach, and its path."""
    place = folder / "agent"
    place.mkdir(mode=0o700)
    with closing(socket.socket(socket.AF_UNIX)) as door:
        door.bind(str(place / "socket"))
        door.listen(8)
        door.setblocking(False)
        yield door, place / "socket"


@contextmanager
def _listen_for_sdk(permitted: PermittedCommand, server: RpcServer) -> Iterator[StepListener | None]:
    """The listener of a Lambda function, whose calls come from an AWS SDK. Raises StepFailedError."""
    if permitted.function is None:
        yield None
        return
    with closing(StepListener(server)) as listener:
        server.add_values(lambda_function.list_secret_values(permitted.function, listener.keys))
        yield listener


@contextmanager
def _start_supervisor(order: Order) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    """The supervisor process with its order, and the socket to it. Both are gone after the block."""
    ours, theirs = socket.socketpair()
    environment = subprocesses.build_module_environment()
    environment["PATH"] = subprocesses.extend_search_path(environment.get("PATH", ""))
    with ours, theirs:
        process = subprocesses.start_program(
            subprocesses.build_module_command("smtui.rotation.supervisor"),
            environ=environment,
            cwd="/",
            stdin=theirs.fileno(),
            stdout=subprocess.PIPE,
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
            _end_supervisor(process)
            orphans.kill(f"{rpc_codec.SOCKET_VARIABLE}={order.agent}")
            if process.stdout is not None:
                process.stdout.close()


def _end_supervisor(supervisor: subprocess.Popen[bytes]) -> None:
    """Waits until the supervisor has killed the command and ended; otherwise kills both."""
    with suppress(subprocess.TimeoutExpired):
        supervisor.wait(SPARE)
        return
    for child in list_children(supervisor.pid):
        for kill in (os.killpg, os.kill):
            with suppress(ProcessLookupError, PermissionError):
                kill(child, signal.SIGKILL)
    supervisor.kill()
    with suppress(subprocess.TimeoutExpired):
        supervisor.wait(SPARE)
