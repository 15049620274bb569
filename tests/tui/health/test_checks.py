"""Tests of the health checks of secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.health.screen import HealthScreen
from smtui.tui.secret.screen import SecretScreen
from tests.conftest import Clock
from tests.tui.conftest import MakeApp, said, screen_text, types, until

LARGE = (120, 36)
STRONG = "tR7$vK2!pW9@xQ4%"
OPEN = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"},
]})


@pytest.fixture
def ailing(vault: smtui.Vault, client: Any, clock: Clock) -> None:
    """Creates secrets with a weak value, equal values, a public policy, no description, and a planned deletion."""
    weak = json.dumps({"user": "admin", "password": "letmein"})
    client.create_secret(Name="weak", SecretString=weak, Description="a")
    client.create_secret(Name="one", SecretString=json.dumps({"token": STRONG}), Description="a")
    client.create_secret(Name="two", SecretString=STRONG, Description="a")
    client.create_secret(Name="open", SecretString=STRONG[::-1], Description="a")
    client.put_resource_policy(SecretId="open", ResourcePolicy=OPEN, BlockPublicPolicy=False)
    client.create_secret(Name="nameless", SecretString=STRONG[3:] + "-another")
    clock.forward(days=100)
    client.delete_secret(SecretId="nameless", RecoveryWindowInDays=7)
    client.create_secret(Name="fresh", SecretString=STRONG.swapcase(), Description="a")


def list_findings(screen: HealthScreen) -> set[tuple[str, str]]:
    return {(finding.kind, finding.name) for finding in screen._found}


async def at_health(pilot: Pilot[None], running: SmtuiApp) -> HealthScreen:
    await until(pilot, lambda: running.session)
    await pilot.press("o", "h")
    await until(pilot, lambda: isinstance(running.screen, HealthScreen) and "findings in" in screen_text(running))
    assert isinstance(running.screen, HealthScreen)
    return running.screen


async def check_values(pilot: Pilot[None], running: SmtuiApp) -> None:
    await pilot.press("f5")
    await until(pilot, lambda: "Each read is recorded" in screen_text(running))
    await pilot.press("tab", "enter")
    await until(pilot, lambda: "values checked 20" in screen_text(running))


@pytest.mark.usefixtures("ailing")
async def test_what_the_list_says_is_there_at_once(app: MakeApp, vault: smtui.Vault) -> None:
    """These checks read no value."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        screen = await at_health(pilot, running)

        assert list_findings(screen) == {("deleted soon", "nameless"), ("public", "open")} | {
            (kind, name) for kind in ("never rotated", "unused") for name in ("weak", "one", "two", "open")
        }
        assert "values not checked" in screen_text(running)
    assert not [event for event in vault.audit_log() if event["eventName"] == "BatchGetSecretValue"]


@pytest.mark.usefixtures("ailing")
async def test_values_are_compared_and_never_shown(app: MakeApp, vault: smtui.Vault) -> None:
    """Values are read after the user agrees. Each read is in the audit log, and Enter opens the secret."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        screen = await at_health(pilot, running)
        await check_values(pilot, running)

        assert {("weak", "weak"), ("repeated", "one"), ("repeated", "two"), ("public", "open")} <= list_findings(screen)
        assert STRONG not in screen_text(running) and "letmein" not in screen_text(running)
        assert "4 findings" in "".join(said(running))
        await pilot.press("slash")
        await types(pilot, "repeated")
        await until(pilot, lambda: "the same as in" in screen_text(running) and "2 of " in screen_text(running))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(running.screen, SecretScreen))
    assert [event for event in vault.audit_log() if event["eventName"] == "BatchGetSecretValue"]


@pytest.mark.usefixtures("ailing")
async def test_a_policy_that_is_no_longer_public_is_no_finding(
    app: MakeApp, vault: smtui.Vault, client: Any
) -> None:
    """Findings that need no value follow changes by others, also after values were checked."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        screen = await at_health(pilot, running)
        await check_values(pilot, running)
        assert ("public", "open") in list_findings(screen)
        with vault.reopen() as others:
            others.client().delete_resource_policy(SecretId="open")
        await pilot.press("f12")
        await until(pilot, lambda: ("public", "open") not in list_findings(screen))

        assert ("weak", "weak") in list_findings(screen)
