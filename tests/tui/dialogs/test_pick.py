"""Tests of selection lists: navigation keys and letters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import OptionList

from smtui.text.sanitize import SafeText
from smtui.tui.contexts.choose_vault import ChooseVault
from smtui.tui.dialogs.pick import Pick
from smtui.tui.help.go import Go
from smtui.tui.help.places import PLACES
from smtui.tui.secret.copy_dialog import CopyDialog
from smtui.tui.secret_list.columns_dialog import ColumnsForm
from smtui.tui.secret_list.saved_filters import SavedFilters
from tests.tui.conftest import MakeApp, screen_text, until
from tests.tui.driver import run_cases

NAMES = ("prod/orders", "prod/web", "dev/orders", "kafka", "zebra")


async def open_dialog(pilot: Pilot[None], dialog: Screen[Any]) -> OptionList:
    await until(pilot, lambda: "No secrets yet" in screen_text(pilot.app))
    pilot.app.push_screen(dialog)
    await until(pilot, lambda: pilot.app.screen is dialog and isinstance(dialog.focused, OptionList))
    return dialog.query_one(OptionList)


MOVES: list[tuple[Sequence[str], int]] = [
    ("", 0), ("j", 1), ("jj", 2), ("jjk", 1), ("G", 4), ("Gg", 0), (["end"], 4), (["end", "home"], 0), (["down"], 1),
    ("w", 1), ("d", 2), ("o", 2), ("oo", 0), ("z", 4), ("q", 0), ("p", 1), ("pp", 0),
]  # fmt: skip
"""Keys, and the row they lead to from the first one."""


async def test_how_one_moves(app: MakeApp) -> None:
    """A letter moves to the next row with a word that begins with it; j, k, g and G navigate."""
    async with run_cases(app()) as cases:
        for keys, row in MOVES:
            async with cases.case(keys):
                rows = await open_dialog(cases.pilot, Pick(SafeText("Which?"), [SafeText(name) for name in NAMES]))
                await cases.pilot.press(*keys)

                assert rows.highlighted == row


async def test_the_vault_to_open_and_where_to_go_are_picked_alike(app: MakeApp) -> None:
    """The list of vaults works alike. In the menu of places, a place's letter opens it at once."""
    async with app().run_test(size=(80, 24)) as pilot:
        rows = await open_dialog(pilot, ChooseVault([(Path("/a/team.vault"), True), (Path("/b/home.vault"), True)]))
        await pilot.press("h")
        assert rows.highlighted == 1
        await pilot.press("G", "k")
        assert rows.highlighted == 1
        await pilot.press("escape")
        rows = await open_dialog(pilot, Go())
        await pilot.press("G")
        assert rows.highlighted == len(PLACES) - 1
        await pilot.press("home", "j")
        assert rows.highlighted == 1


async def test_a_filter_narrows_the_menu_and_the_keys_to_copy(app: MakeApp) -> None:
    """After / letters are text, not choices; Enter takes the only row, and Esc shows all again."""
    async with app().run_test(size=(80, 24)) as pilot:
        chosen: list[int | None] = []
        names = [SafeText(name) for name in ("host", "user", "password", "port")]
        for dialog, text, index in ((Go(), "kms", 2), (CopyDialog(SafeText("Which?"), names, 2), "ost", 0)):
            await until(pilot, lambda: "No secrets yet" in screen_text(pilot.app))
            pilot.app.push_screen(dialog, chosen.append)
            await until(pilot, lambda dialog=dialog: isinstance(dialog.focused, OptionList))
            await pilot.press("slash", *text)
            await until(pilot, lambda dialog=dialog: dialog.query_one(OptionList).option_count == 1)
            await pilot.press("escape")
            await until(pilot, lambda dialog=dialog: dialog.query_one(OptionList).option_count > 3)
            await pilot.press("slash", *text, "enter")
            await until(pilot, lambda: len(chosen) > 0)
            assert chosen.pop() == index


async def test_a_saved_filter_is_picked_alike(app: MakeApp) -> None:
    """The digit of a saved filter selects it at once."""
    async with run_cases(app()) as cases:
        for keys, row in {"j": 1, "jk": 0, "G": 3, "Gg": 0, "w": 1, "z": 3, "o": 2, "oo": 0, "p": 1}.items():
            async with cases.case(keys):
                dialog = SavedFilters(dict.fromkeys(("a owner", "b web", "d owner", "zebra"), "name:prod/"), "")
                rows = await open_dialog(cases.pilot, dialog)
                await cases.pilot.press(*keys)
                assert rows.highlighted == row


async def test_a_column_is_picked_alike(app: MakeApp) -> None:
    async with run_cases(app()) as cases:
        for key in "jGtd":
            async with cases.case(key):
                rows = await open_dialog(cases.pilot, ColumnsForm(["name", "changed"], 80, None))
                await cases.pilot.press(key)
                words = str(rows.get_option_at_index(rows.highlighted or 0).prompt).casefold().split()
                assert rows.highlighted == {"j": 1, "G": rows.option_count - 1}.get(key, rows.highlighted)
                assert key in "jG" or any(word.startswith(key) for word in words)


async def test_letters_in_an_empty_list_do_nothing(app: MakeApp) -> None:
    """No filter is saved yet: the dialog stays open and the program goes on."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        dialog = SavedFilters({}, "")
        await running.push_screen(dialog)
        await pilot.press("x", "n", "3", "down", "enter")
        assert running.screen is dialog
        await pilot.press("escape")
        await until(pilot, lambda: running.screen is not dialog)


async def test_slash_finds_by_words(app: MakeApp) -> None:
    """The answer is the item, not its row among those that are found. Esc ends the filter first."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        answers: list[int | None] = []
        dialog = Pick(SafeText("Which?"), [SafeText(name) for name in NAMES])
        await until(pilot, lambda: "No secrets yet" in screen_text(running))
        await running.push_screen(dialog, answers.append)
        await pilot.press("slash", *"ORD")
        await until(pilot, lambda: dialog.rows.option_count == 2)
        assert "kafka" not in screen_text(running)
        await pilot.press("enter", "down", "enter")
        await until(pilot, lambda: answers)
        assert answers == [2]

        await running.push_screen(other := Pick(SafeText("Which?"), [SafeText(name) for name in NAMES]), answers.append)
        await pilot.press("slash", *"kaf", "enter")
        await until(pilot, lambda: len(answers) == 2)
        assert answers == [2, 3] and running.screen is not other

        await running.push_screen(dialog := Pick(SafeText("Which?"), [SafeText("zebra")] * 5), answers.append)
        await pilot.press("slash", "z", "escape")
        await until(pilot, lambda: dialog.rows.option_count == 5)
        assert running.screen is dialog
        await pilot.press("escape")
        await until(pilot, lambda: answers == [2, 3, None])
