"""Tests of undo: the preview, conflicts with changes of others, and the lock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.base_screen import READ_ONLY
from smtui.tui.secret.label_moves import collect_version_labels
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.undo.preview import UndoPreview
from smtui.tui.undo.screen import UndoScreen
from tests.conftest import Clock
from tests.tui.conftest import MakeApp, screen_text, types, until, version_id
from tests.tui.driver import get_screen, hear, see, wait_for_screen

SMALL = (80, 24)
FIRST, SECOND, THIRD = (version_id(number) for number in (1, 2, 3))
ID: Any = {"SecretId": "prod/db"}

pytestmark = pytest.mark.usefixtures("one_time_and_place")


@asynccontextmanager
async def opened(running: SmtuiApp) -> AsyncIterator[Pilot[None]]:
    """Runs the app and opens the only secret of the list."""
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "1 secret ·" in screen_text(running))
        await pilot.press("enter")
        await see(pilot, "r to reveal")
        yield pilot


def labels(client: Any) -> dict[str, str]:
    return collect_version_labels(client.list_secret_version_ids(**ID, IncludeDeprecated=True)["Versions"])


async def describe_anew(pilot: Pilot[None], more: str) -> None:
    await pilot.press("i")
    await see(pilot, "Description of prod/db")
    await types(pilot, more)
    await pilot.press("enter")
    await hear(pilot, "Description changed.")
    await wait_for_screen(pilot, SecretScreen)


async def roll_back(pilot: Pilot[None], client: Any) -> None:
    await pilot.press("v")
    await until(pilot, lambda: get_screen(pilot.app, SecretScreen).versions.has_focus)
    await pilot.press("b")
    await see(pilot, "Roll back to the previous version?")
    await pilot.press("enter")
    await until(pilot, lambda: labels(client)["AWSCURRENT"] == FIRST)
    await wait_for_screen(pilot, SecretScreen)


async def undo(pilot: Pilot[None], *words: str) -> None:
    """Presses `u`, checks the preview, and presses Enter."""
    await pilot.press("u")
    await wait_for_screen(pilot, UndoPreview)
    text = screen_text(pilot.app)
    assert all(each in text for each in words), text
    assert not [line for line in text.splitlines() if "│" in line and "arn:" in line]  # of the dialog
    await pilot.press("enter")
    await hear(pilot, "Undid “")


async def test_a_description(app: MakeApp, database: Any) -> None:
    """The footer shows undo when it is available; the preview shows the call with the secret's name."""
    running = app()
    async with opened(running) as pilot:
        assert "u Undo" not in screen_text(running)
        await describe_anew(pilot, " 2")
        await see(pilot, "u Undo")
        await undo(pilot, "UpdateSecret of prod/db", "Description  Main database")

        assert database.describe_secret(**ID)["Description"] == "Main database"
        await until(pilot, lambda: "Main database 2" not in screen_text(running))
        await pilot.press("u")
        await hear(pilot, "Nothing to undo.")


async def test_tags(app: MakeApp, database: Any) -> None:
    """Added tags are removed, and changed ones get their old values."""
    running = app()
    async with opened(running) as pilot:
        await pilot.press("t")
        await see(pilot, "Tags of prod/db")
        running.screen.query(Input).last().value = "web"
        await pilot.press("ctrl+n")
        await types(pilot, "env")
        await pilot.press("tab")
        await types(pilot, "prod")
        await see(pilot, "+ env = prod")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(database.describe_secret(**ID)["Tags"]) == 2)
        await wait_for_screen(pilot, SecretScreen)
        await undo(pilot, "UntagResource of prod/db", 'TagKeys  ["env"]', "TagResource", '"pay"')

        assert database.describe_secret(**ID)["Tags"] == [{"Key": "team", "Value": "pay"}]


async def test_a_label_move(app: MakeApp, database: Any) -> None:
    running = app()
    async with opened(running) as pilot:
        await roll_back(pilot, database)
        await undo(pilot, "UpdateSecretVersionStage", f"MoveToVersionId      {SECOND}",
                   "AWSCURRENT moves from 00000001 to 00000002.", "AWSPREVIOUS moves from 00000002 to 00000001.")

        assert labels(database) == {"AWSCURRENT": SECOND, "AWSPREVIOUS": FIRST}


async def test_a_new_version(app: MakeApp, database: Any) -> None:
    """Two calls return the labels. The version remains, as the preview says, and no value is shown."""
    running = app()
    async with opened(running) as pilot:
        await pilot.press("e")
        await see(pilot, "New value of prod/db")
        await types(pilot, "other")
        await pilot.press("ctrl+s")
        await see(pilot, "~ user changed")
        await pilot.press("enter")
        await hear(pilot, "stored as AWSCURRENT")
        await wait_for_screen(pilot, SecretScreen)
        await undo(pilot, "no labels left and becomes deprecated", "The new version is kept.")

        assert labels(database) == {"AWSCURRENT": SECOND, "AWSPREVIOUS": FIRST}
        assert len(database.list_secret_version_ids(**ID, IncludeDeprecated=True)["Versions"]) == 3


