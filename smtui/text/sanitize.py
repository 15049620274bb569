"""Makes text safe to display: `sanitize` returns `SafeText`, the type that widgets accept.

Names, descriptions, tags, values, policies and error messages can contain terminal control characters or invisible
characters. `sanitize` replaces them by visible symbols. Copies and exports are byte-exact and do not use it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

# Control, format, surrogate, private-use, unassigned; line and paragraph separators.
HARMFUL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
MAX_COMBINING = 4
"""The maximum number of combining marks on a character; more can cover adjacent lines."""


class SafeText(str):
    """Text that is safe to display. Widgets accept it and reject a plain `str`."""

    __slots__ = ()


def sanitize(text: object, *, lines: bool = False) -> SafeText:
    """Replaces every harmful character by a visible symbol.

    Args:
        text: any object; its `str` is sanitized.
        lines: whether to keep newlines and expand tabs to 4 columns.
    """
    plain = str(text)
    if plain.isascii() and plain.isprintable():
        return SafeText(plain)
    if lines:
        cleaned = (_replace_harmful(line.expandtabs(4)) for line in plain.replace("\r\n", "\n").split("\n"))
        return SafeText("\n".join(cleaned))
    return SafeText(_replace_harmful(plain))


def escape_json(text: str) -> SafeText:
    """Replaces every harmful character of a JSON text by its JSON escape, for display in an editor.

    The document stays equivalent: outside of strings, JSON allows only line breaks and tabs, and these stay. CR and
    CRLF become LF.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    parts = ((_replace_harmful(part, _format_json_escape) for part in line.split("\t")) for line in lines)
    return SafeText("\n".join("\t".join(line) for line in parts))


def _replace_harmful(text: str, symbol_for: Callable[[int], str] | None = None) -> str:
    if text.isascii() and text.isprintable():
        return text
    symbol_for = symbol_for or _get_symbol
    out: list[str] = []
    combining = 0
    for character in text:
        category = unicodedata.category(character)
        combining = combining + 1 if category in ("Mn", "Me") else 0
        if category in HARMFUL or combining > MAX_COMBINING:
            out.append(symbol_for(ord(character)))
        else:
            out.append(character)
    return "".join(out)


def _get_symbol(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"<U+{code:04X}>"


def _format_json_escape(code: int) -> str:
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
