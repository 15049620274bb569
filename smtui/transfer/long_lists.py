"""JSON lists longer than memory should hold, read one secret at a time: exports of ours, and what the aws CLI printed
for many. A file that ends in the middle, or goes on behind its end, is refused when that is reached.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from smtui import strict_json
from smtui.strict_json import JsonError
from smtui.transfer import documents
from smtui.transfer.entry import Entry, unreadable

CHUNK = 1 << 18
LONGEST = 1 << 22  # characters of one secret, whatever it is spelled in
_BEGINNING = re.compile(r'\ufeff?\s*(\[|\{\s*"SecretValues"\s*:\s*\[)')
_BETWEEN = re.compile(r"\s*,\s*")
_SPACE = re.compile(r"\s*")


def read(stream: BinaryIO, file: str) -> Iterator[Entry]:
    """The entries as they are read. Raises UnreadableFileError."""
    window = _Window(stream, file)
    beginning = window.match(_BEGINNING)
    if beginning is None:
        raise unreadable(file, "a file this long has to be a list of secrets, as smtui export writes it")
    window.skip(_SPACE)
    number = 0
    while not window.at("]"):
        number += 1
        place = f"{file}, secret {number}"
        if number > 1 and not window.skip(_BETWEEN):
            raise unreadable(place, "not JSON: a comma is wanted before it")
        yield documents.answered(window.value(place), place)
        window.skip(_SPACE)
    _rest(window.rest(), beginning[1], file)


def _rest(rest: str, beginning: str, file: str) -> None:
    """What stands behind the list: nothing, or what else a batch answers with."""
    if beginning == "[":
        complete = not rest.strip()
    else:
        try:
            complete = set(strict_json.read('{"SecretValues":[]' + rest)) <= documents.OF_A_BATCH
        except JsonError:
            complete = False
    if not complete:
        raise unreadable(file, "something else follows the list of secrets, or its end is missing")


class _Window:
    """The part of a text that is being looked at."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self._stream = stream
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._at = 0
        self._ended = False

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self._more()
        found = pattern.match(self._text)
        self._at = found.end() if found else 0
        return found

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Goes behind what fits the pattern, and behind the space that follows it; whether there was any."""
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        while self._at == len(self._text) and not self._ended:
            self._more()
            if space := _SPACE.match(self._text):
                self._at = space.end()
        return found is not None

    def at(self, mark: str) -> bool:
        if self._at == len(self._text):
            self._more()
        return self._text[self._at : self._at + 1] == mark

    def value(self, place: str) -> Any:
        """The JSON value that begins here."""
        while True:
            try:
                value, self._at = strict_json.read_first(self._text, self._at)
                return value
            except JsonError as error:
                unfinished = isinstance(error.__cause__, json.JSONDecodeError) and not self._ended
                if not unfinished or len(self._text) - self._at > LONGEST:
                    raise unreadable(place, str(error)) from None
            self._more()

    def rest(self) -> str:
        """All that is left behind the mark; of a good file that is little."""
        while not self._ended and len(self._text) - self._at <= LONGEST:
            self._more()
        return self._text[self._at + 1 :]

    def _more(self) -> None:
        raw = self._stream.read(CHUNK)
        self._ended = not raw
        try:
            self._text = self._text[self._at :] + self._decoder.decode(raw, final=self._ended)
        except UnicodeDecodeError:
            raise unreadable(self._file, "this is not UTF-8 text") from None
        self._at = 0
