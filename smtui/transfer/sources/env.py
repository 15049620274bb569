"""`.env` files, by their first line. What a line means is in `smtui.transfer.dotenv`."""

from __future__ import annotations

import re

from smtui.transfer import dotenv
from smtui.transfer.item import SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey

_BLANK = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n?|\n))*+")
_FIRST = re.compile(
    rf"[ \t]*{dotenv.EXPORT}(?:[A-Za-z0-9_./@+!-]+[ \t]*=|[A-Z_][A-Z0-9_]*[ \t]*(?:[\r\n]|\Z))|\Z")


def recognise(file: SourceFile) -> bool:
    """Whether the first line that is no comment is `NAME=...` or a name alone; an empty file is one too."""
    if file.is_folder or file.text is None or file.looks_like_json:
        return False
    start = _BLANK.match(file.text)
    return _FIRST.match(file.text, start.end() if start else 0) is not None


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnreadableFileError."""
    found = dotenv.parse_file(file.require_text(), file.name, file.env_options)
    return SourceContent(".env file", found.entries, notes=found.notes)
