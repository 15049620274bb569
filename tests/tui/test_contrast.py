"""Tests that every text on the screens can be read: its contrast with what is behind it, in each theme."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rich.style import Style
from textual.color import Color
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.theme import Theme
from textual.widgets import Input

from smtui.system.settings import change_settings
from smtui.tui import themes
from smtui.tui.app import SmtuiApp
from smtui.tui.widgets.chrome import Footer
from tests.tui.conftest import MakeApp, render_screen
from tests.tui.driver import see
from tests.tui.test_themes import LEAST, contrast

DRAWING = frozenset("╭─╮│╰╯┏━┓┃┗┛╷█▁▂▃▄▅▆▇░▔▎ ")
"""Characters that are no text."""
WALK = (
    ((), "6 secrets"), (("space", "V", "j", "V", "j"), "marked"), (("T",), "prod/"), (("T",), "6 secrets"),
    (("slash", *"pro"), "fuzzy"), (("escape", "escape", "escape"), "6 secrets"), (("C",), "Columns"),
    (("escape", "d"), "Delete"), (("escape", "escape", "escape", "t"), "Tags"), (("escape", "a"), "New secret"),
    (("escape", "question_mark"), "Keys of this screen"), (("escape", "colon"), "Complete"),
    (("escape", "o"), "Go to"), (("h",), "1 finding in"), (("slash", *"note"), "1 finding in"),
    (("escape", "escape", "escape", "o", "k"), "KMS keys"), (("a",), "New KMS key"),
    (("escape", "o", "f"), "Rotation functions"), (("o", "v"), "Tasks"), (("o", "e"), "Settings and keys"),
    (("o", "c"), "Recent vaults"), (("o", "t"), "newest first"), (("o", "u"), "this session"),
    (("escape", "G", "k", "k", "k", "k", "enter"), "Value of AWSCURRENT"), (("r",), "entire value"),
    (("r",), "hides in"), (("2",), "Versions"), (("m",), "◂"), (("escape", "equals_sign"), "newer)"),
    (("escape", "3"), "No policy"), (("e",), "draft"), (("escape", "4"), "Rotation is off"), (("e",), "Schedule"),
    (("escape", "5"), "us-east-1"), (("6",), "newest first"),
)  # fmt: skip
"""Keys, and what the screen shows after them."""


@pytest.mark.parametrize("theme", themes.THEMES, ids=lambda theme: theme.name)
async def test_every_text_of_every_screen_can_be_read(
    app: MakeApp, filled: Any, database: Any, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The contrast is at least 4.5:1, and 7:1 in the high-contrast theme."""
    monkeypatch.setattr(Input.cursor_blink, "_default", False)
    running = app(settings=change_settings(lambda settings: replace(settings, theme=theme.name)))
    too_low: dict[str, str] = {}
    async with running.run_test(size=(120, 36)) as pilot:
        for pressed, seen in WALK:
            await pilot.press(*pressed)
            await see(pilot, seen)
            for text, ratio in measure_texts(running):
                if ratio < LEAST[theme.name]:
                    too_low.setdefault(text, f"{ratio:.1f} on {type(running.screen).__name__}")

    assert too_low == {}


def measure_texts(app: SmtuiApp) -> list[tuple[str, float]]:
    """Returns the visible texts with their contrast; of a dialog, not those of the screens behind it."""
    return [
        (segment.text.strip(), contrast(*colors))
        for strip in crop_lines(app) for segment in strip
        if not DRAWING.issuperset(segment.text) and (colors := find_colors(segment.style)) is not None
    ]


def crop_lines(app: SmtuiApp) -> list[Strip]:
    lines, screen = render_screen(app), app.screen
    if not isinstance(screen, ModalScreen):
        return lines
    regions: list[Region] = [each.region for each in (*screen.query(".card, #area"), *screen.query(Footer))]
    return [lines[y].crop(region.x, region.right) for region in regions for y in range(region.y, region.bottom)]


def find_colors(style: Style | None) -> tuple[Color, Color] | None:
    """Returns the colours of a text and of what is behind it."""
    if style is None or style.color is None or style.bgcolor is None:
        return None
    front, back = (Color.from_rich_color(each) for each in (style.color, style.bgcolor))
    return (back, front) if style.reverse else (front, back)
