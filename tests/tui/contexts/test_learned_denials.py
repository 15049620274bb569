"""Tests of what screens learn from refusals: a key that cannot work is dimmed, says why, and sends nothing again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smtui.api.errors import AccessDeniedException
from smtui.clipboard.clipboard import Clipboard
from smtui.system.context_settings import ContextSettings
from smtui.system.settings import Settings
from smtui.tui.app import SmtuiApp
from smtui.tui.base_screen import SessionScreen
from tests.aws_server import DENIED, Aws, aws, aws_server
from tests.tui.conftest import Steady, until
from tests.tui.driver import Cases, hear, press_button, run_cases, see

__all__ = ["aws", "aws_server"]

POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "secretsmanager:GetSecretValue",
     "Resource": "*"}]})
SECRET = "prod/svc/00000"


def fill(aws: Aws) -> None:
    """A secret with a policy, a rotation and a replica; another one; and a KMS key."""
    aws.fill(2)
    client = aws.client()
    client.put_resource_policy(SecretId=SECRET, ResourcePolicy=POLICY)
    client.replicate_secret_to_regions(SecretId=SECRET, AddReplicaRegions=[{"Region": "eu-west-1"}])
    aws.client(service="kms").create_key(Description="orders")


async def test_a_key_that_aws_refuses_is_dimmed_until_f12(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    """On each screen, for what was refused alone."""
    fill(aws)
    aws.proxy.faults |= dict.fromkeys((
        "GetSecretValue", "DeleteResourcePolicy", "RotateSecret", "RemoveRegionsFromReplication", "DisableKey"), DENIED)
    account = ContextSettings("dev", profile="a", protect="no")
    app = SmtuiApp(tmp_path / "none.vault", Settings(), account=(account, None), monotonic=monotonic,
                   pasteboard=Clipboard(monotonic=monotonic))
    async with run_cases(app, (100, 30)) as cases:
        pilot = cases.pilot
        async with cases.case("the list"):
            await pilot.press("y")
            await see(pilot, "F12 retries")
            await pilot.press("escape")
            await see_dimmed(cases, aws, "y", "GetSecretValue", "d", "t")
            await pilot.press("down")
            await until(pilot, lambda: is_enabled(cases, "y"))
            await pilot.press("up")
            await until(pilot, lambda: not is_enabled(cases, "y"))
            await retry(cases, "y")
        async with cases.case("the policy"):
            await open_tab(cases, "3", "Statement")
            await pilot.press("f8")
            await see(pilot, "Remove the policy")
            await press_button(pilot, "Remove")
            await see_dimmed(cases, aws, "f8", "DeleteResourcePolicy", "e", "B", "f3")
            await retry(cases, "f8")
        async with cases.case("the rotation"):
            await open_tab(cases, "4", "Rotation is off")
            await until(pilot, lambda: is_enabled(cases, "e"))
            with pytest.raises(AccessDeniedException):
                cases.session.client().rotate_secret(SecretId=SECRET)
            await see_dimmed(cases, aws, "e", "RotateSecret", "X")
            await retry(cases, "e")
        async with cases.case("the replication"):
            await open_tab(cases, "5", "eu-west-1")
            await pilot.press("down", "d")
            await see(pilot, "Delete the replica")
            await press_button(pilot, "Delete")
            await see_dimmed(cases, aws, "d", "RemoveRegionsFromReplication", "P", "a")
            await retry(cases, "d")
        async with cases.case("the KMS keys"):
            await pilot.press("o", "k")
            await see(pilot, "orders")
            await pilot.press("z")
            await see(pilot, "Disable")
            await press_button(pilot, "Disable")
            await see_dimmed(cases, aws, "z", "DisableKey", "a", "e", "d")
            await retry(cases, "z")


def is_enabled(cases: Cases, key: str) -> bool:
    return cases.app.screen.active_bindings[key].enabled


async def see_dimmed(cases: Cases, aws: Aws, key: str, operation: str, *others: str) -> None:
    """The key is dimmed after the refusal, says why, and sends nothing; the `others` are not dimmed."""
    app, pilot = cases.app, cases.pilot
    await until(pilot, lambda: isinstance(app.screen, SessionScreen) and not is_enabled(cases, key))
    assert all(is_enabled(cases, each) for each in others)
    sent = aws.calls[operation]
    app.clear_notifications()
    await pilot.press(key)
    await hear(pilot, "F12 tries again")
    assert aws.calls[operation] == sent


async def retry(cases: Cases, key: str) -> None:
    await cases.pilot.press("f12")
    await until(cases.pilot, lambda: is_enabled(cases, key))


async def open_tab(cases: Cases, number: str, shown: str) -> None:
    await cases.pilot.press("enter")
    await see(cases.pilot, "hidden (r to reveal)")
    await cases.pilot.press(number)
    await see(cases.pilot, shown)
