"""Drives the app in tests as a user does: opens a secret, presses buttons, waits for texts, messages and screens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Button

from smtui.tui.app import SmtuiApp
from tests.tui.conftest import said, screen_text, until

Kind = TypeVar("Kind", bound=Screen[Any])
SMALL = (80, 24)
ID: Any = {"SecretId": "prod/db"}
"""The secret of the fixture `database`, in the shape of a request."""


@asynccontextmanager
async def open_secret(app: SmtuiApp, size: tuple[int, int] = SMALL) -> AsyncIterator[Pilot[None]]:
    """Runs the app and opens the only secret of its list."""
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "1 secret ·" in screen_text(app))
        await pilot.press("enter")
        await see(pilot, "Value of")
        yield pilot


async def see(pilot: Pilot[None], text: str) -> None:
    """Waits until the screen shows a text."""
    app: Any = pilot.app
    await until(pilot, lambda: text in screen_text(app))


async def hear(pilot: Pilot[None], text: str) -> None:
    """Waits until a notification contains a text."""
    app: Any = pilot.app
    await until(pilot, lambda: any(text in each for each in said(app)))


async def wait_for_screen(pilot: Pilot[None], kind: type) -> None:
    """Waits until a screen of this class is on top."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind))


def get_screen(app: App[Any], kind: type[Kind]) -> Kind:
    """Returns the screen on top, which must be of this class."""
    assert isinstance(app.screen, kind), app.screen
    return app.screen


async def press_button(pilot: Pilot[None], label: str) -> None:
    """Goes to a button with Tab and presses Enter. All buttons of the screen must be visible."""
    app: Any = pilot.app
    text = screen_text(app)
    assert label in text, text
    for _ in app.screen.query(Button):
        if isinstance(app.focused, Button) and str(app.focused.label) == label:
            break
        await pilot.press("tab")
    assert isinstance(app.focused, Button) and str(app.focused.label) == label
    await pilot.press("enter")


def join_screen_text(app: App[Any]) -> str:
    """The text of the screen in one line, without frames."""
    return " ".join(screen_text(app).replace("│", " ").split())


async def see_escape_ask(pilot: Pilot[None], form: type) -> None:
    """Checks that Esc in `form` asks before it discards what was typed, and goes back to it."""
    await pilot.press("escape")
    await see(pilot, "Discard changes?")
    await pilot.press("enter")
    await wait_for_screen(pilot, form)
