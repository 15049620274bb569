"""What the tests of the list read from its screen, also while a dialog is above it."""

from __future__ import annotations

from textual.app import App

from smtui.tui.secret_list.screen import SecretsScreen


def get_list_screen(app: App[None]) -> SecretsScreen:
    """Returns the screen of the list, the first of the session."""
    found = app.screen_stack[1]
    assert isinstance(found, SecretsScreen)
    return found


def list_names(app: App[None]) -> list[str]:
    """Returns the names of the rows that have been read, in their order."""
    return [entry["Name"] for entry in get_list_screen(app).secrets.entries]
