"""Tests of Tab in path fields: it completes as in a shell, and otherwise moves the focus."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Input

from smtui.tui.widgets.path_input import PathInput


class Fields(App[None]):
    def compose(self) -> ComposeResult:
        yield PathInput(id="path")
        yield Input(id="next")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("backups", "bananas", ".hidden"):
        (tmp_path / name).mkdir()
    for name in ("backups/one.vault", "bananas/a.env", ".hidden/x", "team.vault", "two words.txt"):
        (tmp_path / name).write_text("")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("typed", "tabs", "value", "focus"), [
    ("te", 1, "team.vault", "path"),
    ("te", 2, "team.vault", "next"),
    ("~/te", 1, "~/team.vault", "path"),
    ("b", 1, "ba", "path"),
    ("b", 2, "backups/", "path"),
    ("b", 3, "bananas/", "path"),
    ("b", 4, "bananas/", "next"),
    ("bac", 1, "backups/", "path"),
    ("bac", 2, "backups/one.vault", "path"),
    ("tw", 1, "two words.txt", "path"),
    (".h", 1, ".hidden/", "path"),
    ("nothing", 1, "nothing", "next"),
    ("/no/such/folder/x", 1, "/no/such/folder/x", "next"),
])  # fmt: skip
async def test_tab(home: Path, typed: str, tabs: int, value: str, focus: str) -> None:
    app = Fields()
    async with app.run_test() as pilot:
        field = app.query_one(PathInput)
        field.value = typed
        field.cursor_position = len(typed)
        await pilot.press(*["tab"] * tabs)

        assert field.value == value
        assert app.focused is not None and app.focused.id == focus


async def test_shift_tab_leaves(home: Path) -> None:
    app = Fields()
    async with app.run_test() as pilot:
        app.query_one(PathInput).value = "b"
        await pilot.press("shift+tab")

        assert app.focused is not None and app.focused.id == "next"


async def test_an_empty_field_is_passed_by(home: Path) -> None:
    """Tab moves on from an empty field."""
    app = Fields()
    async with app.run_test() as pilot:
        await pilot.press("tab")

        assert app.query_one(PathInput).value == ""
        assert app.focused is not None and app.focused.id == "next"