async def test_a_planned_deletion_and_its_cancellation(app: MakeApp, clock: Clock, database: Any) -> None:
    """From the list, one after the other; a deletion that is planned again has the remaining days."""
    running = app()
    async with opened(running) as pilot:
        await pilot.press("d")
        await see(pilot, "Delete prod/db?")
        running.screen.query_one("#go").focus()
        await pilot.press("enter")
        await hear(pilot, "prod/db will be deleted on")
        await undo(pilot, "RestoreSecret of prod/db")
        assert "DeletedDate" not in database.describe_secret(**ID)

        database.delete_secret(**ID, RecoveryWindowInDays=10)
        clock.forward(days=2)
        await pilot.press("x")
        await see(pilot, "deleted in 8 d")
        await pilot.press("U")
        await hear(pilot, "prod/db restored.")
        await undo(pilot, "DeleteSecret", "RecoveryWindowInDays  8", "(as before)")
        assert (database.describe_secret(**ID)["DeletedDate"] - clock.now).days == 8


async def test_what_others_changed_since_is_not_overwritten(app: MakeApp, database: Any) -> None:
    """A message shows the reason, and the next `u` undoes the action before."""
    running = app()
    async with opened(running) as pilot:
        await describe_anew(pilot, " 2")
        await roll_back(pilot, database)
        newer = database.put_secret_value(**ID, SecretString="newer")["VersionId"]
        await pilot.press("u")
        await hear(pilot, "“prod/db: AWSCURRENT moved to 00000001” cannot be undone. Its labels have moved since.")
        assert labels(database)["AWSCURRENT"] == newer
        await undo(pilot, "Description  Main database")


async def test_a_label_elsewhere_is_nothing_in_the_way(app: MakeApp, database: Any) -> None:
    """Only the labels that would move must be unchanged."""
    running = app()
    async with opened(running) as pilot:
        await roll_back(pilot, database)
        database.update_secret_version_stage(**ID, VersionStage="blue", MoveToVersionId=FIRST)
        await undo(pilot, "AWSCURRENT moves from 00000001 to 00000002.")

        assert labels(database) == {"AWSCURRENT": SECOND, "AWSPREVIOUS": FIRST, "blue": FIRST}


@pytest.mark.parametrize("force", [False, True], ids=["planned", "gone"])
async def test_a_secret_that_others_deleted(app: MakeApp, database: Any, force: bool) -> None:
    running = app()
    async with opened(running) as pilot:
        await describe_anew(pilot, " 2")
        database.delete_secret(**ID, **({"ForceDeleteWithoutRecovery": True} if force else {}))
        await pilot.press("u")
        await hear(pilot, "The secret no longer exists." if force else "Restore it first.")


async def test_creation_is_not_undone(app: MakeApp, client: Any) -> None:
    """Undoing a creation would be a deletion, which the user must plan."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "No secrets yet.")
        await pilot.press("a")
        await see(pilot, "New secret")
        await types(pilot, "fresh")
        await pilot.press("tab", "tab")
        await types(pilot, "k")
        await pilot.press("tab")
        await types(pilot, "v")
        await pilot.press("ctrl+s")
        await hear(pilot, "fresh created.")
        await pilot.press("u")
        await hear(pilot, "“fresh: created” cannot be undone. Schedule the deletion of the secret instead.")


async def test_any_of_them_from_the_list_of_what_was_done(app: MakeApp, database: Any) -> None:
    """`o` `u` lists the actions, newest first; Enter previews and undoes one."""
    running = app()
    async with opened(running) as pilot:
        await describe_anew(pilot, " 2")
        await roll_back(pilot, database)
        await pilot.press("o")
        await see(pilot, "Go to")
        await pilot.press("u")
        await wait_for_screen(pilot, UndoScreen)
        await see(pilot, "prod/db: AWSCURRENT moved to 00000001")
        await pilot.press("j", "enter")
        await see(pilot, "Description  Main database")
        await pilot.press("enter")
        await hear(pilot, "Undid “prod/db: description changed”.")
        await until(pilot, lambda: "prod/db: description changed" not in screen_text(running).split("Undid")[0])

        assert database.describe_secret(**ID)["Description"] == "Main database"
        assert labels(database)["AWSCURRENT"] == FIRST


async def test_cancel_sends_nothing(app: MakeApp, database: Any) -> None:
    running = app()
    async with opened(running) as pilot:
        await describe_anew(pilot, " 2")
        await pilot.press("u")
        await see(pilot, "Undo?")
        await pilot.press("escape")
        await wait_for_screen(pilot, SecretScreen)

        assert database.describe_secret(**ID)["Description"] == "Main database 2"
        assert running.session is not None
        assert running.session.undo.last is not None


async def test_a_session_that_only_reads_undoes_nothing(app: MakeApp, database: Any) -> None:
    running = app(read_only=True)
    async with opened(running) as pilot:
        await pilot.press("u")
        await hear(pilot, READ_ONLY)


async def test_the_lock_forgets_it(app: MakeApp, vault: smtui.Vault, database: Any) -> None:
    running = app()
    async with opened(running) as pilot:
        await describe_anew(pilot, " 2")
        session = running.session
        await pilot.press("ctrl+l")
        await see(pilot, "assphrase")

        assert running.session is None
        assert session is not None
        assert session.vault.locked
