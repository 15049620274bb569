"""Tests of keys while an account does not answer: each works at once, on every screen, and Esc leaves.

No call is answered until the end, so a key that waited for one would wait in vain.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from smtui.clipboard.clipboard import Clipboard
from smtui.system.context_settings import ContextSettings
from smtui.system.settings import Settings
from smtui.tui.app import SmtuiApp
from smtui.tui.help.screen import HelpScreen
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret_list.screen import SecretsScreen
from tests.aws_server import Aws, aws, aws_server
from tests.tui.conftest import Steady, until
from tests.tui.driver import Cases, press_button, run_cases, see

__all__ = ["aws", "aws_server"]

SECRET = "prod/svc/00000"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "secretsmanager:GetSecretValue",
     "Resource": "*"}]})


def make_app(tmp_path: Path, monotonic: Steady) -> SmtuiApp:
    account = ContextSettings("dev", profile="a", protect="no")
    return SmtuiApp(tmp_path / "none.vault", Settings(), account=(account, None), monotonic=monotonic,
                    pasteboard=Clipboard(monotonic=monotonic))


@contextmanager
def hold(aws: Aws, *operations: str) -> Iterator[None]:
    """No call of these operations is answered in the block; without operations, no call at all."""
    aws.proxy.held |= set(operations)
    aws.proxy.gate.clear()
    try:
        yield
    finally:
        aws.proxy.gate.set()
        aws.proxy.held.clear()


async def see_help(cases: Cases) -> None:
    """A key that opens something works, and Esc closes it."""
    await cases.pilot.press("question_mark")
    await until(cases.pilot, lambda: isinstance(cases.app.screen, HelpScreen))
    await cases.pilot.press("escape")
    await until(cases.pilot, lambda: not isinstance(cases.app.screen, HelpScreen))


async def open_secret(cases: Cases, number: str = "1", shown: str = "hidden (r to reveal)") -> None:
    await cases.pilot.press("enter")
    await see(cases.pilot, "hidden (r to reveal)")
    await cases.pilot.press(number)
    await see(cases.pilot, shown)


async def leave_to_list(cases: Cases) -> None:
    """By Esc alone."""
    for _ in range(6):
        if not isinstance(cases.app.screen, SecretsScreen):
            before = cases.app.screen
            await cases.pilot.press("escape")
            await until(cases.pilot, lambda before=before: cases.app.screen is not before)
    assert isinstance(cases.app.screen, SecretsScreen)


@asynccontextmanager
async def hold_change(aws: Aws, cases: Cases, operation: str) -> AsyncIterator[None]:
    """The change that the block confirms is sent, and not answered. Keys work, and Esc leads to the list."""
    with hold(aws, operation):
        yield
        await until(cases.pilot, lambda: aws.calls[operation] == 1)
        await see_help(cases)
        await leave_to_list(cases)


async def test_screens_that_still_read(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    """Each tab of a secret, and each place."""
    aws.fill(2)
    async with run_cases(make_app(tmp_path, monotonic), (100, 30)) as cases:
        pilot, app = cases.pilot, cases.app
        for number in "23456":
            async with cases.case(f"tab {number}"):
                await open_secret(cases)
                with hold(aws):
                    await pilot.press(number)
                    is_other_screen = number != "2"
                    await until(pilot, lambda other=is_other_screen: other != isinstance(app.screen, SecretScreen))
                    await see_help(cases)
                    await pilot.press("e", "down")
                    await leave_to_list(cases)
        for letter in ("k", "f", "h", "t", "u"):
            async with cases.case(f"place {letter}"):
                with hold(aws):
                    await pilot.press("o", letter)
                    await until(pilot, lambda: not isinstance(app.screen, SecretsScreen))
                    await see_help(cases)
                    await pilot.press("down", "a", "down")
                    await leave_to_list(cases)
        async with cases.case("contexts"):
            with hold(aws):
                await pilot.press("c")
                await until(pilot, lambda: not isinstance(app.screen, SecretsScreen))
                await see_help(cases)
                await pilot.press("tab", "down")
                await leave_to_list(cases)


async def test_changes_that_are_not_answered(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    """A change that was confirmed goes on, whatever is done meanwhile."""
    aws.fill(2)
    aws.client().put_resource_policy(SecretId=SECRET, ResourcePolicy=POLICY)
    aws.client().replicate_secret_to_regions(SecretId=SECRET, AddReplicaRegions=[{"Region": "eu-west-1"}])
    aws.client().put_secret_value(SecretId=SECRET, SecretString="second")
    aws.client(service="kms").create_key(Description="orders")
    async with run_cases(make_app(tmp_path, monotonic), (100, 30)) as cases:
        pilot = cases.pilot
        async with cases.case("the description"):
            await open_secret(cases)
            await pilot.press("i")
            await see(pilot, "Description of")
            await pilot.press("x")
            async with hold_change(aws, cases, "UpdateSecret"):
                await pilot.press("ctrl+s")
        async with cases.case("a label"):
            await open_secret(cases, "2", "AWSPREVIOUS")
            await pilot.press("b")
            await see(pilot, "Roll back to the previous version?")
            async with hold_change(aws, cases, "UpdateSecretVersionStage"):
                await pilot.press("enter")
        async with cases.case("the policy"):
            await open_secret(cases, "3", "Statement")
            await pilot.press("f8")
            await see(pilot, "Remove the policy")
            async with hold_change(aws, cases, "DeleteResourcePolicy"):
                await press_button(pilot, "Remove")
        async with cases.case("a replica"):
            await open_secret(cases, "5", "eu-west-1")
            await pilot.press("down", "d")
            await see(pilot, "Delete the replica")
            async with hold_change(aws, cases, "RemoveRegionsFromReplication"):
                await press_button(pilot, "Delete")
        async with cases.case("a KMS key"):
            await pilot.press("o", "k")
            await see(pilot, "orders")
            await pilot.press("z")
            await see(pilot, "Disable")
            async with hold_change(aws, cases, "DisableKey"):
                await press_button(pilot, "Disable")
