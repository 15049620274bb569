"""The arguments of a command function, as a person writes them."""

from __future__ import annotations

import shlex
from pathlib import Path


class NotSplit(ValueError):
    """Says why a line cannot be split into arguments."""


def split(line: str) -> list[str]:
    """A line as a shell would split it, with files named in full. Raises NotSplit."""
    try:
        words = shlex.split(line)
    except ValueError:
        raise NotSplit("A quotation mark is not closed, or a backslash has nothing behind it.") from None
    return [from_anywhere(word) for word in words]


def from_anywhere(word: str) -> str:
    """Files are named in full: the command is run in a folder of its own."""
    return str(Path(word).absolute()) if ("/" in word and Path(word).exists()) or Path(word).is_file() else word
