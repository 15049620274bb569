"""Tests of the replication tab: adding, removing, opening and promoting replicas with the keyboard."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.rules.regions import REGIONS
from smtui.tui.app import SmtuiApp
from smtui.tui.base_screen import READ_ONLY
from smtui.tui.replication.screen import ReplicationScreen
from tests.tui.conftest import FakeTool, MakeApp, screen_text, types, until
from tests.tui.driver import get_session, hear, see

SMALL = (80, 24)
ID: Any = {"SecretId": "prod/db"}

pytestmark = pytest.mark.usefixtures("one_time_and_place")


@pytest.fixture
def replicated(database: Any) -> Any:
    """Returns the client of a vault with `prod/db` and its replica in eu-west-1."""
    database.replicate_secret_to_regions(**ID, AddReplicaRegions=[{"Region": "eu-west-1"}])
    return database


def regions(client: Any) -> dict[str, str]:
    return {each["Region"]: each["Status"] for each in client.describe_secret(**ID).get("ReplicationStatus", ())}


async def back(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, ReplicationScreen))


@asynccontextmanager
async def at_replication(running: SmtuiApp) -> AsyncIterator[Pilot[None]]:
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "1 secret ·")
        await pilot.press("enter")
        await see(pilot, "r to reveal")
        await pilot.press("5")
        await see(pilot, "● primary")
        yield pilot


def test_the_regions_are_those_of_the_service() -> None:
    session = pytest.importorskip("botocore.session").get_session()

    assert set(session.get_available_regions("secretsmanager")) <= set(REGIONS)


async def test_to_more_regions(app: MakeApp, database: Any, vault: smtui.Vault) -> None:
    """Adds a Region by part of its name, with its own key, and a typed one of another partition; `u` undoes it."""
    tokyo = vault.keys(region_name="ap-northeast-1")
    tokyo.create_alias(AliasName="alias/own", TargetKeyId=tokyo.create_key()["KeyMetadata"]["KeyId"])
    async with at_replication(app()) as pilot:
        await pilot.press("a")
        await see(pilot, "N. California")
        assert "N. Virginia" not in screen_text(pilot.app).split("to Regions")[1]
        await pilot.press("slash")
        await types(pilot, "tokyo")
        await pilot.press("enter", "enter")
        await see(pilot, "KMS key in ap-northeast-1")
        await pilot.press("down", "enter")
        await see(pilot, "✓  ap-northeast-1")
        await pilot.press("slash", *["backspace"] * 5)
        await types(pilot, "us-gov-west-1")
        await see(pilot, "us-gov-west-1  ")
        await pilot.press("enter", "j", "space", "ctrl+s")
        await hear(pilot, "prod/db replicated to ap-northeast-1, us-gov-west-1.")
        await see(pilot, "✓ in sync")
        assert regions(database) == {"ap-northeast-1": "InSync", "us-gov-west-1": "InSync"}
        there = vault.client(region_name="ap-northeast-1").describe_secret(**ID)
        assert there["KmsKeyId"].endswith("alias/own")
        await pilot.press("u")
        await see(pilot, "RemoveRegionsFromReplication")
        await pilot.press("enter")

        await until(pilot, lambda: regions(database) == {})


async def test_a_replica_is_looked_at_there_and_promoted(app: MakeApp, replicated: Any, vault: smtui.Vault) -> None:
    """Enter opens the replica and returns to the primary. `P` explains the promotion, which cannot be undone."""
    async with at_replication(app()) as pilot:
        await pilot.press("j", "enter")
        await see(pilot, "Change its primary in us-east-1")
        assert "eu-west-1" in screen_text(pilot.app).splitlines()[0]
        await pilot.press("enter")
        await until(pilot, lambda: get_session(pilot.app).region == "us-east-1")
        await until(pilot, lambda: re.search("● primary +here", screen_text(pilot.app)))
        await pilot.press("j", "enter")
        await see(pilot, "Change its primary in us-east-1")
        await pilot.press("j", "P")
        await see(pilot, "Promote prod/db in eu-west-1?")
        await pilot.press("enter")
        await back(pilot)
        assert regions(replicated) == {"eu-west-1": "InSync"}
        await pilot.press("P")
        await see(pilot, "Promote prod/db in eu-west-1?")
        await pilot.press("tab", "enter")
        await hear(pilot, "promoted")
        await until(pilot, lambda: re.search("eu-west-1 +Ireland +● primary", screen_text(pilot.app)))
        await pilot.press("u")

        await hear(pilot, "cannot be undone")
        assert regions(replicated) == {}


async def test_a_name_that_is_taken_is_only_overwritten_when_told(
    app: MakeApp, database: Any, vault: smtui.Vault, tool: FakeTool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failed replica shows the reason, and `T` tries again."""
    monkeypatch.setattr("smtui.engine.names.generate_suffix", lambda ambient: "GhIjKl")
    there = vault.client(region_name="eu-west-1")
    there.create_secret(Name="prod/db", SecretString="another")
    database.replicate_secret_to_regions(**ID, AddReplicaRegions=[{"Region": "eu-west-1"}])
    async with at_replication(app()) as pilot:
        await see(pilot, "✗ failed")
        await pilot.press("j")
        await see(pilot, "Secret with this name already exists in this region")
        await pilot.press("enter")
        await hear(pilot, "already exists")
        await pilot.press("y")
        await until(pilot, lambda: tool.held)
        assert tool.held == b"arn:aws:secretsmanager:eu-west-1:000000000000:secret:prod/db-AbCdEf"
        await pilot.press("f5")
        await see(pilot, "Overwrite prod/db in eu-west-1?")
        await pilot.press("enter")
        await back(pilot)
        assert there.get_secret_value(**ID)["SecretString"] == "another"
        await pilot.press("f5")
        await see(pilot, "Overwrite prod/db in eu-west-1?")
        await pilot.press("tab", "enter")
        await see(pilot, "✓ in sync")

        assert "second-word" in there.get_secret_value(**ID)["SecretString"]


async def test_out_of_a_region_and_back(app: MakeApp, replicated: Any) -> None:
    """The dialog says what is deleted, with the focus on Cancel."""
    async with at_replication(app()) as pilot:
        await pilot.press("j", "d")
        await see(pilot, "Delete the replica of prod/db in eu-west-1?")
        await see(pilot, "Never accessed there.")
        await pilot.press("enter")
        await back(pilot)
        assert regions(replicated) == {"eu-west-1": "InSync"}
        await pilot.press("d")
        await see(pilot, "Delete the replica of prod/db in eu-west-1?")
        await pilot.press("tab", "enter")
        await hear(pilot, "Replica of prod/db in eu-west-1 deleted.")
        assert regions(replicated) == {}
        await pilot.press("u")
        await see(pilot, "ReplicateSecretToRegions")
        await pilot.press("enter")

        await until(pilot, lambda: regions(replicated) == {"eu-west-1": "InSync"})


async def test_a_session_that_only_reads_changes_nothing(app: MakeApp, replicated: Any) -> None:
    async with at_replication(app(read_only=True)) as pilot:
        await pilot.press("j")
        for key in ("a", "P", "d"):
            pilot.app.clear_notifications()
            await pilot.press(key)
            await hear(pilot, READ_ONLY)
        await back(pilot)
