"""Starts child processes, and limits the environment and the file descriptors that they inherit.

A child inherits descriptors 0, 1 and 2 and the environment variables of an allow-list. A command of `smtui exec`
inherits the user's environment, except for most `SMTUI_*` variables. No child inherits a descriptor or an open file
from which a passphrase was read.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

PASSED_ON = frozenset({
    "PATH", "HOME", "LANG", "LC_ALL", "TERM", "TZ", "SYSTEMROOT", "TMUX", "TMUX_TMPDIR",
    "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE", "DBUS_SESSION_BUS_ADDRESS",
})  # fmt: skip
OURS = "SMTUI_"
FOR_COMMANDS = frozenset({"SMTUI_VAULT", "SMTUI_CONTEXT", "SMTUI_CONFIG", "SMTUI_STATE"})
"""The `SMTUI_*` variables that a command of `smtui exec` inherits, so that it uses the same vault and settings."""
STANDARD = range(3)
MOST_DESCRIPTORS = 1 << 16
"""How many descriptors to check if the system does not list the open ones."""
FIRST_ACTIVATED = 3
"""The first descriptor of systemd socket activation (SD_LISTEN_FDS_START)."""
_NAMED = re.compile(r"(?:^|[=@:,])/(?:dev|proc/self)/fd/(\d+)$")

_secret_descriptors: set[int] = set()
_secret_files: set[tuple[int, int]] = set()
_kept_descriptors: set[int] = set()


# Environments.


def build_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Returns the variables on the allow-list, which excludes a passphrase in the environment."""
    return {name: value for name, value in (environ or os.environ).items() if name in PASSED_ON}


def build_command_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Returns the environment for a command of `smtui exec`: all variables except private `SMTUI_*` ones."""
    found = (environ or os.environ).items()
    return {name: value for name, value in found if not name.startswith(OURS) or name in FOR_COMMANDS}


def build_module_command(module: str) -> list[str]:
    """Returns the command line that runs a Python module with the current interpreter."""
    return [sys.executable, "-m", module]


def build_module_environment() -> dict[str, str]:
    """Returns the environment for `build_module_command`: the allow-list, and PYTHONPATH for the smtui package."""
    return {**build_environment(), "PYTHONPATH": str(Path(__file__).parents[2])}


# Starting processes.


def start_program(
    command: Sequence[str], *, environ: Mapping[str, str] | None = None, cwd: str | Path | None = None,
    stdin: int | None = subprocess.DEVNULL, stdout: int | None = subprocess.DEVNULL,
    stderr: int | None = subprocess.DEVNULL, new_session: bool = True,
) -> subprocess.Popen[bytes]:
    """Starts a program without waiting for it.

    Args:
        command: the program and its arguments.
        environ: the environment; by default the allow-list.
        cwd: the working directory; by default the current one.
        stdin: a descriptor or a constant of `subprocess`, as are `stdout` and `stderr`.
        new_session: whether the program runs in a new session, without the controlling terminal.

    Raises:
        OSError: if the program cannot be started.
    """
    return subprocess.Popen(
        command, env=build_environment() if environ is None else environ, cwd=cwd,
        stdin=stdin, stdout=stdout, stderr=stderr, close_fds=True, start_new_session=new_session,
    )  # fmt: skip


def start_module(module: str, *arguments: str, stdout: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Starts a module of smtui with a pipe to its standard input.

    It runs in a new session, so that it survives a hangup of the terminal, and in `/`, so that it imports no module
    from the current folder. Raises OSError.
    """
    command = [*build_module_command(module), *arguments]
    return start_program(command, environ=build_module_environment(), cwd="/", stdin=subprocess.PIPE, stdout=stdout)


def run_program(
    command: Sequence[str], data: bytes | bytearray | memoryview = b"", *, seconds: float,
    environ: Mapping[str, str] | None = None, cwd: str | None = None, answers: bool = False,
) -> bytes:
    """Runs a program with `data` on its standard input.

    Args:
        command: the program and its arguments.
        data: the standard input.
        seconds: the time limit, after which the program is killed.
        environ: the environment; by default the allow-list.
        cwd: the working directory; by default the current one.
        answers: whether to return the standard output. Without it the output is discarded, so that a clipboard tool
            can continue in the background.

    Raises:
        OSError: if the program cannot be started.
        subprocess.SubprocessError: if the program exceeds the time limit or ends with a code other than 0.
    """
    done = subprocess.run(
        command, input=data, timeout=seconds, check=True, cwd=cwd,
        env=build_environment() if environ is None else environ,
        stdout=subprocess.PIPE if answers else subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        close_fds=True, start_new_session=True,
    )  # fmt: skip
    return done.stdout or b""


