"""The one function that makes outside text showable.

Names, descriptions, tags, values, policies and errors that quote them may hold control characters that a terminal
obeys, or characters that make text look like other text. Nothing of the sort reaches a screen or a terminal: each
is replaced by a visible stand-in. Copies and exports never pass through here; they stay byte-exact.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

# Control, format, surrogate, private-use, unassigned; line and paragraph separators.
HARMFUL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
MOST_COMBINING = 4


class Shown(str):
    """Text that is safe to show. Only `shown` makes it; widgets accept it and not `str`."""

    __slots__ = ()


def shown(text: object, *, lines: bool = False) -> Shown:
    """`text` with every harmful character replaced; with `lines`, newlines stay and tabs become spaces."""
    plain = str(text)
    if plain.isascii() and plain.isprintable():
        return Shown(plain)
    if lines:
        return Shown("\n".join(_neutral(line.expandtabs(4)) for line in plain.replace("\r\n", "\n").split("\n")))
    return Shown(_neutral(plain))


def escaped(text: str) -> Shown:
    """JSON text with every harmful character as JSON spells it, so that it can be edited and says the same.

    Such characters can only stand inside strings of JSON, but for line breaks and tabs, which stay.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Shown("\n".join("\t".join(_neutral(part, _json_escape) for part in line.split("\t")) for line in lines))


def _neutral(text: str, stand_in: Callable[[int], str] | None = None) -> str:
    if text.isascii() and text.isprintable():
        return text
    stand_in = stand_in or _stand_in
    out: list[str] = []
    combining = 0
    for character in text:
        category = unicodedata.category(character)
        combining = combining + 1 if category in ("Mn", "Me") else 0
        if category in HARMFUL or combining > MOST_COMBINING:
            out.append(stand_in(ord(character)))
        else:
            out.append(character)
    return "".join(out)


def _stand_in(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"<U+{code:04X}>"


def _json_escape(code: int) -> str:
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
