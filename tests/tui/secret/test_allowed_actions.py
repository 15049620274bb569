"""Tests of actions that are not allowed (planned deletion, replica, managed secret): dimmed, with a reason."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.secret.screen import SecretScreen
from tests.tui.conftest import MakeApp, said, screen_text, until

SMALL = (80, 24)
ID: Any = {"SecretId": "prod/db"}
READING, CHANGING = ("r", "y", "w"), ("e", "E", "f", "i")

pytestmark = pytest.mark.usefixtures("one_time_and_place")


@asynccontextmanager
async def opened(
    running: SmtuiApp, secret_id: str = "prod/db", region: str = "us-east-1"
) -> AsyncIterator[Pilot[None]]:
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        assert running.session is not None
        running.session.region = region
        await running.push_screen(SecretScreen(running.session, secret_id))
        await until(pilot, lambda: "Value of" in screen_text(running))
        yield pilot


async def refused(pilot: Pilot[None], keys: tuple[str, ...], words: str) -> None:
    """Asserts that each key shows the reason and opens nothing."""
    app: Any = pilot.app
    screen = app.screen
    for key in keys:
        app.clear_notifications()
        await pilot.press(key)
        await until(pilot, lambda: any(words in each for each in said(app)))
        assert app.screen is screen


def names(running: SmtuiApp) -> list[str]:
    return [event["eventName"] for event in running.session.vault.audit_log()] if running.session else []


async def test_one_that_will_be_deleted(app: MakeApp, database: Any) -> None:
    """No operation is called for reads and changes. `U` restores the secret and enables its keys."""
    database.delete_secret(**ID, RecoveryWindowInDays=7)
    running = app()
    async with opened(running) as pilot:
        assert "▲ deleted in 7 d, on 2026-03-10 13:00. U restores it." in " ".join(screen_text(running).split())
        await refused(pilot, (*READING, *CHANGING, "t", "K"), "Scheduled for deletion")
        assert "GetSecretValue" not in names(running)
        await pilot.press("U")
        await until(pilot, lambda: "prod/db restored." in said(running))
        await pilot.press("r")
        await until(pilot, lambda: "password" in screen_text(running))


async def test_a_replica(app: MakeApp, vault: smtui.Vault, database: Any) -> None:
    """The replica can be read; changes point to its primary."""
    database.replicate_secret_to_regions(**ID, AddReplicaRegions=[{"Region": "eu-west-1"}])
    running = app()
    async with opened(running, "prod/db", "eu-west-1") as pilot:
        assert "Replica of the primary in us-east-1" in screen_text(running)
        await refused(pilot, (*CHANGING, "t", "d", "U"), "This is a replica. Change its primary in us-east-1")
        await pilot.press("r")
        await until(pilot, lambda: "password" in screen_text(running))
        await pilot.press("3")
        await until(pilot, lambda: "No policy attached" in screen_text(running))
        await refused(pilot, ("e", "B"), "This is a replica. Change its primary in us-east-1")


async def test_one_that_a_service_manages(app: MakeApp, vault: smtui.Vault) -> None:
    """Only the owning service updates the secret; others can read and tag it."""
    service = smtui.Caller("arn:aws:iam::000000000000:root", service="rds")
    vault.client(caller=service).create_secret(Name="rds!db-1", SecretString="managed-word")
    running = app()
    async with opened(running, "rds!db-1") as pilot:
        assert "Managed by the service rds" in screen_text(running)
        await refused(pilot, (*CHANGING, "K"), "Managed by the service rds")
        await pilot.press("r")
        await until(pilot, lambda: "text, 12 bytes" in screen_text(running))
        await pilot.press("t")
        await until(pilot, lambda: "Tags of rds!db-1" in screen_text(running))


async def test_another_key(app: MakeApp, vault: smtui.Vault, database: Any) -> None:
    """The key is selected by its alias; `u` restores the previous one."""
    keys = vault.keys()
    key = keys.create_key(Description="for the team")["KeyMetadata"]["KeyId"]
    keys.create_alias(AliasName="alias/team", TargetKeyId=key)
    running = app()
    async with opened(running) as pilot:
        await pilot.press("K")
        await until(pilot, lambda: f"alias/team  {key[:12]}  for the team" in screen_text(running))
        assert "alias/aws/secretsmanager  (default)" in screen_text(running)
        await pilot.press("down", "enter")
        await until(pilot, lambda: "prod/db re-encrypted with alias/team." in said(running))
        assert database.describe_secret(**ID)["KmsKeyId"].endswith(":alias/team")
        await until(pilot, lambda: "key  alias/team" in screen_text(running))
        await pilot.press("u")
        await until(pilot, lambda: "KmsKeyId  alias/aws/secretsmanager" in screen_text(running))
        await pilot.press("enter")
        await until(pilot, lambda: "KmsKeyId" not in database.describe_secret(**ID))
