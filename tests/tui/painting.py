"""Rendering without frames: every widget renders its lines, but no frame is assembled.

Textual assembles frames even without a terminal, which takes a fifth of the time of a screen test.
"""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import RenderableType
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.geometry import Region
from textual.screen import Screen

_assemble = Compositor.render_update


def render_widgets(
    compositor: Compositor, full: bool = False, screen_stack: list[Screen[Any]] | None = None, simplify: bool = False
) -> RenderableType | None:
    """Replaces `Compositor.render_update`; only full updates, for snapshots, are assembled."""
    if full:
        return _assemble(compositor, full, screen_stack, simplify)
    visible_screen_stack.set(screen_stack or [])
    changed = list(compositor._dirty_regions)
    compositor._dirty_regions.clear()
    if changed:
        for _ in compositor._get_renders(Region.from_union(changed).intersection(compositor.size.region)):
            pass
    return None


def assemble_no_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Compositor, "render_update", render_widgets)
