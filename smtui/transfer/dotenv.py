"""`.env` files: `NAME=value` lines, as the programs that read them agree on.

`export` before a name, blanks around `=` and whole-line comments are allowed. An unquoted value ends at the end of
its line or before ` #`; between single quotes or backticks everything is literal; between double quotes `\\n`, `\\r`,
`\\t`, `\\\\`, `\\"`, `\\$` and `\\`` are understood. Quoted values may span lines. `$OTHER` is never replaced. What a
shell would read in yet another way is refused with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from smtui.transfer.entry import Entry, unreadable

_START = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z0-9_./@+!-]+)[ \t]*=[ \t]*")
_BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_COMMENT = re.compile(r"[ \t]#.*")
_ESCAPED = re.compile(r'\\([nrt"\\$`])')
_QUOTED = {
    '"': re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL),
    "'": re.compile(r"'([^']*)'"),
    "`": re.compile(r"`([^`]*)`"),
}
_MEANING = {"n": "\n", "r": "\r", "t": "\t"}
_SPECIAL = re.compile(r'[\n\r\t"\\$`]')
_SPELLED = {meaning: letter for letter, meaning in _MEANING.items()}


def read(text: str, file: str) -> list[Entry]:
    """The entries of a file, in its order. Raises UnreadableFileError with the line of what cannot be read."""
    return list(_entries(text.replace("\r\n", "\n"), file))


def _entries(text: str, file: str) -> Iterator[Entry]:
    at = line = 0
    while at < len(text):
        place = f"{file}, line {line + 1}"
        if blank := _BLANK.match(text, at):
            end = blank.end()
        else:
            name, start = _name(text, at, place)
            value, end = _value(text, start, place)
            yield Entry(name, value, place)
        line += text.count("\n", at, end)
        at = end


def _name(text: str, at: int, place: str) -> tuple[str, int]:
    """The name before `=`, and where its value begins."""
    start = _START.match(text, at)
    if start is None:
        raise unreadable(place, "NAME=value is wanted here")
    return start[1], start.end()


def _value(text: str, at: int, place: str) -> tuple[str, int]:
    """The value that begins here, and where the next line begins."""
    pattern = _QUOTED.get(text[at : at + 1])
    if pattern is None:
        return _unquoted(text, at)
    quoted = pattern.match(text, at)
    if quoted is None:
        raise unreadable(place, "a quote is opened and never closed")
    rest = _BLANK.match(text, quoted.end())
    if rest is None:
        raise unreadable(place, "something follows the closing quote")
    inside = quoted[1]
    if text[at] == '"':
        inside = _ESCAPED.sub(lambda escape: _MEANING.get(escape[1], escape[1]), inside)
    return inside, rest.end()


def _unquoted(text: str, at: int) -> tuple[str, int]:
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    with_border = text[at - 1 : end]  # `=` or a blank: `A=#x` is a value, `A= #x` a comment
    return _COMMENT.sub("", with_border)[1:].strip(), end + 1


def written(name: str, value: str) -> str:
    """The line, or lines, from which a reader takes exactly this value.

    Between single quotes every reader takes what stands there; but not a single quote, backslashes alike in all, or
    a carriage return, so values with one of those go between double quotes.
    """
    if "'" not in value and "\\" not in value and "\r" not in value:
        return f"{name}='{value}'\n"
    return f'{name}="{_SPECIAL.sub(_escaped, value)}"\n'


def _escaped(match: re.Match[str]) -> str:
    return "\\" + _SPELLED.get(match[0], match[0])
