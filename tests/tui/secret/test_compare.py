"""Tests of the comparison of two versions: it shows which keys differ, and reveals one value at a time."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.system.settings import Settings
from smtui.tui.app import SmtuiApp
from smtui.tui.secret.compare import CompareScreen
from smtui.tui.secret.screen import SecretScreen
from tests.hostile_text import BUNDLES, harm_in
from tests.tui.conftest import FakeTool, MakeApp, said, screen_text, until, version_id
from tests.tui.driver import ID, get_screen, see

SMALL = (80, 24)

pytestmark = pytest.mark.usefixtures("one_time_and_place")


@asynccontextmanager
async def at_versions(running: SmtuiApp) -> AsyncIterator[Pilot[None]]:
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "1 secret ·" in screen_text(running))
        await pilot.press("enter")
        await see(pilot, "r to reveal")
        await pilot.press("2")
        await until(pilot, lambda: get_screen(running, SecretScreen).versions.has_focus)
        yield pilot


async def compares(pilot: Pilot[None]) -> None:
    await pilot.press("equals_sign")
    await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))
    await see(pilot, "••••")


async def test_which_keys_differ(app: MakeApp, database: Any, vault: smtui.Vault) -> None:
    """`=` on AWSCURRENT compares it with AWSPREVIOUS. No value is shown, and both reads are recorded."""
    running = app()
    async with at_versions(running) as pilot:
        await compares(pilot)
        text = screen_text(running)
        assert "00000001 (AWSPREVIOUS) and 00000002 (AWSCURRENT, newer)" in text
        assert "~ password  differs: 00000001  ••••••••" in text
        assert "= user      same in both" in text
        assert "first-word" not in text
        assert "second-word" not in text
        assert sum(event["eventName"] == "GetSecretValue" for event in vault.audit_log()) == 2
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(running.screen, SecretScreen))


async def test_labels_that_others_move_are_shown_where_they_are(
    app: MakeApp, database: Any, vault: smtui.Vault
) -> None:
    running = app()
    async with at_versions(running) as pilot:
        await compares(pilot)
        with vault.reopen() as others:
            others.client().put_secret_value(**ID, SecretString="newer", ClientRequestToken=version_id(3))
        await pilot.press("f12")
        await see(pilot, "00000001 and 00000002 (AWSPREVIOUS, newer)")


async def test_one_of_them_is_revealed_at_a_time(app: MakeApp, database: Any) -> None:
    """The row names its version. Another row or the timeout hides the value."""
    running = app(settings=Settings(reveal_timeout=2))
    async with at_versions(running) as pilot:
        await compares(pilot)
        await pilot.press("r")
        await see(pilot, "differs: 00000001  first-word")
        await pilot.press("j", "r")
        await see(pilot, "00000002  second-word")
        assert "first-word" not in screen_text(running)
        await see(pilot, "hides in 1 s")
        await until(pilot, lambda: "second-word" not in screen_text(running))


@pytest.mark.parametrize("away", ["another window", "another screen", "the same row again"])
async def test_it_hides_when_nobody_looks(app: MakeApp, database: Any, away: str) -> None:
    running = app()
    async with at_versions(running) as pilot:
        await compares(pilot)
        await pilot.press("r")
        await see(pilot, "first-word")
        if away == "another window":
            running.app_focus = False
        else:
            await pilot.press("p" if away == "another screen" else "r")
        await until(pilot, lambda: "first-word" not in screen_text(running))


async def test_a_piece_is_copied_unseen(app: MakeApp, database: Any, tool: FakeTool) -> None:
    running = app()
    async with at_versions(running) as pilot:
        await compares(pilot)
        await pilot.press("y")
        await until(pilot, lambda: tool.held == b"first-word")
        await until(pilot, lambda: any("prod/db, version 00000001, password:" in each for each in said(running)))
        assert "first-word" not in screen_text(running)


async def test_with_the_marked_one(app: MakeApp, database: Any) -> None:
    """Space marks the other version. A key in only one version is labelled with it."""
    database.put_secret_value(**ID, SecretString='{"user": "app", "extra": {"deep": 1}}', VersionStages=["AWSPENDING"],
                              ClientRequestToken=version_id(3))
    running = app()
    async with at_versions(running) as pilot:
        await pilot.press("j", "j", "space")
        await see(pilot, "00000001●")
        await pilot.press("g")
        await compares(pilot)
        text = screen_text(running)
        assert "00000001 (AWSPREVIOUS) and 00000003 (AWSPENDING, newer)" in text
        assert "+ extra     only in: 00000003" in text
        assert "- password  only in: 00000001" in text


async def test_texts_are_compared_as_a_whole(app: MakeApp, client: Any) -> None:
    for number, value in enumerate(("one\ntwo", "one\nthree"), 1):
        if number == 1:
            client.create_secret(Name="prod/db", SecretString=value, ClientRequestToken=version_id(1))
        else:
            client.put_secret_value(**ID, SecretString=value, ClientRequestToken=version_id(2))
    running = app()
    async with at_versions(running) as pilot:
        await compares(pilot)
        await pilot.press("r")
        await see(pilot, "two")
        assert "three" not in screen_text(running)


async def test_with_nothing_to_compare(app: MakeApp, client: Any) -> None:
    client.create_secret(Name="prod/db", SecretString="x")
    running = app()
    async with at_versions(running) as pilot:
        await pilot.press("equals_sign")
        await until(pilot, lambda: "No other version to compare with." in said(running))


async def test_hostile_keys_and_values(app: MakeApp, client: Any) -> None:
    client.create_secret(Name="prod/db", SecretString=json.dumps({BUNDLES[0]: "x", "k": BUNDLES[1]}))
    client.put_secret_value(**ID, SecretString=json.dumps({BUNDLES[0]: BUNDLES[2], "k": "x"}))
    running = app()
    async with at_versions(running) as pilot:
        await compares(pilot)
        for row in range(4):
            await pilot.press("r")
            await until(pilot, lambda here=row: running.screen._revealed == here)  # type: ignore[attr-defined, misc]
            assert harm_in(screen_text(running)) == []
            await pilot.press("j")


async def test_what_a_row_has_no_room_for(app: MakeApp, vault: smtui.Vault, database: Any) -> None:
    """The details show the version's whole id, its key by alias, and the last read."""
    keys = vault.keys()
    key = keys.create_key()["KeyMetadata"]["KeyId"]
    keys.create_alias(AliasName="alias/team", TargetKeyId=key)
    database.update_secret(**ID, KmsKeyId="alias/team")
    database.get_secret_value(**ID, VersionId=version_id(2))
    running = app()
    async with at_versions(running) as pilot:
        await see(pilot, f"version {version_id(2)}")
        await see(pilot, "key alias/team   read 2026-03-03")
