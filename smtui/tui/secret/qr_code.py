"""QR codes for a terminal: small with half blocks, two modules in a character; or wide, each module two blank cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from textual.content import Content

from smtui.api.errors import SmtuiError

BORDER = 2
"""Light modules around the code. The standard asks for 4; readers need about 2, and a terminal has little room."""
BLOCKS = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
"""Characters by the colours of the upper and the lower module. True is light."""


class TooLongForQrCodeError(SmtuiError):
    """The value does not fit into a QR code of any size."""


Modules = Sequence[Sequence[bool]]
"""The modules of a code, row by row. True is light."""


def make_qr_code(value: str | bytes) -> Modules:
    """Makes the smallest QR code of a value, with its border.

    Raises:
        TooLongForQrCodeError: it does not fit into any QR code.
    """
    import segno

    try:
        code = segno.make(value.encode() if isinstance(value, str) else value, micro=False, error="l", mode="byte")
    except segno.DataOverflowError:
        raise TooLongForQrCodeError(f"This value is too long for a QR code: {len(value):,} characters.") from None
    return [[not module for module in row] for row in code.matrix_iter(border=BORDER)]


def draw_half_blocks(light: Modules) -> Content:
    """Draws a code with light characters on a dark background, one cell wide and half a cell high for each module."""
    rows = [*light, *([[False] * len(light[0])] if len(light) % 2 else [])]
    return Content("\n").join(Content("".join(BLOCKS[pair] for pair in zip(upper, lower, strict=True)))
                              for upper, lower in zip(rows[::2], rows[1::2], strict=True))


def draw_blanks(light: Modules) -> Content:
    """Draws a code with blanks on a light or dark background, two cells for each module: it needs no font."""
    return Content("\n").join(
        Content.assemble(*(("  " * len(list(run)), "reverse" if is_light else "") for is_light, run in groupby(row)))
        for row in light)
