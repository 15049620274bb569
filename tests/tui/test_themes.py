"""Tests of the themes' contrast and of their selection."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import Theme

from smtui.system.settings import Settings
from smtui.tui import themes
from tests.tui.conftest import MakeApp

BACKGROUNDS = ("background", "surface", "panel")
TEXTS = ("foreground", "text-muted", "primary", "secondary", "accent", "success", "warning", "error")
PAIRS = (
    *((text, ground) for text in TEXTS for ground in BACKGROUNDS),
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("block-cursor-foreground", "primary"),
    ("block-cursor-foreground", "warning"),
    ("footer-key-foreground", "footer-background"),
    ("footer-description-foreground", "footer-background"),
)
LEAST = {"smtui-dark": 4.5, "smtui-light": 4.5, "smtui-hc": 7.0}
# Simulates deuteranopia (Machado, Oliveira and Fernandes 2009).
DEUTERANOPIA = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))


def luminance(color: Color) -> float:
    def linear(value: int) -> float:
        return value / 255 / 12.92 if value / 255 <= 0.03928 else ((value / 255 + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)


def contrast(one: Color, other: Color) -> float:
    """Returns the WCAG contrast ratio of two colours."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def distance(one: Color, other: Color) -> float:
    """Returns the distance between two colours with deuteranopia."""

    def seen(color: Color) -> list[float]:
        return [sum(part * value for part, value in zip(row, color.rgb, strict=True)) for row in DEUTERANOPIA]

    return sum((a - b) ** 2 for a, b in zip(seen(one), seen(other), strict=True)) ** 0.5


@pytest.mark.parametrize("theme", themes.THEMES, ids=lambda theme: theme.name)
def test_text_can_be_read_on_every_ground(theme: Theme) -> None:
    """The contrast is at least 4.5:1, and 7:1 in the high-contrast theme."""
    colors = theme.to_color_system().generate()
    ratios = {pair: contrast(*(Color.parse(colors[name]) for name in pair)) for pair in PAIRS}

    assert {pair: round(ratio, 1) for pair, ratio in ratios.items() if ratio < LEAST[theme.name]} == {}


@pytest.mark.parametrize("theme", themes.THEMES, ids=lambda theme: theme.name)
def test_success_and_error_differ_for_eyes_that_confuse_red_and_green(theme: Theme) -> None:
    """The two colours remain distinguishable with deuteranopia."""
    colors = theme.to_color_system().generate()

    assert distance(Color.parse(colors["success"]), Color.parse(colors["error"])) > 80


async def test_the_settings_choose_the_theme(app: MakeApp) -> None:
    """An unknown theme name selects the default theme."""
    for name, theme in (("smtui-light", "smtui-light"), ("", themes.DEFAULT), ("no-such", themes.DEFAULT)):
        running = app(settings=Settings(theme=name))
        assert running.theme == theme


async def test_no_color_takes_a_theme_without_any(app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR has precedence over the settings."""
    monkeypatch.setenv("NO_COLOR", "1")
    running = app(settings=Settings(theme="smtui-light"))

    assert running.theme == themes.WITHOUT_COLOUR
