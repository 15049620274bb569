"""Child processes: the one place that starts them, and the rule of what they get from us.

A child gets the descriptors 0, 1 and 2 and nothing else that is open here, be it ours or inherited. Of our environment
it gets what is on an allow-list; a command that a person runs with `exec` gets the person's environment, without the
`SMTUI_*` variables that are not meant for it. A descriptor or file that a passphrase was read from goes to nobody.
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
FOR_COMMANDS = frozenset({"SMTUI_VAULT", "SMTUI_CONFIG", "SMTUI_STATE"})
"""Paths: a command run by `exec` that calls smtui means the same vault. Everything else of ours is not for it."""
STANDARD = range(3)
MOST_DESCRIPTORS = 1 << 16
"""So many are looked at where the system does not list the open ones."""
FIRST_ACTIVATED = 3
"""Where systemd's socket activation begins to count."""
_NAMED = re.compile(r"(?:^|[=@:,])/(?:dev|proc/self)/fd/(\d+)$")

_secret_descriptors: set[int] = set()
_secret_files: set[tuple[int, int]] = set()
_kept_descriptors: set[int] = set()


# The environment.


def build_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """An allow-list: a passphrase that came by the environment goes no further."""
    return {name: value for name, value in (environ or os.environ).items() if name in PASSED_ON}


def build_command_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The person's own environment, for a command of theirs."""
    found = (environ or os.environ).items()
    return {name: value for name, value in found if not name.startswith(OURS) or name in FOR_COMMANDS}


def build_module_command(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def build_module_environment() -> dict[str, str]:
    """For `build_module_command`, run from a folder that is not ours, so that nothing lying there is imported."""
    return {**build_environment(), "PYTHONPATH": str(Path(__file__).parents[2])}


# Starting one.


def start_program(
    command: Sequence[str], *, environ: Mapping[str, str] | None = None, cwd: str | Path | None = None,
    stdin: int | None = subprocess.DEVNULL, stdout: int | None = subprocess.DEVNULL,
    stderr: int | None = subprocess.DEVNULL, new_session: bool = True,
) -> subprocess.Popen[bytes]:
    """Starts a program and does not wait for it; `environ` is by default the allow-list. Raises OSError."""
    return subprocess.Popen(
        command, env=build_environment() if environ is None else environ, cwd=cwd,
        stdin=stdin, stdout=stdout, stderr=stderr, close_fds=True, start_new_session=new_session,
    )  # fmt: skip


def start_module(module: str, *arguments: str, stdout: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Starts a module of ours in a session of its own, so that what ends our terminal does not end it, with a pipe to
    its standard input."""
    command = [*build_module_command(module), *arguments]
    return start_program(command, environ=build_module_environment(), cwd="/", stdin=subprocess.PIPE, stdout=stdout)


def run_program(
    command: Sequence[str], data: bytes | bytearray | memoryview = b"", *, seconds: float,
    environ: Mapping[str, str] | None = None, cwd: str | None = None, answers: bool = False,
) -> bytes:
    """Runs a program with `data` on its standard input, and returns what it wrote if that is wanted (`answers`).

    Otherwise nothing listens, which lets a tool go on in the background that serves a clipboard. It is killed after
    `seconds`. Raises OSError or subprocess.SubprocessError, also where it ends with another code than 0.
    """
    done = subprocess.run(
        command, input=data, timeout=seconds, check=True, cwd=cwd,
        env=build_environment() if environ is None else environ,
        stdout=subprocess.PIPE if answers else subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        close_fds=True, start_new_session=True,
    )  # fmt: skip
    return done.stdout or b""


def run_module(module: str, data: bytes | bytearray | memoryview, *, seconds: float) -> bytes:
    """Runs a module of ours; what it wrote. Raises as `run` does."""
    return run_program(
        build_module_command(module), data, seconds=seconds, environ=build_module_environment(), cwd="/", answers=True
    )


def run_on_terminal(command: Sequence[str], *, program: str | None = None, environ: Mapping[str, str]) -> int:
    """Runs a program that has our terminal until it ends; its exit code. Raises OSError."""
    return subprocess.run(command, executable=program, env=environ, check=False, close_fds=True).returncode


def replace_process(
    program: str, words: Sequence[str], environ: Mapping[str, str] | Mapping[str, bytes]
) -> NoReturn:
    """The program takes the place of this one. It gets the descriptors that were kept for it too, and those which its
    arguments name (`/dev/fd/63`, as a shell's `<(command)` becomes) or systemd handed on for it. Raises OSError."""
    wanted = {*STANDARD, *_kept_descriptors, *_find_named_descriptors(words), *_list_activated_descriptors()}
    for descriptor in _list_open_descriptors():
        if descriptor not in STANDARD:
            os.set_inheritable(descriptor, descriptor in wanted and not is_secret(descriptor))
    _leave_unread_input()
    os.execve(program, list(words), environ)  # noqa: S606


# What a passphrase was read from.


def withhold_descriptor(descriptor: int) -> None:
    """A passphrase was read from it: no child gets it."""
    _secret_descriptors.add(descriptor)
    with suppress(OSError):
        _withhold(os.fstat(descriptor))


def withhold_file(path: Path) -> None:
    """The whole file is a passphrase: no child gets it by a descriptor either, `/dev/stdin` for instance."""
    with suppress(OSError):
        found = path.stat()
        _withhold(found)
        if stat.S_ISREG(found.st_mode) and os.path.samestat(found, os.fstat(0)):
            os.lseek(0, 0, os.SEEK_END)


def keep_descriptor(descriptor: int) -> None:
    """It is left open for the program that takes the place of this one."""
    _kept_descriptors.add(descriptor)


def is_secret(descriptor: int) -> bool:
    """Whether a passphrase was read from it, or from the file that it is open on."""
    if descriptor in _secret_descriptors:
        return True
    try:
        found = os.fstat(descriptor)
    except OSError:
        return False
    return (found.st_dev, found.st_ino) in _secret_files


def _withhold(found: os.stat_result) -> None:
    """Of files alone: the beginning of a pipe is gone once it was read, and many have one terminal."""
    if stat.S_ISREG(found.st_mode):
        _secret_files.add((found.st_dev, found.st_ino))


def _leave_unread_input() -> None:
    """A file at standard input could be read again from its beginning: it is replaced by what was not read yet."""
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


# Which descriptors there are.


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
    """systemd names the process they are for, which this one still is."""
    count = os.environ.get("LISTEN_FDS", "")
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or not count.isdecimal():
        return range(0)
    return range(FIRST_ACTIVATED, FIRST_ACTIVATED + int(count))
