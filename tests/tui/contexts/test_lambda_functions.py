"""Tests of choosing a rotation function of an account: those of AWS Lambda are listed when the list is opened."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from smtui.api.arn import is_lambda_arn
from smtui.clipboard.clipboard import Clipboard
from smtui.system.context_settings import ContextSettings
from smtui.system.settings import Settings
from smtui.tui.app import SmtuiApp
from smtui.tui.rotation.form import RotationForm
from tests.aws_server import ACCOUNT, DENIED, LIST_FUNCTIONS, Aws, aws, aws_server
from tests.tui.conftest import Steady, screen_text, types, until
from tests.tui.driver import hear, run_cases, see

__all__ = ["aws", "aws_server"]

ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:"


async def test_all_functions_of_the_account_can_be_chosen(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    """By pages, only when they are asked for, and without a call to Secrets Manager."""
    aws.fill(1)
    aws.proxy.functions += [
        {"FunctionName": f"f{number:03d}", "FunctionArn": f"{ARN}f{number:03d}", "Runtime": "python3.12",
         "Description": f"Rotates {number}"} for number in range(120)]
    account = ContextSettings("dev", profile="a", protect="no")
    app = SmtuiApp(tmp_path / "none.vault", Settings(), account=(account, None), monotonic=monotonic,
                   pasteboard=Clipboard(monotonic=monotonic))
    async with run_cases(app, (100, 30)) as cases:
        pilot = cases.pilot
        async with cases.case("not allowed"):
            aws.proxy.faults[LIST_FUNCTIONS] = DENIED
            await open_form(pilot)
            assert aws.calls[LIST_FUNCTIONS] == 0
            await pilot.press("enter")
            await hear(pilot, "Only the functions in use are listed.")
            await see(pilot, "ARN of the rotation function")
            await types(pilot, f"{ARN}mine")
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, RotationForm) and "mine" in screen_text(app))
        aws.proxy.faults.clear()
        async with cases.case("allowed"):
            await open_form(pilot)
            with aws.count_calls() as calls:
                await pilot.press("enter")
                await see(pilot, "f000  AWS Lambda, python3.12, Rotates 0")
            assert calls == [LIST_FUNCTIONS] * 3
            await pilot.press("slash")
            await types(pilot, "f119")
            await see(pilot, "Rotates 119")
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, RotationForm) and "f119" in screen_text(app))
            await pilot.press("ctrl+s")
            await until(pilot, lambda: aws.calls["RotateSecret"] >= 1)


def make_event(number: int, name: str, secret: str, **more: Any) -> dict[str, Any]:
    return {"eventID": str(number), "eventName": name, "eventSource": "secretsmanager.amazonaws.com",
            "eventTime": f"2026-11-{number:02d}T09:30:00Z", "readOnly": False, "requestParameters": None,
            "additionalEventData": {"SecretId": secret}, **more}


async def test_the_last_rotations_are_those_of_cloud_trail(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    """Of this secret alone; where CloudTrail may not be asked, that is said in its place, and the rest is shown."""
    aws.fill(1)
    client = aws.client()
    with suppress(client.exceptions.ResourceNotFoundException):  # moto stores the settings, then misses the function
        client.rotate_secret(SecretId="prod/svc/00000", RotationLambdaARN=f"{ARN}f", RotationRules={
            "AutomaticallyAfterDays": 30})
    arn = client.describe_secret(SecretId="prod/svc/00000")["ARN"]
    aws.proxy.events += [
        make_event(24, "RotationFailed", arn, errorMessage="The function timed out."),
        make_event(23, "RotationFailed", arn.replace("svc", "other")), make_event(22, "RotationSucceeded", arn)]
    aws.proxy.faults["LookupEvents"] = DENIED
    account = ContextSettings("dev", profile="a", protect="no")
    app = SmtuiApp(tmp_path / "none.vault", Settings(), account=(account, None), monotonic=monotonic,
                   pasteboard=Clipboard(monotonic=monotonic))
    async with run_cases(app, (100, 30)) as cases:
        pilot = cases.pilot
        await pilot.press("enter")
        await see(pilot, "hidden (r to reveal)")
        await pilot.press("4")
        await see(pilot, "every 30 days")
        await see(pilot, "is not authorized to perform")
        assert "no longer exists" not in screen_text(app), "a function that is not listed may exist"
        aws.proxy.faults.clear()
        await pilot.press("f12")
        await see(pilot, "✗ failed  The function timed out.")
        assert "✓ succeeded" in screen_text(app)
        assert screen_text(app).count("✗ failed") == 1


async def open_form(pilot: Any) -> None:
    await pilot.press("enter")
    await see(pilot, "hidden (r to reveal)")
    await pilot.press("4")
    await see(pilot, "Rotation is off")
    await pilot.press("e")
    await until(pilot, lambda: isinstance(pilot.app.screen, RotationForm))


@pytest.mark.parametrize(("text", "is_one"), [
    (f"{ARN}rotate", True), (f"{ARN}rotate:live", True), (ARN, False), ("rotate", False), ("", False),
    (f"arn:aws:iam::{ACCOUNT}:role/dev", False), (f"arn:aws-cn:lambda:cn-north-1:{ACCOUNT}:function:f", True),
])
def test_the_arn_of_a_function(text: str, is_one: bool) -> None:
    assert is_lambda_arn(text) is is_one
