"""Tests that screens, notifications and undo show no hidden value, and that crash reports contain no value."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from textual.pilot import Pilot

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.help.places import PLACES, SECRETS
from smtui.tui.screens import make_tab_screen
from smtui.tui.secret.tabs import TABS
from tests.tui.conftest import MakeApp, said, screen_text, until
from tests.tui.driver import run_cases

VALUE, KEYED = "marked-value-Xy7Kp2", "marked-keyed-Zt4Rm9"


@pytest.fixture
def marked(client: Any, vault: smtui.Vault) -> Any:
    client.create_secret(Name="a", SecretString=VALUE + "-before")
    client.put_secret_value(SecretId="a", SecretString=VALUE)
    client.create_secret(Name="b", SecretString=json.dumps({"user": "x", "password": KEYED}))
    arn = vault.rotations().create_function(FunctionName="f", Password={"Key": "absent"})["FunctionArn"]
    client.rotate_secret(SecretId="a", RotationLambdaARN=arn, RotationRules={"AutomaticallyAfterDays": 1})
    return client


def tells_nothing(app: SmtuiApp) -> None:
    assert app.session is not None
    for text in (screen_text(app), *said(app), repr(app.session.undo.done), app.title, app.sub_title):
        assert "marked-" not in text


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(4):
        await pilot.pause()


async def test_each_part(app: MakeApp, marked: Any) -> None:
    async with run_cases(app(), (100, 30)) as cases:
        for number in range(3, len(TABS) + 1):
            for name in ("a", "b"):
                async with cases.case(f"tab {number} of {name}"):
                    await cases.app.push_screen(make_tab_screen(number, cases.session, name))
                    await press_some_keys(cases.pilot)


async def test_each_place(app: MakeApp, marked: Any) -> None:
    async with run_cases(app(), (100, 30)) as cases:
        for place in PLACES:
            if place is not SECRETS:
                async with cases.case(place.words):
                    await cases.app.go_to(place)
                    await press_some_keys(cases.pilot)


async def press_some_keys(pilot: Pilot[None]) -> None:
    for key in ("down", "enter", "down", "escape"):
        await settled(pilot)
        tells_nothing(cast("SmtuiApp", pilot.app))
        await pilot.press(key)


async def test_a_value_is_copied_edited_and_undone_unseen(app: MakeApp, tool: Any, marked: Any) -> None:
    """Copies, edits and undoes a hidden value."""
    running = app()
    async with running.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "2 secrets" in screen_text(running))
        for key in ("y", "enter", "y", "e", "escape", "2", "m", "j", "enter", "enter", "u", "escape"):
            await pilot.press(key)
            await settled(pilot)
            tells_nothing(running)


async def test_a_crash_while_a_value_is_seen(
    app: MakeApp, marked: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The value is on the screen and in the error message, but not in the output of the program."""
    running = app()
    with pytest.raises(RuntimeError):
        async with running.run_test(size=(100, 30)) as pilot:
            await until(pilot, lambda: "2 secrets" in screen_text(running))
            await pilot.press("enter")
            await until(pilot, lambda: "r to reveal" in screen_text(running))
            await pilot.press("r")
            await until(pilot, lambda: VALUE in screen_text(running))
            running._handle_exception(RuntimeError(VALUE))
    printed = capsys.readouterr()

    assert "Include this ID in a report: RuntimeError-" in printed.err
    assert VALUE not in printed.err + printed.out
