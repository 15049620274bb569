"""Which editor a person uses, and running it."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from smtui import children
from smtui.api.errors import SmtuiError

VARIABLES = ("VISUAL", "EDITOR")
USUAL = ("notepad",) if os.name == "nt" else ("sensible-editor", "nano", "vi")


class EditorError(SmtuiError):
    """There is none, or it could not be run."""

    hint = "Set $VISUAL or $EDITOR to the program you edit with."


def command(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The program and its arguments, without the file. Raises EditorError."""
    for name in VARIABLES:
        if words := _split(name, environ.get(name, "")):
            return words
    found = next(filter(shutil.which, USUAL), None)
    if found is None:
        raise EditorError("There is no editor to be found.")
    return [found]


def _split(name: str, text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        raise EditorError(f"${name} cannot be understood: a quote in it is not closed.") from None


def edit(path: Path, program: list[str]) -> int:
    """Runs the editor, in the terminal that it now has, until it ends; its exit code. Raises EditorError."""
    with _signals_are_the_editors():
        try:
            return children.run_on_terminal([*program, str(path)], environ=children.environment())
        except OSError as error:
            raise EditorError(f"{program[0]} cannot be run: {error.strerror}.") from None


@contextmanager
def _signals_are_the_editors() -> Iterator[None]:
    """Ctrl+C in the editor is meant for the editor. A handler, unlike being ignored, is not inherited by it."""
    before = {number: signal.signal(number, lambda *_: None) for number in _KEYBOARD}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_KEYBOARD = [signal.SIGINT, *([signal.SIGQUIT] if hasattr(signal, "SIGQUIT") else [])]
