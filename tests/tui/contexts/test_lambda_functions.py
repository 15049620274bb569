"""Tests of choosing a rotation function of an account: those of AWS Lambda are listed when the list is opened."""

from __future__ import annotations

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
