"""QR codes drawn with half blocks: each character is one module wide and two modules high."""

from __future__ import annotations

from collections.abc import Sequence

from smtui.api.errors import SmtuiError

BORDER = 2
"""Light modules around the code. The standard asks for 4; readers need about 2, and a terminal has little room."""
BLOCKS = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
"""Characters by the colours of the upper and the lower module. True is light."""


class TooLongForQrCodeError(SmtuiError):
    """The value does not fit into a QR code of any size."""


def draw_qr_code(value: str | bytes) -> list[str]:
    """Draws the smallest QR code of a value, with light characters on a dark background.

    Raises:
        TooLongForQrCodeError: it does not fit into any QR code.
    """
    import segno

    try:
        code = segno.make(value.encode() if isinstance(value, str) else value, micro=False, error="l", mode="byte")
    except segno.DataOverflowError:
        raise TooLongForQrCodeError(f"This value is too long for a QR code: {len(value):,} characters.") from None
    return _draw_modules([[not module for module in row] for row in code.matrix_iter(border=BORDER)])


def _draw_modules(light: Sequence[Sequence[bool]]) -> list[str]:
    rows = [*light, *([[False] * len(light[0])] if len(light) % 2 else [])]
    return ["".join(BLOCKS[pair] for pair in zip(upper, lower, strict=True))
            for upper, lower in zip(rows[::2], rows[1::2], strict=True)]
