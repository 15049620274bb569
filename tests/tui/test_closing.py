"""Tests of screens that are covered when an action ends: each closes only itself, and what must be seen is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from smtui.text.sanitize import SafeText
from smtui.tui.app import SmtuiApp
from smtui.tui.bridge import READING
from smtui.tui.dialogs.pick import Pick
from smtui.tui.dialogs.read_first import ReadingDialog
from smtui.tui.help.screen import HelpScreen
from smtui.tui.secret.copy_dialog import CopyDialog
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret.value_form import ValueForm
from smtui.tui.too_small import TooSmallScreen
from smtui.tui.unlock.recovery_code import RecoveryScreen
from tests.tui.conftest import MakeApp, paste, until, version_id
from tests.tui.driver import ID, hear, open_secret, see, wait_for_screen
from tests.tui.test_read_states import Held, holding, listed, settle

SMALL, TINY = (80, 24), (50, 12)
GOOD = "tableware unsubtle sauna getaway armory hush"


async def hold_for_card(held: Held, running: SmtuiApp, pilot: Any) -> None:
    """Presses `y` on the list and waits for the card that shows the read."""
    await held.hold()
    await pilot.press("y")
    await wait_for_screen(pilot, ReadingDialog)


async def test_a_card_that_has_read_below_the_help_does_not_close_the_help(app: MakeApp, database: Any) -> None:
    """The dialog opens when the help is closed."""
    running = app()
    async with running.run_test(size=SMALL) as pilot, holding() as held:
        await listed(running, pilot)
        await hold_for_card(held, running, pilot)
        running.action_help()
        await wait_for_screen(pilot, HelpScreen)
        await held.release()
        await pilot.pause()
        await until(pilot, lambda: all(each.is_finished for each in running.workers if each.group == READING))
        assert isinstance(running.screen, HelpScreen)

        await pilot.press("escape")
        await wait_for_screen(pilot, CopyDialog)
        await pilot.press("escape")
        await settle(pilot)
        assert len(running.screen_stack) == 2, "the list, and the screen that Textual keeps below it"


async def test_a_card_that_has_read_in_a_tiny_terminal_waits_for_a_larger_one(app: MakeApp, database: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot, holding() as held:
        await listed(running, pilot)
        await hold_for_card(held, running, pilot)
        await pilot.resize_terminal(*TINY)
        await wait_for_screen(pilot, TooSmallScreen)
        await held.release()
        await pilot.pause()
        assert isinstance(running.screen, TooSmallScreen)

        await pilot.resize_terminal(*SMALL)
        await wait_for_screen(pilot, CopyDialog)


async def test_a_form_that_stores_below_the_help_closes_alone(app: MakeApp, database: Any) -> None:
    running = app()
    async with open_secret(running) as pilot, holding() as held:
        await pilot.press("e")
        await wait_for_screen(pilot, ValueForm)
        await pilot.press("x", "ctrl+s")
        await see(pilot, "Store a new version")
        await held.hold()
        await pilot.press("enter")
        await wait_for_screen(pilot, ValueForm)
        running.action_help()
        await wait_for_screen(pilot, HelpScreen)
        await held.release()
        await until(pilot, lambda: database.get_secret_value(**ID)["VersionId"] != version_id(2))
        await pilot.pause()
        assert isinstance(running.screen, HelpScreen)

        await pilot.press("escape")
        await wait_for_screen(pilot, SecretScreen)


async def test_an_answer_in_a_dialog_is_given_once(app: MakeApp, database: Any) -> None:
    """A second one, as from a double click, closes nothing else."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await listed(running, pilot)
        beneath, dialog = Pick(SafeText("First?"), [SafeText("a")]), Pick(SafeText("Second?"), [SafeText("b")])
        answers: list[int | None] = []
        await running.push_screen(beneath)
        await running.push_screen(dialog, answers.append)
        dialog.dismiss(0)
        dialog.dismiss(1)
        await pilot.pause()

        assert running.screen is beneath
        assert answers == [0]


async def test_the_recovery_code_of_a_new_vault_is_shown_though_the_terminal_was_too_small(
    tmp_path: Path, cheap_kdf: None
) -> None:
    running = SmtuiApp(tmp_path / "first.vault")
    async with running.run_test(size=SMALL) as pilot, holding() as held:
        await paste(pilot, GOOD)
        await pilot.press("enter")
        await paste(pilot, GOOD)
        await until(pilot, lambda: running.input.is_idle)
        await held.hold()
        await pilot.press("enter")
        await pilot.resize_terminal(*TINY)
        await wait_for_screen(pilot, TooSmallScreen)
        await held.release()
        await until(pilot, lambda: running.path.exists())
        await pilot.resize_terminal(*SMALL)
        await wait_for_screen(pilot, RecoveryScreen)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: running.session)


async def test_tags_that_others_changed_while_one_left_are_not_stored_without_a_word(
    app: MakeApp, database: Any, other: Any
) -> None:
    """The question cannot open over the help."""
    running = app()
    async with open_secret(running) as pilot, holding() as held:
        await pilot.press("t")
        await see(pilot, "Tags of")
        await pilot.press("x")
        other.tag_resource(SecretId="prod/db", Tags=[{"Key": "team", "Value": "theirs"}])
        await until(pilot, lambda: running.input.is_idle)
        await held.hold()
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, SecretScreen)
        running.action_help()
        await wait_for_screen(pilot, HelpScreen)
        await held.release()

        await hear(pilot, "Nothing stored.")
        assert isinstance(running.screen, HelpScreen)
        assert {"Key": "team", "Value": "theirs"} in database.describe_secret(SecretId="prod/db")["Tags"]
