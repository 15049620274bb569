"""Tests of the promotion from a vault to an AWS account on the screens, against moto's server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.system.settings import get_settings_path, load_settings
from smtui.tui.comparison.screen import ComparisonScreen
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.dialogs.pick import Pick
from tests.aws_server import ACCOUNT, Aws, aws, aws_server
from tests.tui.conftest import MakeApp, said, screen_text, until, version_id
from tests.tui.driver import wait_for_screen

__all__ = ["aws", "aws_server"]

LARGE = (120, 36)
WRITES = {"PutSecretValue", "UpdateSecretVersionStage", "CreateSecret", "DeleteSecret"}


@pytest.mark.parametrize(("protect", "is_sent"), [("ask", True), ("read", False)])
async def test_a_protected_account_asks_or_refuses(
    aws: Aws, app: MakeApp, vault: smtui.Vault, client: Any, tmp_path: Path, protect: str, is_sent: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One question names the account and shows the plan; no second one names the vault that is shown."""
    path = get_settings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'[contexts.prod]\nprofile = "a"\nprotect = "{protect}"\n')
    client.create_secret(Name="db", SecretString="marker-1", ClientRequestToken=version_id(1))
    aws.client().create_secret(Name="db", SecretString="marker-2", ClientRequestToken=version_id(2))
    monkeypatch.setattr("smtui.api.context.MANY_CALLS", 0)
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: running.session)
        first = running.session
        running.open_account(load_settings().list_contexts()["prod"])
        await until(pilot, lambda: running.session not in (None, first) and "1 secret" in screen_text(running))
        await pilot.press("0")
        await until(pilot, lambda: running.session is first)
        await pilot.press("o", "d")
        await wait_for_screen(pilot, ComparisonScreen)
        screen: Any = running.screen
        await pilot.press("f5")
        await wait_for_screen(pilot, Pick)
        assert "prod us-east-1" in screen_text(running)
        await pilot.press("enter")
        await wait_for_screen(pilot, OneLine)
        await pilot.press("enter")
        await until(pilot, lambda: running.screen is screen and screen._has_compared)
        await pilot.press("f6")
        await wait_for_screen(pilot, Confirm)
        assert "about 1 calls" in screen_text(running)
        await pilot.press("escape")
        await until(pilot, lambda: running.screen is screen)
        await pilot.press("r")
        await until(pilot, lambda: "the entire value" in screen_text(running))
        await pilot.press("down", "r")
        await until(pilot, lambda: "marker-2" in screen_text(running))
        await pilot.press("escape")
        await until(pilot, lambda: running.screen is screen)
        aws.proxy.calls.clear()
        await pilot.press("f7")
        if is_sent:
            await wait_for_screen(pilot, Confirm)
            assert "Promote to prod us-east-1?" in screen_text(running)
            assert f"to   prod@us-east-1 (account {ACCOUNT})" in screen_text(running)
            assert "about 5 calls, $0.00, 0 seconds." in screen_text(running)
            assert not WRITES & {*aws.proxy.calls}
            await pilot.press("tab", "enter")
            await until(pilot, lambda: "1 promoted." in said(running))
            assert [call for call in aws.proxy.calls if call in WRITES] == [
                "PutSecretValue", "UpdateSecretVersionStage", "UpdateSecretVersionStage"]
        else:
            await until(pilot, lambda: any("Read-only session" in each for each in said(running)))
            assert not WRITES & {*aws.proxy.calls}