def run_module(module: str, data: bytes | bytearray | memoryview, *, seconds: float) -> bytes:
    """Runs a module of smtui and returns its standard output. Raises the same exceptions as `run_program`."""
    return run_program(
        build_module_command(module), data, seconds=seconds, environ=build_module_environment(), cwd="/", answers=True
    )


def start_on_terminal(
    command: Sequence[str], *, program: str, environ: Mapping[str, str], umask: int = -1
) -> subprocess.Popen[bytes]:
    """Starts a program on the terminal of this process, in its session and process group.

    Args:
        command: the arguments, with the program name first.
        program: the path of the executable.
        environ: the environment.
        umask: its umask; by default that of this process.

    Raises:
        OSError: if the program cannot be started.
    """
    return subprocess.Popen(command, executable=program, env=environ, close_fds=True, umask=umask)


def run_on_terminal(command: Sequence[str], *, program: str | None = None, environ: Mapping[str, str]) -> int:
    """Runs a program on the terminal of this process, waits for it and returns its exit code. Raises OSError."""
    return subprocess.run(command, executable=program, env=environ, check=False, close_fds=True).returncode


def replace_process(
    program: str, words: Sequence[str], environ: Mapping[str, str] | Mapping[str, bytes]
) -> NoReturn:
    """Replaces this process by a program (execve).

    Besides 0, 1 and 2, the program inherits the kept descriptors, those of systemd socket activation, and those in
    its arguments, such as `/dev/fd/63` from a shell's `<(command)`.

    Args:
        program: the path of the executable.
        words: the arguments, with the program name first.
        environ: the environment.

    Raises:
        OSError: if the program cannot be executed.
    """
    wanted = {*STANDARD, *_kept_descriptors, *_find_named_descriptors(words), *_list_activated_descriptors()}
    for descriptor in _list_open_descriptors():
        if descriptor not in STANDARD:
            os.set_inheritable(descriptor, descriptor in wanted and not is_secret(descriptor))
    _leave_unread_input()
    os.execve(program, list(words), environ)  # noqa: S606


# Sources of passphrases, and descriptors for the program that replaces this process.


def withhold_descriptor(descriptor: int) -> None:
    """Marks a descriptor from which a passphrase was read, so that no child inherits it."""
    _secret_descriptors.add(descriptor)
    with suppress(OSError):
        _withhold(os.fstat(descriptor))


def withhold_file(path: Path) -> None:
    """Marks a passphrase file, so that no child inherits a descriptor of it.

    If standard input is the same file, its position moves to the end.
    """
    with suppress(OSError):
        found = path.stat()
        _withhold(found)
        if stat.S_ISREG(found.st_mode) and os.path.samestat(found, os.fstat(0)):
            os.lseek(0, 0, os.SEEK_END)


def keep_descriptor(descriptor: int) -> None:
    """Keeps a descriptor open for the program that replaces this process."""
    _kept_descriptors.add(descriptor)


def is_secret(descriptor: int) -> bool:
    """Returns whether a passphrase was read from the descriptor or from the file that it refers to."""
    if descriptor in _secret_descriptors:
        return True
    try:
        found = os.fstat(descriptor)
    except OSError:
        return False
    return (found.st_dev, found.st_ino) in _secret_files


def _withhold(found: os.stat_result) -> None:
    """Marks regular files only: a pipe can be read once, and a terminal has many users."""
    if stat.S_ISREG(found.st_mode):
        _secret_files.add((found.st_dev, found.st_ino))


def _leave_unread_input() -> None:
    """Replaces a passphrase file at standard input by its unread rest, so that the program cannot rewind it."""
    try:
        found = os.fstat(0)
    except OSError:
        return
    if (found.st_dev, found.st_ino) not in _secret_files:
        return
    with tempfile.TemporaryFile() as rest:
        while piece := os.read(0, 65536):
            rest.write(piece)
        rest.seek(0)
        os.dup2(rest.fileno(), 0, inheritable=True)


# Open descriptors.


def _list_open_descriptors() -> list[int]:
    try:
        candidates: Iterable[int] = map(int, os.listdir("/dev/fd"))  # noqa: PTH208
    except OSError:
        candidates = range(min(os.sysconf("SC_OPEN_MAX"), MOST_DESCRIPTORS))
    return [descriptor for descriptor in candidates if _is_open(descriptor)]


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _find_named_descriptors(words: Sequence[str]) -> Iterator[int]:
    for word in words:
        if found := _NAMED.search(word):
            yield int(found[1])


def _list_activated_descriptors() -> range:
    """Returns the descriptors of systemd socket activation, if LISTEN_PID is this process."""
    count = os.environ.get("LISTEN_FDS", "")
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or not count.isdecimal():
        return range(0)
    return range(FIRST_ACTIVATED, FIRST_ACTIVATED + int(count))
