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
from smtui.text.sanitize import sanitize

NO_WIDTH = 80
REPLACED = "control characters are shown as symbols; a pipe or a file gets the value unchanged."


def is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def get_width() -> int:
    """The terminal's width in cells; 80 if standard output is none."""
    with suppress(OSError, ValueError, AttributeError):
        return os.get_terminal_size(sys.stdout.fileno()).columns or NO_WIDTH
    return NO_WIDTH


def sanitize_cell(text: str) -> str:
    """A text for one cell of a row: on a terminal without line breaks and tabs too, which could forge other rows."""
    if not is_terminal():
        return text
    safe = sanitize(text)
    if safe != text:
        diagnostics.note(REPLACED)
    return safe


def write_line(text: str) -> None:
    """Writes a line of text and a line break."""
    _send((_sanitize(text) if is_terminal() else text) + "\n")


def write_value(content: str | bytes) -> None:
    """Writes a secret value: exactly its bytes, or, on a terminal, its text and a line break. Raises RefusedError."""
    if not is_terminal():
        _send(content)
    elif isinstance(content, bytes):
        raise RefusedError(
            f"This value is binary ({len(content):,} bytes) and cannot be shown on a terminal.",
            hint="Redirect it to a file: smtui get NAME > FILE",
        )
    else:
        _send(_sanitize(content) + "\n")


def write_chunk(content: bytes) -> None:
    """Writes a part of an answer that is too long for memory."""
    _send(_sanitize(content.decode()) if is_terminal() else content)


def finish() -> None:
    """Flushes the answer. Raises OSError: an answer that is lost is not a success."""
    if sys.stdout is not None:
        sys.stdout.flush()


def abandon() -> None:
    """Discards the rest of the answer, so that the interpreter reports no error about it when it exits."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _sanitize(text: str) -> str:
    safe = sanitize(text, lines=True)
    if safe != text.replace("\r\n", "\n").expandtabs(4):
        diagnostics.note(REPLACED)
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
