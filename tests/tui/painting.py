"""Rendering without frames: changed widgets render their lines when a test pauses, but no frame is assembled.

Textual renders and assembles frames even without a terminal, up to 60 in a second. That takes half of the time of a
screen test, and nobody sees the frames between two pauses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest
from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.app import App
from textual.color import Color
from textual.geometry import Region
from textual.pilot import Pilot
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import Screen

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


def assemble_no_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Compositor, "render_update", note_changes)
    monkeypatch.setattr(BackgroundScreen, "process_segments", staticmethod(tint_segments))
    monkeypatch.setattr(Pilot, "pause", pause_and_render)
    monkeypatch.setattr(Pilot, "_wait_for_screen", wait_for_screen)
