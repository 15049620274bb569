"""Parser of JSON that is too large for memory, one secret at a time: lists as of smtui exports, a page, JSON Lines.

A file that is truncated, or has other content after its end, is refused when the parser reaches that point.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from smtui.text import strict_json
from smtui.text.strict_json import StrictJsonError
from smtui.transfer import documents
from smtui.transfer.entry import Entry, make_unreadable_error
from smtui.transfer.errors import UnreadableFileError

CHUNK = 1 << 18
MAX_CHARACTERS = 1 << 22
"""Of one secret, with its escapes."""
_BEGINNING = re.compile(r'\ufeff?\s*(\[|\{\s*"SecretValues"\s*:\s*\[)')
_BETWEEN = re.compile(r"\s*,\s*")
PAGE_MARK = b'"SecretValues"'
_SPACE = re.compile(r"[\s\x1e\ufeff]*")


def can_parse(path: Path) -> bool:
    """Whether a file begins as one that `parse` reads, and is not several pages. Raises OSError."""
    with path.open("rb") as stream:
        window = _Window(stream, str(path))
        beginning = window.match(_BEGINNING)
        if beginning is not None and beginning[1] != "[":
            return not _has_several_pages(path)
        window.skip(_SPACE)
        if beginning is not None and window.is_at("]"):
            return True
        try:
            return documents.is_secret(window.read_value(""))
        except UnreadableFileError:
            return beginning is not None


def _has_several_pages(path: Path) -> bool:
    """Whether there are several members `SecretValues`. In a text, the quotes around the word would be escaped."""
    found, before = 0, b""
    with path.open("rb") as stream:
        while (chunk := stream.read(CHUNK)) and found < 2:
            found += (before + chunk).count(PAGE_MARK)
            before = chunk[1 - len(PAGE_MARK) :]
    return found > 1


def parse(stream: BinaryIO, file: str, notes: list[str] | None = None) -> Iterator[Entry]:
    """The entries of a file, as they are read. Raises UnreadableFileError.

    Args:
        stream: the file.
        file: its name in messages.
        notes: at the end, gets sentences about what the file lacks.
    """
    window = _Window(stream, file)
    beginning = window.match(_BEGINNING)
    window.skip(_SPACE)
    if beginning is None:
        yield from _parse_lines(window, file)
        return
    number = 0
    while not window.is_at("]"):
        number += 1
        place = f"{file}, secret {number}"
        if number > 1 and not window.skip(_BETWEEN):
            raise make_unreadable_error(place, "not valid JSON: expected a comma before it")
        yield documents.parse_secret(window.read_value(place), place)
        window.skip(_SPACE)
    found = _check_rest(window.read_rest(), beginning[1], file)
    if notes is not None:
        notes += found


def _parse_lines(window: _Window, file: str) -> Iterator[Entry]:
    """The entries of JSON Lines, or of documents one after the other. Raises UnreadableFileError."""
    number = 0
    while not window.is_at(""):
        number += 1
        place = f"{file}, secret {number}"
        value = window.read_value(place) if window.is_at("{") else None
        if number == 1 and not documents.is_secret(value):
            raise make_unreadable_error(file, "a file this long has to be a list of secrets, as smtui export writes it")
        yield documents.parse_secret(value, place)
        window.skip(_SPACE)


def _check_rest(rest: str, beginning: str, file: str) -> list[str]:
    """Notes about what a batch lacks.

    Raises:
        UnreadableFileError: the list is followed by anything but nothing, or the other members of a batch.
    """
    if beginning == "[":
        if not rest.strip():
            return []
    else:
        with suppress(StrictJsonError):
            members = strict_json.parse_strict_json('{"SecretValues":[]' + rest)
            if set(members) <= documents.BATCH_MEMBERS:
                errors = members.get("Errors")
                return documents.note_rest(file, len(errors) if isinstance(errors, list) else 0,
                                           is_continued=members.get("NextToken") is not None)
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
