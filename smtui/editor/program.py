"""The user's editor: finds the program and runs it."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from smtui.api.errors import SmtuiError
from smtui.system import subprocesses
from smtui.system.inheritance import build_environment
from smtui.system.keyboard_signals import leave_signals_to_program

VARIABLES = ("VISUAL", "EDITOR")
FALLBACKS = ("notepad",) if os.name == "nt" else ("sensible-editor", "nano", "vi")


class EditorError(SmtuiError):
    """There is no editor, or it could not be run."""

    hint = "Set $VISUAL or $EDITOR to your editor."


class TemporaryFileError(EditorError):
    """The temporary file for the editor could not be written."""

    hint = "Free some space in its folder."


def find_editor(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The editor's program and arguments, without the file. Raises EditorError."""
    for name in VARIABLES:
        if words := _split(name, environ.get(name, "")):
            return words
    found = next(filter(shutil.which, FALLBACKS), None)
    if found is None:
        raise EditorError("No editor was found.")
    return [found]


def _split(name: str, text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        raise EditorError(f"${name} is not valid: a quote is not closed.") from None


def edit(path: Path, program: list[str]) -> int:
    """Runs the editor on the terminal until it ends. Returns its exit code. Raises EditorError."""
    with leave_signals_to_program():
        try:
            return subprocesses.run_on_terminal([*program, str(path)], environ=build_environment())
        except OSError as error:
            raise EditorError(f"{program[0]} cannot be run: {error.strerror}.") from None
