"""`.pgpass`: passwords of PostgreSQL, as JSON objects with the keys that AWS uses for databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from smtui.text import strict_json
from smtui.text.interruption import check_interruption
from smtui.transfer.entry import make_unreadable_error
from smtui.transfer.item import Item, SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey

ANY = "*"
PARTS = 5
"""Host, port, database, user and password."""
_FIELD = re.compile(r"((?:[^:\\]|\\.|\\$)*)(:|$)")
_ESCAPED = re.compile(r"\\(.)")
_PORT = re.compile(r"\*|[0-9]{1,5}")


def recognise(file: SourceFile) -> bool:
    lines = _list_lines(file.text or "")
    first = next(lines, None)
    return first is not None and _is_login(first[1]) and all(_is_login(parts) for _, parts in lines)


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnreadableFileError."""
    content = SourceContent(".pgpass file")
    for line, parts in _list_lines(file.require_text()):
        place = f"{file.name}, line {line}"
        if not _is_login(parts):
            raise make_unreadable_error(place, "expected host:port:database:user:password")
        host, port, database, user, password = parts
        login = {"engine": "postgres", "host": host, "port": port if port == ANY else int(port), "dbname": database,
                 "username": user, "password": password}
        value = strict_json.format_json({name: text for name, text in login.items() if text not in (ANY, "")})
        title = "any" if database == ANY else database
        content.items.append(Item(title, place, ("pgpass", "any" if host == ANY else host), {"username": user}, value))
    return content


def _is_login(parts: list[str]) -> bool:
    return len(parts) == PARTS and _PORT.fullmatch(parts[1]) is not None


def _list_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The parts of each line, up to one too many: a file of another kind can be one long line."""
    for number, line in enumerate(text.splitlines(), 1):
        check_interruption()
        if line.strip() and not line.startswith("#"):
            yield number, [_ESCAPED.sub(r"\1", part) for part in islice(_split(line), PARTS + 1)]


def _split(line: str) -> Iterator[str]:
    at = 0
    while True:
        match = _FIELD.match(line, at)
        if match is None:
            return
        yield match[1]
        at = match.end()
        if not match[2]:
            return
