"""Running an agent in this process: opening the vault, signals, a program that uses the endpoint, the background."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import TYPE_CHECKING, Any

from smtui.cli import diagnostics, terminal, unlocking
from smtui.cli.exit_codes import CommandNotExecutableError, Exit, UsageError
from smtui.cli.parser import VAULT_KEY_FILE, parse_count
from smtui.cli.terminal import wipe
from smtui.cli.unlocking import get_vault_path
from smtui.server.limits import IDLE_SECONDS, MAX_SECONDS
from smtui.system import agent_socket, service_manager
from smtui.system.ambient import Ambient, read_system_clock
from smtui.system.paths import expand_home

if TYPE_CHECKING:
    from smtui.backends.agent_client import AgentClient
    from smtui.protocol.http_server import Log
    from smtui.protocol.messages import HttpRequest, HttpResponse
    from smtui.server.agent import Agent
    from smtui.server.peer import Peer

READY = b"ready"
DETACHED = "--detached"


class EndedError(BaseException):
    """A signal asks this process to end."""


def declare_agent_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of every command that keeps a vault unlocked."""
    group = parser.add_argument_group("limits")
    group.add_argument("--idle-lock", metavar="SECONDS", type=parse_count, default=IDLE_SECONDS,
                       help=f"lock after this time without a call; 0 = never (default: {IDLE_SECONDS})")
    group.add_argument("--max-unlocked", metavar="SECONDS", type=parse_count, default=MAX_SECONDS,
                       help=f"lock after this time in any case; 0 = never (default: {MAX_SECONDS})")
    group.add_argument("--only", metavar="PREFIX", default="", help="only secrets whose names start with PREFIX")
    parser.add_argument("--detach", action="store_true", help="continue in the background")
    parser.add_argument(DETACHED, action="store_true", help=argparse.SUPPRESS)


def list_agent_options(args: argparse.Namespace) -> list[str]:
    """The options of `declare_agent_options` on a command line, for the process in the background."""
    return [f"--idle-lock={args.idle_lock}", f"--max-unlocked={args.max_unlocked}", f"--only={args.only}",
            *(["--read-only"] if args.read_only else []), *(["--accept-older"] if args.accept_older else [])]


def require_unix_sockets() -> None:
    """Raises UsageError on a system that has no agent."""
    if not agent_socket.IS_SUPPORTED:
        raise UsageError("Windows has no agent, lock, unlock and credentials: they need Unix sockets.",
                         hint="smtui serve -- CMD works there.")


def is_activated() -> bool:
    """Whether systemd has opened the agent's socket for this process, so that it leads to this process itself."""
    return service_manager.has_sockets()


