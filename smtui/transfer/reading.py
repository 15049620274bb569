"""A file of some format: read whole, judged, and turned into entries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from smtui.bounded import TooLargeError, read_bounded
from smtui.transfer import documents, dotenv
from smtui.transfer.entry import Entry, unreadable

LARGEST = 64 * 1024 * 1024
BYTE_ORDER_MARK = "﻿"


class Format(StrEnum):
    ENV = "env"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Read:
    """What a file held; `notes` are sentences about what it did not."""

    entries: list[Entry]
    notes: list[str]


def read_file(path: Path) -> Read:
    """The entries of the file at a path. Raises UnreadableFileError."""
    try:
        raw = read_bounded(path, LARGEST)
    except TooLargeError:
        raise unreadable(str(path), f"it is larger than {LARGEST // 1024 // 1024} MiB") from None
    except OSError as error:
        raise unreadable(str(path), f"it cannot be read ({error.strerror})") from None
    return read(raw, str(path))


def read(raw: bytes, name: str, format: Format | None = None) -> Read:
    """The entries of a file's content; `name` is what the file is called. Raises UnreadableFileError."""
    text = _text(raw, name)
    if (format or _format(text)) is Format.ENV:
        return Read(dotenv.read(text, name), [])
    entries, lacking = documents.read(text, name)
    note = f"{name}: {lacking:,} secrets have no value there (see its Errors), and are left out."
    return Read(entries, [note] if lacking else [])


def _format(text: str) -> Format:
    """JSON begins with a bracket; no line of a .env file does."""
    return Format.JSON if text.lstrip()[:1] in ("{", "[") else Format.ENV


def _text(raw: bytes, name: str) -> str:
    try:
        text = raw.decode().removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise unreadable(name, f"this is not UTF-8 text (line {line})") from None
    if (at := text.find("\0")) >= 0:
        raise unreadable(f"{name}, line {text.count(chr(10), 0, at) + 1}", "a NUL character is no text")
    return text
