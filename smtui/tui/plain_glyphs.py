"""The screens in ASCII, for terminals that have no other glyphs: a Linux console, a locale that is not UTF-8."""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

# One cell for one cell, so that nothing moves. A glyph stands beside its word everywhere, so none needs to be unique.
GLYPHS = str.maketrans({
    "●": "*", "○": "o", "◐": "o", "▲": "!", "△": "!", "✓": "+", "✗": "x", "◂": "<", "▸": ">", "▶": ">", "◀": "<",
    "•": "*", "·": "-", "…": "~", "–": "-", "—": "-", "↑": "^", "↓": "v", "←": "<", "→": ">", "␣": "_",
    "“": '"', "”": '"', "‘": "'", "’": "'", "≥": ">", "≤": "<", "×": "x", "≠": "#", "⏎": "<",
    **dict.fromkeys("─━═╌╍┄┅┈┉╴╶▔▁", "-"), **dict.fromkeys("│┃║╎╏┆┇┊┋╵╷▏▕▎▍▌▐▊▋▉", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋", "+"), **dict.fromkeys("▀▄█▂▃▅▆▇░▒▓", "#"),
})  # fmt: skip


def needs_plain(environ: Mapping[str, str]) -> bool:
    """Whether this terminal is one of those, as far as the environment tells."""
    said = next((environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), "utf-8")
    return environ.get("TERM") == "linux" or "utf" not in said.lower()


class PlainGlyphs(LineFilter):
    """Goes over each line last; letters of every script stay as they are."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(text.translate(GLYPHS), style, control) for text, style, control in segments]
