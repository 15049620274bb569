"""Starts child processes, with the environment and the descriptors that `inheritance` says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from smtui.system.inheritance import build_environment

PROGRAM = "smtui"


def build_module_command(module: str) -> list[str]:
    """Returns the command line that runs a Python module with the current interpreter."""
    return [sys.executable, "-m", module]


def build_module_environment() -> dict[str, str]:
    """Returns the environment for `build_module_command`: the allow-list, and PYTHONPATH for the smtui package."""
    return {**build_environment(), "PYTHONPATH": str(Path(__file__).parents[2])}


def extend_search_path(path: str) -> str:
    """Returns the value of PATH with the folder of the program `smtui` at its end, so that a child finds it.

    Whoever starts it by its path, as a timer does, may have no such folder in PATH. The folder is that of the running
    script, or that of the interpreter, where a virtual environment has its scripts. Programs that `path` already finds
    stay the same.
    """
    script = Path(sys.argv[0]).absolute()
    folders = [*([script.parent] if script.stem == PROGRAM else []), Path(sys.executable).parent]
    own = next((str(each) for each in folders if shutil.which(PROGRAM, path=str(each))), None)
    if own is None or shutil.which(PROGRAM, path=path):
        return path
    return f"{path}{os.pathsep}{own}" if path else own


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
