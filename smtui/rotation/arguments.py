"""The arguments of a command function, as a person writes them, and as they are shown to one."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

from smtui.shown import SafeText, sanitize

GUTTER = 6
"""Cells left of an argument, for its number."""


class ArgumentSplitError(ValueError):
    """Says why a line cannot be split into arguments."""


def split(line: str) -> list[str]:
    """A line as a shell would split it, with files named in full. Raises ArgumentSplitError."""
    try:
        words = shlex.split(line)
    except ValueError:
        raise ArgumentSplitError("A quotation mark is not closed, or a backslash has nothing behind it.") from None
    return [from_anywhere(word) for word in words]


def from_anywhere(word: str) -> str:
    """Files are named in full: the command is run in a folder of its own."""
    return str(Path(word).absolute()) if ("/" in word and Path(word).exists()) or Path(word).is_file() else word


def format_argument(argument: str) -> SafeText:
    """One argument so that no two look alike: quoted for a shell; as JSON where it cannot be shown as it is.

    What is quoted for a shell never begins with the quotation mark that JSON begins with.
    """
    if argument.isprintable() and sanitize(argument) == argument:
        return SafeText(shlex.quote(argument))
    return SafeText(json.dumps(argument))


def format_arguments(arguments: Iterable[str]) -> SafeText:
    """All arguments on one line."""
    return SafeText(" ".join(map(format_argument, arguments)))


def number_arguments(arguments: Iterable[str], width: int) -> Iterator[SafeText]:
    """Lines of at most `width` cells: each argument behind its number, and what of it goes on behind none.

    So no argument can be taken for two, whatever is in it.
    """
    for number, argument in enumerate(arguments, 1):
        text = format_argument(argument)
        room = (width - GUTTER) // (1 if text.isascii() else 2)
        for start in range(0, len(text), room):
            yield SafeText(f"{number if start == 0 else '':>{GUTTER - 2}}  {text[start : start + room]}")
