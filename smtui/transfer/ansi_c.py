"""Text between `$'` and `'`, as bash, ksh and zsh write values with control characters.

Source: https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html
"""

from __future__ import annotations

import re

from smtui.transfer.entry import make_unreadable_error

_ESCAPE = re.compile(
    rb"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|c(.)|([abeEfnrtv\\'\"?]))",
    re.DOTALL)
_LETTERS = dict(zip(b"abeEfnrtv", b"\a\b\x1b\x1b\f\n\r\t\v", strict=True))
_CONTROL = 0x1F


def decode(inside: str, place: str) -> str:
    """The text with its escapes decoded; another letter behind a backslash keeps it, as in bash.

    Octal and hexadecimal escapes are bytes of UTF-8.

    Raises:
        UnreadableFileError: it is not UTF-8 text, or has a NUL character.
    """
    try:
        text = _ESCAPE.sub(_decode_escape, inside.encode()).decode()
    except (ValueError, OverflowError):
        raise make_unreadable_error(place, "its escapes are not UTF-8 text") from None
    if "\0" in text:
        raise make_unreadable_error(place, "a NUL character is not allowed")
    return text


def _decode_escape(match: re.Match[bytes]) -> bytes:
    octal, hexadecimal, short, long, control, letter = match.groups()
    if octal or hexadecimal:
        return bytes([int(octal, 8) & 0xFF if octal else int(hexadecimal, 16)])
    if short or long:
        return chr(int(short or long, 16)).encode()
    if control:
        return bytes([control[0] & _CONTROL])
    return bytes([_LETTERS.get(letter[0], letter[0])])
