"""Tests of sessions: their places, their tabs, and read-only mode."""

from __future__ import annotations

from typing import Any

import smtui
from smtui.text.sanitize import SafeText
from smtui.tui.client_call import plan_call
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret_list.screen import SecretsScreen
from smtui.tui.session import Session
from tests.tui.conftest import MakeApp, screen_text, until
from tests.tui.driver import get_screen

SMALL = (80, 24)


async def test_the_letter_of_a_place_goes_there(app: MakeApp, filled: Any) -> None:
    """From a secret, `o` and `s` return to the list and close all other screens."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "5 secrets" in screen_text(running))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, SecretScreen))
        await pilot.press("o")
        await until(pilot, lambda: "Go to" in screen_text(running))
        await pilot.press("s")

        await until(pilot, lambda: isinstance(running.screen, SecretsScreen))


async def test_numbers_lead_to_the_parts_of_a_secret(app: MakeApp, database: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "1 secret" in screen_text(running))
        await pilot.press("enter")
        await until(pilot, lambda: "r to reveal" in screen_text(running))
        await pilot.press("2")
        await until(pilot, lambda: get_screen(running, SecretScreen).versions.has_focus)
        assert get_screen(running, SecretScreen).number == 2
        await pilot.press("1")

        await until(pilot, lambda: get_screen(running, SecretScreen).number == 1)


async def test_another_region_is_looked_at_with_nothing_left_open(app: MakeApp, database: Any) -> None:
    """The list and the header show the other Region; a secret in it can be opened at once."""
    replicated = database.replicate_secret_to_regions(SecretId="prod/db", AddReplicaRegions=[{"Region": "eu-west-1"}])
    arn = replicated["ARN"].replace("us-east-1", "eu-west-1")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "1 secret" in screen_text(running))
        await pilot.press("enter")
        await until(pilot, lambda: "r to reveal" in screen_text(running))
        running.look_at_region("eu-west-1", arn, 2)
        await until(pilot, lambda: isinstance(running.screen, SecretScreen)
                    and running.screen.query("VersionList:focus"))
        assert "eu-west-1" in screen_text(running).splitlines()[0]
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(running.screen, SecretsScreen))
        running.look_at_region("us-east-1")

        await until(pilot, lambda: "eu-west-1" not in screen_text(running))


async def test_a_session_that_only_reads_can_be_told_to_write(app: MakeApp, filled: Any) -> None:
    """`:rw` asks first, with the focus on Cancel."""
    running = app(read_only=True)
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "5 secrets" in screen_text(running))
        await pilot.press("f10")
        await until(pilot, lambda: "Leave read-only mode?" in screen_text(running))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, SecretsScreen))
        assert running.session is not None and running.session.read_only
        await pilot.press("f10")
        await until(pilot, lambda: "Leave read-only mode?" in screen_text(running))
        await pilot.press("tab", "enter")

        await until(pilot, lambda: running.session and not running.session.read_only)
        assert "read-only" not in screen_text(running)


def test_what_was_done_is_taken_back_newest_first(vault: smtui.Vault) -> None:
    session = Session(vault)
    client = session.client()
    session.record_undo(SafeText("a"), plan_call(client.untag_resource, SecretId="x", TagKeys=["a"]))
    session.record_undo(SafeText("b"), plan_call(client.restore_secret, SecretId="x"))
    last = session.undo.last

    assert last is not None and last.words == "b"
    session.undo.forget(last)
    assert [done.words for done in session.undo.done] == ["a"]
