"""Pictures one after the other in one SVG that plays by itself, for ever, in any browser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

VIEW_BOX = re.compile(r'viewBox="([^"]+)"')
# Fonts from elsewhere are not loaded inside a README; each word has its width in any case.
FONT_FACE = re.compile(r"@font-face\s*{[^}]*}")
CAPTION = 44
STYLE = "<style>.keys { font: 22px monospace; fill: #8b98a5; text-anchor: middle; }</style>"


@dataclass(frozen=True)
class Frame:
    """A picture as Textual exports it, for how many seconds it stands still, and the keys that led to it."""

    svg: str
    seconds: float
    keys: str = ""


def film(frames: Sequence[Frame]) -> str:
    """Each frame is seen in its own time alone; below it stand the keys that were pressed."""
    whole = sum(frame.seconds for frame in frames)
    starts = [0.0, *accumulate(frame.seconds for frame in frames)]
    box = VIEW_BOX.search(frames[0].svg)
    assert box is not None
    left, top, width, height = map(float, box[1].split())
    box_of_all = f"{left:g} {top:g} {width:g} {height + CAPTION:g}"
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box_of_all}">', STYLE]
    for frame, start in zip(frames, starts, strict=False):
        lines += _seen(start / whole, (start + frame.seconds) / whole, whole)
        lines.append(f'<svg width="{width:g}" height="{height:g}" {FONT_FACE.sub("", frame.svg).removeprefix("<svg ")}')
        lines.append(f'<text class="keys" x="{width / 2:g}" y="{height + CAPTION * 0.65:g}">{frame.keys}</text></g>')
    return "\n".join([*lines, "</svg>"])


def _seen(start: float, end: float, whole: float) -> Iterator[str]:
    times = ";".join(f"{time:.4f}" for time in dict.fromkeys((0.0, start, end, 1.0)))
    values = ";".join("visible" if start <= at < end else "hidden" for at in dict.fromkeys((0.0, start, end)))
    first = "visible" if start == 0 else "hidden"
    yield f'<g visibility="{first}">'
    yield (f'<animate attributeName="visibility" calcMode="discrete" dur="{whole:g}s" repeatCount="indefinite"'
           f' keyTimes="{times}" values="{values};{first}"/>')
