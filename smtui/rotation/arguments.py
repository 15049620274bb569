"""Arguments of a command function: parses a line that a user typed, and formats arguments unambiguously."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

from smtui.text.sanitize import SafeText, sanitize

GUTTER = 6
"""Cells left of an argument for its number."""


class ArgumentSplitError(ValueError):
    """A line cannot be split into arguments; the message says why."""


def split(line: str) -> list[str]:
    """Splits a line as a shell does; files get absolute paths. Raises ArgumentSplitError."""
    try:
        words = shlex.split(line)
    except ValueError:
        raise ArgumentSplitError("A quotation mark is not closed, or a backslash ends the line.") from None
    return [make_absolute(word) for word in words]


def make_absolute(word: str) -> str:
    """The absolute path if the word is a file, because the command runs in another folder; else the word itself."""
    return str(Path(word).absolute()) if ("/" in word and Path(word).exists()) or Path(word).is_file() else word


def format_argument(argument: str) -> SafeText:
    """Formats one argument so that different ones never look alike: quoted for a shell, or as JSON if it is not safe
    text.

    Shell quoting never starts with the double quote that JSON starts with.
    """
    if argument.isprintable() and sanitize(argument) == argument:
        return SafeText(shlex.quote(argument))
    return SafeText(json.dumps(argument))


def format_arguments(arguments: Iterable[str]) -> SafeText:
    """Formats all arguments on one line."""
    return SafeText(" ".join(map(format_argument, arguments)))


def number_arguments(arguments: Iterable[str], width: int) -> Iterator[SafeText]:
    """Lines of at most `width` cells: each argument after its number, continuation lines without one.

    So one argument cannot look like two, whatever it contains.
    """
    for number, argument in enumerate(arguments, 1):
        text = format_argument(argument)
        room = (width - GUTTER) // (1 if text.isascii() else 2)
        for start in range(0, len(text), room):
            yield SafeText(f"{number if start == 0 else '':>{GUTTER - 2}}  {text[start : start + room]}")