def record_request(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Writes a line about a request on standard error: no names of secrets, no values."""
    time = read_system_clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    diagnostics.write(f"{time} {response.request_id} {response.caller} {response.label} {response.status} "
                      f"{seconds * 1000:.1f} ms")


def ask_about_program(peer: Peer) -> bool:
    """Asks at the terminal whether a process may use the vault. Without a terminal it may not."""
    program = peer.program or "an unidentified program"
    try:
        typed = terminal.ask_text(f"Allow {program} (process {peer.pid}) to use the vault until it is locked? [y/N] ")
    except (terminal.NoTerminalError, UsageError):
        return False
    return typed.strip().lower() in ("y", "yes")


@contextmanager
def run_agent(
    args: argparse.Namespace, *, log: Log | None = None, confirms: bool = False, needs_socket: bool = True
) -> Iterator[Agent]:
    """Opens the vault and runs its agent for the length of the block, which waits with `wait_for_end`.

    Args:
        args: the options of `declare_agent_options`, and those of every command.
        log: called after each HTTP request.
        confirms: whether to ask at the terminal about each program that uses the socket.
        needs_socket: False to go on without the socket if another agent has started meanwhile.

    Raises:
        SmtuiError: the vault cannot be opened, or another agent has it.
    """
    from smtui.server.agent import Agent
    from smtui.server.agent_listener import AgentRunningError
    from smtui.server.confirmations import Confirmations
    from smtui.server.restrictions import Restrictions
    from smtui.server.shared_vault import LockLimits, SharedVault, reopen_vault

    restrictions = Restrictions(args.read_only, args.only)
    args.read_only = False  # reads are recorded in the audit log; the agent refuses changes
    vault = unlocking.open_to_keep(args)
    shared = SharedVault(vault, partial(reopen_vault, vault.path),
                         LockLimits(args.idle_lock, args.max_unlocked), Ambient())
    confirmations = Confirmations(ask_about_program)
    shared.on_lock.append(confirmations.forget)
    permits = confirmations.ask_once if confirms else lambda _: True
    agent = Agent(shared, restrictions, log=log or (lambda *_: None), permits=permits)
    try:
        with _handle_signals(lambda: shared.lock("It was locked by SIGHUP.")):
            try:
                agent.start(vault, with_socket=agent_socket.IS_SUPPORTED and not args.no_agent)
            except AgentRunningError:
                if needs_socket:
                    raise
                agent.start(vault, with_socket=False)
            yield agent
    except EndedError:
        pass
    finally:
        agent.close()


@contextmanager
def _handle_signals(lock: Callable[[], None]) -> Iterator[None]:
    """SIGTERM, SIGINT and SIGQUIT raise EndedError, SIGHUP locks."""

    def end(*_: object) -> None:
        raise EndedError

    def lock_in_thread(number: int, frame: FrameType | None) -> None:
        Thread(target=lock, daemon=True, name="smtui-lock").start()

    handlers: dict[str, Any] = {"SIGTERM": end, "SIGINT": end, "SIGQUIT": end, "SIGHUP": lock_in_thread}
    found = {getattr(signal, name): handler for name, handler in handlers.items() if hasattr(signal, name)}
    before = {number: signal.signal(number, handler) for number, handler in found.items()}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def wait_for_end(agent: Agent) -> None:
    """Waits until somebody stops the agent. Raises EndedError at a signal."""
    agent.ended.wait()


def wait_for_agent(agent: AgentClient) -> None:
    """Waits until the agent ends, or a signal ends this process."""
    with suppress(EndedError), _handle_signals(lambda: None):
        agent.wait()


# Programs that use the endpoint.


def format_exports(variables: Mapping[str, str]) -> str:
    from smtui.server import endpoint_environment

    return endpoint_environment.format_exports(variables)


def is_port_free(port: int) -> bool:
    """Whether nothing listens on a port of the loopback interface."""
    from smtui.protocol import http_server

    return http_server.is_port_free(port)


def run_program(program: str, words: Sequence[str], variables: Mapping[str, str]) -> int:
    """Runs a program with the endpoint's variables on this terminal, and returns its exit code as a shell shows it.

    Ctrl+C and Ctrl+\\ reach it from the terminal; SIGTERM and SIGHUP are passed on. SIGHUP locks the vault as well.
    """
    from smtui.server.endpoint_environment import merge_environment
    from smtui.system.hardening import get_inherited_umask
    from smtui.system.inheritance import build_command_environment
    from smtui.system.subprocesses import start_on_terminal

    environ = merge_environment(build_command_environment(), variables)
    try:
        child = start_on_terminal(words, program=program, environ=environ, umask=get_inherited_umask())
    except OSError as error:
        raise CommandNotExecutableError(f"{words[0]} cannot be run: {error.strerror}.") from None
    with _pass_on_signals(child):
        code = child.wait()
    return 128 - code if code < 0 else code


@contextmanager
def _pass_on_signals(child: subprocess.Popen[bytes]) -> Iterator[None]:
    def pass_on(number: int, frame: FrameType | None) -> None:
        with suppress(OSError):
            child.send_signal(number)
        lock = before.get(number)
        if number == getattr(signal, "SIGHUP", None) and callable(lock):
            lock(number, frame)

    handlers: dict[str, Any] = {"SIGINT": signal.SIG_IGN, "SIGQUIT": signal.SIG_IGN, "SIGTERM": pass_on,
                                "SIGHUP": pass_on}
    before: dict[int, Any] = {}
    for name, handler in handlers.items():
        if hasattr(signal, name):
            number = getattr(signal, name)
            before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


# The background.


def start_in_background(args: argparse.Namespace, words: Sequence[str]) -> int:
    """Runs `smtui WORDS --detached` in a session of its own, hands it the passphrase and waits until it is ready.

    Returns its exit code if it ended instead, after it has said why; otherwise 0. Raises SmtuiError.
    """
    from smtui.system.inheritance import build_command_environment
    from smtui.system.subprocesses import build_module_command, start_program

    if sys.platform == "win32":
        raise UsageError("--detach is not offered on Windows.")
    path = get_vault_path(args)
    unlocking.check_file(path)
    passphrase = _read_passphrase(path, args)
    environ = build_command_environment() | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [*build_module_command("smtui"), *words, DETACHED, "--vault", str(path.absolute())]
    if passphrase is not None:
        command += ["--passphrase-fd", "0"]
        with unlocking.read_key_file(path, args) as key_file:  # a wrong one is reported here
            if key_file is not None:
                command += [VAULT_KEY_FILE, str(expand_home(unlocking.find_key_file(args) or "").absolute())]
    child = start_program(command, environ=environ, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    assert child.stdin is not None and child.stdout is not None and child.stderr is not None
    with suppress(BrokenPipeError):
        child.stdin.write((passphrase or bytearray()) + b"\n")
        child.stdin.close()
    wipe(passphrase or bytearray())
    if child.stdout.readline().strip() == READY:
        return Exit.DONE
    diagnostics.write(child.stderr.read().decode("utf-8", "replace").rstrip("\n"))
    return child.wait() or Exit.REFUSED


def _read_passphrase(path: Path, args: argparse.Namespace) -> bytearray | None:
    """The passphrase for a process in the background; None if it finds the key in the OS keyring."""
    from smtui.backends import stored_key

    given = unlocking.read_given_passphrase(args)
    if given is not None:
        return given
    return None if stored_key.load(path) is not None else unlocking.ask_for_passphrase(path)


def report_ready(args: argparse.Namespace) -> None:
    """Tells systemd, or the process that waits for this one, that it is ready; in the background, leaves its terminal.
    """
    service_manager.notify_ready()
    if not args.detached:
        return
    os.write(1, READY + b"\n")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
