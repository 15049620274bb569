"""Rendering without frames: changed widgets render their lines when a test pauses, but no frame is assembled.

Textual renders and assembles frames even without a terminal, up to 60 in a second. That takes half of the time of a
screen test, and nobody sees the frames between two pauses. Lines have caches, which Textual makes with each line; here
each cache is made when something is to be kept in it, because most never are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, cast

import pytest
from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.app import App
from textual.cache import FIFOCache
from textual.color import Color
from textual.geometry import Region
from textual.pilot import Pilot
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import Screen
from textual.strip import Strip

from tests.waiting import is_idle

_assemble = Compositor.render_update
_tint = BackgroundScreen.process_segments
_pause = Pilot.pause
_wait_for_screen = Pilot._wait_for_screen


def note_changes(
    compositor: Any, full: bool = False, screen_stack: list[Screen[Any]] | None = None, simplify: bool = False
) -> RenderableType | None:
    """Replaces `Compositor.render_update`; only full updates, for snapshots, are assembled."""
    if full:
        return _assemble(compositor, full, screen_stack, simplify)
    compositor.not_rendered = getattr(compositor, "not_rendered", set()) | compositor._dirty_regions
    compositor._dirty_regions.clear()
    return None


async def pause_and_render(pilot: Pilot[Any], delay: float | None = None) -> None:
    """Replaces `Pilot.pause`."""
    await _pause(pilot, delay)
    render_changes(pilot.app)


async def wait_for_screen(pilot: Pilot[Any], timeout: float = 30.0) -> bool:
    """Replaces `Pilot._wait_for_screen`: sends no message to each widget if nothing is left to handle anyway."""
    return is_idle() or await _wait_for_screen(pilot, timeout)


def render_changes(app: App[Any]) -> None:
    """Renders the lines of the widgets that have changed since the last pause."""
    compositor: Any = app.screen._compositor
    if changed := getattr(compositor, "not_rendered", None):
        compositor.not_rendered = set()
        visible_screen_stack.set(app._background_screens)
        for _ in compositor._get_renders(Region.from_union(list(changed)).intersection(compositor.size.region)):
            pass


@cache
def tint(style: Style | None, color: Color) -> Style | None:
    """Returns the style of a text behind a dialog. Textual mixes its colours again for each text."""
    return next(iter(_tint([Segment("", style)], color))).style


def tint_segments(segments: Iterable[Segment], color: Color) -> Iterator[Segment]:
    """Replaces `BackgroundScreen.process_segments`."""
    for text, style, control in segments:
        yield Segment(text, style if control else tint(style, color), control)


CACHES = {"_divide_cache": 4, "_crop_cache": 16, "_style_cache": 16, "_filter_cache": 4, "_line_length_cache": 4,
          "_crop_extend_cache": 4, "_offsets_cache": 4}  # fmt: skip
"""The caches of a line, with their sizes."""


class LazyCache:
    """Replaces a slot of `Strip`: makes the cache that was in it when it is first used.

    Args:
        slot: The descriptor of the slot.
        size: The size of the cache.
    """

    def __init__(self, slot: Any, size: int) -> None:
        self._read, self._write, self._size = slot.__get__, slot.__set__, size

    def __get__(self, strip: Strip, owner: type) -> FIFOCache[Any, Any]:
        try:
            return cast("FIFOCache[Any, Any]", self._read(strip))
        except AttributeError:
            self._write(strip, cache := FIFOCache(self._size))
            return cache


def init_without_caches(strip: Any, segments: Iterable[Segment], cell_length: int | None = None) -> None:
    """Replaces `Strip.__init__`."""
    strip._segments = list(segments)
    strip._cell_length = cell_length
    strip._render_cache = strip._link_ids = strip._cell_count = None


def assemble_no_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Compositor, "render_update", note_changes)
    monkeypatch.setattr(Strip, "__init__", init_without_caches)
    for name, size in CACHES.items():
        monkeypatch.setattr(Strip, name, LazyCache(vars(Strip)[name], size))
    monkeypatch.setattr(BackgroundScreen, "process_segments", staticmethod(tint_segments))
    monkeypatch.setattr(Pilot, "pause", pause_and_render)
    monkeypatch.setattr(Pilot, "_wait_for_screen", wait_for_screen)
