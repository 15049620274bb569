"""Drives the app in tests as a user does: opens a secret, presses buttons, waits for texts, messages and screens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Button

from smtui.tui.app import SmtuiApp
from smtui.tui.secret_list.screen import SecretsScreen
from smtui.tui.session import Session
from tests.tui.conftest import said, screen_text, until

Kind = TypeVar("Kind", bound=Screen[Any])
SMALL = (80, 24)
ID: Any = {"SecretId": "prod/db"}
"""The secret of the fixture `database`, in the shape of a request."""


class Cases:
    """Cases that share one running app, because the start of an app costs more than most cases.

    Each case begins on the list of secrets. A case that fails does not keep the others from running, unless it waited
    in vain: the others might wait as long.

    Args:
        pilot: The pilot of the app.
    """

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot
        self.app = cast("SmtuiApp", pilot.app)
        self.errors: list[Exception] = []

    @property
    def session(self) -> Session:
        return get_session(self.app)

    @asynccontextmanager
    async def case(self, name: object) -> AsyncIterator[None]:
        """Runs one case and returns to the list. The error of a case that fails is noted with its name."""
        try:
            yield
        except Exception as error:
            error.add_note(f"case: {name}")
            self.errors.append(error)
            if isinstance(error, TimeoutError):
                self.raise_errors()
        await self.return_to_list()

    def raise_errors(self) -> None:
        """Raises the errors of all cases that failed."""
        if self.errors:
            raise ExceptionGroup("cases that failed", self.errors)

    async def return_to_list(self) -> None:
        """Removes all screens above the list, what waits for them, and all notifications."""
        self.app.input.drop()
        for worker in self.app.workers:
            if not worker.is_finished:
                worker.cancel()
        while not isinstance(self.app.screen, SecretsScreen):
            await self.app.pop_screen()
        self.app.clear_notifications()
        await self.pilot.pause()


@asynccontextmanager
async def run_cases(app: SmtuiApp, size: tuple[int, int] = SMALL) -> AsyncIterator[Cases]:
    """Runs the app for many cases.

    Raises:
        ExceptionGroup: The errors of all cases that failed.
    """
    async with app.run_test(size=size) as pilot:
        cases = Cases(pilot)
        await until(pilot, lambda: isinstance(app.screen, SecretsScreen) and app.screen.has_read)
        yield cases
    cases.raise_errors()


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


def get_session(app: App[Any]) -> Session:
    """Returns the open session of the app."""
    assert isinstance(app, SmtuiApp) and app.session is not None
    return app.session


def get_focused_label(app: App[Any]) -> str:
    """Returns the label of the button that has the focus."""
    assert isinstance(app.focused, Button), app.focused
    return str(app.focused.label)


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
    assert get_focused_label(app) == label
    await pilot.press("enter")


FRAME = str.maketrans(dict.fromkeys("╭─╮│╰╯┏━┓┃┗┛", " "))


def join_screen_text(app: App[Any]) -> str:
    """The text of the screen in one line, without frames."""
    return " ".join(screen_text(app).translate(FRAME).split())


async def see_escape_ask(pilot: Pilot[None], form: type) -> None:
    """Checks that Esc in `form` asks before it discards what was typed, and goes back to it."""
    await pilot.press("escape")
    await see(pilot, "Discard changes?")
    await pilot.press("enter")
    await wait_for_screen(pilot, form)
