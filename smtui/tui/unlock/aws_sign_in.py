"""Hands the terminal over to the command that signs in to AWS, such as `aws sso login`."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from smtui.system import subprocesses
from smtui.system.inheritance import build_command_environment
from smtui.system.keyboard_signals import leave_signals_to_program

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

NO_TERMINAL = "This terminal cannot be handed over. Run it in another one: {command}"
NOT_RUN = "{program} cannot be run: {reason}."
FAILED = "{command} ended with exit code {code}."


def run_sign_in(app: Shell, command: Sequence[str]) -> str:
    """Runs a command on the terminal until it ends. Returns why the user is not signed in; empty on success."""
    words = shlex.join(command)
    problem = ""
    try:
        with app.suspend():
            try:
                with leave_signals_to_program():
                    code = subprocesses.run_on_terminal(
                        command, environ=build_command_environment())
            except OSError as error:
                problem = NOT_RUN.format(program=command[0], reason=error.strerror)
            else:
                problem = FAILED.format(command=words, code=code) if code else ""
    except SuspendNotSupported:
        return NO_TERMINAL.format(command=words)
    if app.session is not None:
        app.session.touch()
    return problem
