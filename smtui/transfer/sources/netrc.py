"""`.netrc`: a login for each machine. Quoted tokens with backslashes are read as curl 7.84 and newer read them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smtui.transfer.entry import make_unreadable_error
from smtui.transfer.item import Item, SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey

DEFAULT = "default"
FIELDS = {"login": "username", "user": "username", "password": "password", "account": "account"}
_BEGINNING = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*+[ \t]*(?:machine[ \t\r\n]+\S+|default)\s")
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|(#[^\n]*(?:\n|\Z))|(macdef[^\n]*\n(?:[^\n]*\S[^\n]*\n?)*)|(\S+)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_UNESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


def recognise(file: SourceFile) -> bool:
    text = file.text or ""
    return _BEGINNING.match(text) is not None and re.search(r"\bpassword\s", text) is not None


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnreadableFileError."""
    content = SourceContent(".netrc file")
    for place, host, fields in _list_logins(file):
        about = {} if host == DEFAULT else {"host": host}
        content.items.append(Item(host, place, ("netrc",), {**fields, **about}))
    return content


def _list_logins(file: SourceFile) -> Iterator[tuple[str, str, dict[str, str]]]:
    tokens = _list_tokens(file.require_text())
    place, host = "", ""
    fields: dict[str, str] = {}
    for line, token in tokens:
        if token in ("machine", DEFAULT):
            if host:
                yield place, host, fields
            place, fields = f"{file.name}, line {line}", {}
            host = token if token == DEFAULT else next(tokens, (0, ""))[1]
        elif token in FIELDS and host:
            fields[FIELDS[token]] = next(tokens, (0, ""))[1]
        else:
            raise make_unreadable_error(f"{file.name}, line {line}", "expected machine, login, password or account")
    if host:
        yield place, host, fields


def _list_tokens(text: str) -> Iterator[tuple[int, str]]:
    """The tokens with their lines, without comments and macros."""
    line, at = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        quoted, comment, macro, plain = match.groups()
        if comment is None and macro is None:
            yield line, plain if quoted is None else _ESCAPED.sub(
                lambda escape: _UNESCAPED.get(escape[1], escape[1]), quoted)
