"""Standard output: the answer to a command, and nothing else.

A pipe or a file gets the bytes as they are. A terminal gets them through `sanitize`, so that no value can drive the
terminal; a note on standard error says so if that changed anything.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import BinaryIO

from smtui.cli import diagnostics
from smtui.cli.exit_codes import RefusedError
from smtui.shown import sanitize

CHANGED = "characters that would drive the terminal are shown as symbols; into a pipe or file the value goes unchanged."


def is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def line(text: str) -> None:
    """A line of text, with its line break."""
    _send((_harmless(text) if is_terminal() else text) + "\n")


def value(content: str | bytes) -> None:
    """A secret value alone: exactly its bytes, or, on a terminal, its text and a line break."""
    if not is_terminal():
        _send(content)
    elif isinstance(content, bytes):
        raise RefusedError(
            f"This value is binary ({len(content):,} bytes) and would only disturb the terminal.",
            hint="Send it somewhere: smtui get NAME > FILE",
        )
    else:
        _send(_harmless(content) + "\n")


def piece(content: bytes) -> None:
    """A part of an answer that is longer than memory should hold: as it is, or, on a terminal, as harmless text."""
    _send(_harmless(content.decode()) if is_terminal() else content)


def finish() -> None:
    """Hands everything to the reader. Raises OSError where that fails: an answer that was lost is no success."""
    if sys.stdout is not None:
        sys.stdout.flush()


def abandon() -> None:
    """Nobody takes the answer: keeps the interpreter from complaining about it at its end."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _harmless(text: str) -> str:
    safe = sanitize(text, lines=True)
    if safe != text.replace("\r\n", "\n").expandtabs(4):
        diagnostics.note(CHANGED)
    return safe


def _send(content: str | bytes) -> None:
    if sys.stdout is None:
        raise OSError("standard output is closed")
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
    stream: BinaryIO = sys.stdout.buffer
    sys.stdout.flush()
    stream.write(raw)
    if is_terminal():
        stream.flush()
