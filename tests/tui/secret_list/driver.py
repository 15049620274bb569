"""What the tests of the list read from its screen, also while a dialog is above it."""

from __future__ import annotations

from textual.app import App

from smtui.tui.secret_list.screen import SecretsScreen
from tests.tui.conftest import screen_text


def get_list_screen(app: App[None]) -> SecretsScreen:
    """Returns the screen of the list, the first of the session."""
    found = app.screen_stack[1]
    assert isinstance(found, SecretsScreen)
    return found


def read_list(app: App[None]) -> list[str]:
    """Returns the lines of the list as they are on the screen, inside its border: first the titles of the columns."""
    region = get_list_screen(app).secrets.region
    lines = screen_text(app).splitlines()[region.y:region.bottom]
    return [line[region.x:].ljust(region.width)[:region.width].rstrip() for line in lines]


def list_names(app: App[None]) -> list[str]:
    """Returns the names of the rows that have been read, in their order."""
    return [entry["Name"] for entry in get_list_screen(app).secrets.entries]
