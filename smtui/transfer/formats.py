"""Import formats: reads an entire file, detects its format and parses it into entries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from smtui.system.bounded_read import TooLargeError, read_bounded
from smtui.transfer import documents, dotenv
from smtui.transfer.entry import Entry, make_unreadable_error

MAX_BYTES = 64 * 1024 * 1024
BYTE_ORDER_MARK = "﻿"


class ImportFormat(StrEnum):
    ENV = "env"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class FileContent:
    """The entries of a file; `notes` are sentences about what it lacks."""

    entries: list[Entry]
    notes: list[str]


def read_file(path: Path) -> FileContent:
    """Reads and parses the file at `path`. Raises UnreadableFileError."""
    try:
        raw = read_bounded(path, MAX_BYTES)
    except TooLargeError:
        raise make_unreadable_error(str(path), f"it is larger than {MAX_BYTES // 1024 // 1024} MiB") from None
    except OSError as error:
        raise make_unreadable_error(str(path), f"it cannot be read ({error.strerror})") from None
    return parse(raw, str(path))


def parse(raw: bytes, name: str, format: ImportFormat | None = None) -> FileContent:
    """Parses the content of a file.

    `name` is the file's name in messages; `format` is detected if it is None. Raises UnreadableFileError.
    """
    text = _decode(raw, name)
    if (format or _detect_format(text)) is ImportFormat.ENV:
        return FileContent(dotenv.parse(text, name), [])
    entries, lacking = documents.parse(text, name)
    note = f"{name}: skipped {lacking:,} without a value (see Errors in the file)."
    return FileContent(entries, [note] if lacking else [])


def _detect_format(text: str) -> ImportFormat:
    """JSON starts with a bracket or a brace; no line of a .env file does."""
    return ImportFormat.JSON if text.lstrip()[:1] in ("{", "[") else ImportFormat.ENV


def _decode(raw: bytes, name: str) -> str:
    try:
        text = raw.decode().removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise make_unreadable_error(name, f"this is not UTF-8 text (line {line})") from None
    if (at := text.find("\0")) >= 0:
        raise make_unreadable_error(f"{name}, line {text.count(chr(10), 0, at) + 1}", "a NUL character is not allowed")
    return text
