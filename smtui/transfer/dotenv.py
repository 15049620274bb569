"""`.env` files: `NAME=value` lines, in the syntax that common readers agree on.

`export` before a name, blanks around `=` and comment lines are allowed. An unquoted value ends at the end of its line
or before ` #`. Single quotes and backticks enclose literal text; double quotes allow the escapes `\\n`, `\\r`, `\\t`,
`\\\\`, `\\"`, `\\$` and `\\``. Quoted values may span lines. `$OTHER` is not expanded. Anything else is an error with
its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from smtui.transfer.entry import Entry, make_unreadable_error

_START = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z0-9_./@+!-]+)[ \t]*=[ \t]*")
_BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_COMMENT = re.compile(r"[ \t]#.*")
_ESCAPED = re.compile(r'\\([nrt"\\$`])')
_QUOTED = {
    '"': re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL),
    "'": re.compile(r"'([^']*)'"),
    "`": re.compile(r"`([^`]*)`"),
}
_UNESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_SPECIAL = re.compile(r'[\n\r\t"\\$`]')
_ESCAPES = {meaning: letter for letter, meaning in _UNESCAPED.items()}


def parse(text: str, file: str) -> list[Entry]:
    """The entries of a file in their order. Raises UnreadableFileError, which names `file` and the line."""
    return list(_list_entries(text.replace("\r\n", "\n"), file))


def _list_entries(text: str, file: str) -> Iterator[Entry]:
    at = line = 0
    while at < len(text):
        place = f"{file}, line {line + 1}"
        if blank := _BLANK.match(text, at):
            end = blank.end()
        else:
            name, start = _parse_name(text, at, place)
            value, end = _parse_value(text, start, place)
            yield Entry(name, value, place)
        line += text.count("\n", at, end)
        at = end


def _parse_name(text: str, at: int, place: str) -> tuple[str, int]:
    """The name before `=`, and the offset of its value."""
    start = _START.match(text, at)
    if start is None:
        raise make_unreadable_error(place, "expected NAME=value")
    return start[1], start.end()


def _parse_value(text: str, at: int, place: str) -> tuple[str, int]:
    """The value at offset `at`, and the offset of the next line."""
    pattern = _QUOTED.get(text[at : at + 1])
    if pattern is None:
        return _parse_unquoted(text, at)
    quoted = pattern.match(text, at)
    if quoted is None:
        raise make_unreadable_error(place, "a quote is opened and never closed")
    rest = _BLANK.match(text, quoted.end())
    if rest is None:
        raise make_unreadable_error(place, "something follows the closing quote")
    inside = quoted[1]
    if text[at] == '"':
        inside = _ESCAPED.sub(lambda escape: _UNESCAPED.get(escape[1], escape[1]), inside)
    return inside, rest.end()


def _parse_unquoted(text: str, at: int) -> tuple[str, int]:
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    with_border = text[at - 1 : end]  # includes `=` or a blank: `A=#x` is a value, `A= #x` a comment
    return _COMMENT.sub("", with_border)[1:].strip(), end + 1


def format_line(name: str, value: str) -> str:
    """The line, or lines, that readers parse as exactly this value.

    In single quotes, readers agree on every text without single quotes, backslashes and carriage returns. Other values
    are written in double quotes.
    """
    if "'" not in value and "\\" not in value and "\r" not in value:
        return f"{name}='{value}'\n"
    return f'{name}="{_SPECIAL.sub(_escape, value)}"\n'


def _escape(match: re.Match[str]) -> str:
    return "\\" + _ESCAPES.get(match[0], match[0])
