"""Text that is safe to show: `sanitize` makes it, and `SafeText` is its type.

Names, descriptions, tags, values, policies and errors that quote them may hold control characters that a terminal
obeys, or characters that imitate other text. `sanitize` replaces each of them by a visible symbol. Copies and exports
do not pass through here; they stay byte-exact.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

# Control, format, surrogate, private-use, unassigned; line and paragraph separators.
HARMFUL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
MAX_COMBINING = 4
"""Combining marks on one character; more would cover the lines around it."""


class SafeText(str):
    """Text that is safe to show. `sanitize` makes it; widgets accept it and reject a plain `str`."""

    __slots__ = ()


def sanitize(text: object, *, lines: bool = False) -> SafeText:
    """Replaces every harmful character of `text` by a visible symbol.

    With `lines`, newlines stay and tabs become spaces.
    """
    plain = str(text)
    if plain.isascii() and plain.isprintable():
        return SafeText(plain)
    if lines:
        cleaned = (_replace_harmful(line.expandtabs(4)) for line in plain.replace("\r\n", "\n").split("\n"))
        return SafeText("\n".join(cleaned))
    return SafeText(_replace_harmful(plain))


def escape_json(text: str) -> SafeText:
    """Replaces every harmful character of a JSON text by its JSON escape, so that an editor can show it.

    The document stays the same: outside of strings, JSON allows no such characters except line breaks and tabs, and
    those stay.
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
