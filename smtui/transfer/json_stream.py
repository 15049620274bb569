"""Parser of JSON lists that are too large for memory, one secret at a time: smtui exports and output of the aws CLI.

A file that is truncated, or has other content after its end, is refused when the parser reaches that point.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from smtui.text import strict_json
from smtui.text.strict_json import StrictJsonError
from smtui.transfer import documents
from smtui.transfer.entry import Entry, make_unreadable_error

CHUNK = 1 << 18
MAX_CHARACTERS = 1 << 22
"""Of one secret, with its escapes."""
_BEGINNING = re.compile(r'\ufeff?\s*(\[|\{\s*"SecretValues"\s*:\s*\[)')
_BETWEEN = re.compile(r"\s*,\s*")
_SPACE = re.compile(r"\s*")


def parse(stream: BinaryIO, file: str) -> Iterator[Entry]:
    """The entries of a file, as they are read. `file` is its name in messages. Raises UnreadableFileError."""
    window = _Window(stream, file)
    beginning = window.match(_BEGINNING)
    if beginning is None:
        raise make_unreadable_error(file, "a file this long has to be a list of secrets, as smtui export writes it")
    window.skip(_SPACE)
    number = 0
    while not window.is_at("]"):
        number += 1
        place = f"{file}, secret {number}"
        if number > 1 and not window.skip(_BETWEEN):
            raise make_unreadable_error(place, "not valid JSON: expected a comma before it")
        yield documents.parse_secret(window.read_value(place), place)
        window.skip(_SPACE)
    _check_rest(window.read_rest(), beginning[1], file)


def _check_rest(rest: str, beginning: str, file: str) -> None:
    """Raises UnreadableFileError unless the list is followed by nothing, or by the other members of a batch."""
    if beginning == "[":
        complete = not rest.strip()
    else:
        try:
            complete = set(strict_json.parse_strict_json('{"SecretValues":[]' + rest)) <= documents.BATCH_MEMBERS
        except StrictJsonError:
            complete = False
    if not complete:
        raise make_unreadable_error(file, "something else follows the list of secrets, or its end is missing")


class _Window:
    """The part of the text that is in memory, and the position in it."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self._stream = stream
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._at = 0
        self._ended = False

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self._read_more()
        found = pattern.match(self._text)
        self._at = found.end() if found else 0
        return found

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Skips text that matches the pattern, and the space after it. False if nothing matches."""
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        while self._at == len(self._text) and not self._ended:
            self._read_more()
            if space := _SPACE.match(self._text):
                self._at = space.end()
        return found is not None

    def is_at(self, mark: str) -> bool:
        if self._at == len(self._text):
            self._read_more()
        return self._text[self._at : self._at + 1] == mark

    def read_value(self, place: str) -> Any:
        """The JSON value at the position. Raises UnreadableFileError."""
        while True:
            try:
                value, self._at = strict_json.parse_first_value(self._text, self._at)
                return value
            except StrictJsonError as error:
                unfinished = isinstance(error.__cause__, json.JSONDecodeError) and not self._ended
                if not unfinished or len(self._text) - self._at > MAX_CHARACTERS:
                    raise make_unreadable_error(place, str(error)) from None
            self._read_more()

    def read_rest(self) -> str:
        """The text after the closing bracket; a valid file has little of it."""
        while not self._ended and len(self._text) - self._at <= MAX_CHARACTERS:
            self._read_more()
        return self._text[self._at + 1 :]

    def _read_more(self) -> None:
        raw = self._stream.read(CHUNK)
        self._ended = not raw
        try:
            self._text = self._text[self._at :] + self._decoder.decode(raw, final=self._ended)
        except UnicodeDecodeError:
            raise make_unreadable_error(self._file, "this is not UTF-8 text") from None
        self._at = 0
