"""Replaces glyphs with ASCII, for terminals without Unicode: a Linux console, or a locale that is not UTF-8."""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

# Each glyph becomes one cell, so that the layout stays. A word always accompanies a glyph, so they may coincide.
GLYPHS = str.maketrans({
    "●": "*", "○": "o", "◐": "o", "▲": "!", "△": "!", "✓": "+", "✗": "x", "◂": "<", "▸": ">", "▾": "v",
    "▶": ">", "◀": "<", "★": "*", "−": "-",
    "•": "*", "·": "-", "…": "~", "–": "-", "—": "-", "↑": "^", "↓": "v", "←": "<", "→": ">", "␣": "_",
    "“": '"', "”": '"', "‘": "'", "’": "'", "≥": ">", "≤": "<", "×": "x", "≠": "#", "⏎": "<",
    **dict.fromkeys("─━═╌╍┄┅┈┉╴╶▔▁", "-"), **dict.fromkeys("│┃║╎╏┆┇┊┋╵╷▏▕▎▍▌▐▊▋▉", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋", "+"), **dict.fromkeys("▀▄█▂▃▅▆▇░▒▓", "#"),
})  # fmt: skip


def needs_plain(environ: Mapping[str, str]) -> bool:
    """Whether the environment (TERM and the locale) describes such a terminal."""
    said = next((environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), "utf-8")
    return environ.get("TERM") == "linux" or "utf" not in said.lower()


class PlainGlyphs(LineFilter):
    """Translates each line after all other filters. Letters of all scripts stay unchanged."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Returns the segments with their glyphs replaced."""
        return [Segment(text.translate(GLYPHS), style, control) for text, style, control in segments]
