"""Tests of command functions from other machines: they wait on every screen until the user allows the command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.tui.rotation.allow_function import AllowFunction
from smtui.tui.rotation.functions import FunctionsScreen
from smtui.tui.rotation.screen import RotationScreen
from smtui.tui.secret_list.screen import SecretsScreen
from tests.conftest import Clock
from tests.tui.conftest import MakeApp, said, screen_text, until
from tests.tui.driver import wait_for_screen

pytestmark = [
    pytest.mark.usefixtures("one_time_and_place"),
    pytest.mark.skipif(sys.platform == "win32", reason="command functions need Unix sockets"),
]
SMALL, LARGE = (80, 24), (120, 36)
HOSTILE = "touch {}; echo '\x1b]0;nothing\x07 [@click=app.quit]x[/] \u202e'"
WAITS = "waits for your permission"


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """Returns the path of a file that the command creates."""
    return tmp_path / "command-has-run"


@pytest.fixture
def received(
    vault: smtui.Vault, client: Any, clock: Clock, marker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> smtui.Vault:
    """Makes the rotation of `db` overdue, with a command that is not allowed on this machine."""
    made = vault.rotations().create_function(
        FunctionName="run", Command={"Arguments": ["/bin/sh", "-c", HOSTILE.format(marker)]}, Allow=False
    )
    client.create_secret(Name="db", SecretString="first", Description="a database")
    client.rotate_secret(SecretId="db", RotationLambdaARN=made["FunctionArn"],
                         RotationRules={"AutomaticallyAfterDays": 1})
    clock.forward(days=1)
    return vault


async def test_opening_it_runs_nothing(app: MakeApp, received: smtui.Vault, marker: Path) -> None:
    """Repeated scheduler runs do not run the command and do not notify again."""
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: running.session)
        for _ in range(3):
            await running.rotate_due().wait()

        assert said(running) == []
        await until(pilot, lambda: "▲ waits" in screen_text(running))
        assert WAITS in screen_text(running)
        await pilot.press("o", "h")
        await until(pilot, lambda: f"{WAITS} to run run" in screen_text(running))
    assert not marker.exists()


async def test_the_functions_screen_shows_the_command_and_asks(
    app: MakeApp, received: smtui.Vault, marker: Path
) -> None:
    """Cancel has the focus, and the whole command is shown with its control characters escaped."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        await pilot.press("o", "f")
        await until(pilot, lambda: isinstance(running.screen, FunctionsScreen) and WAITS in screen_text(running))
        await asks(pilot)
        text = screen_text(running)
        assert "/bin/sh" in text
        assert "-c" in text
        unwrapped = "".join(character for character in text if character not in "│ \n")
        assert "\\u001b]0;nothing\\u0007" in unwrapped
        assert "[@click=app.quit]x[/]" in unwrapped
        assert "\\u202e" in unwrapped
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, FunctionsScreen))
        assert WAITS in screen_text(running)
        assert not marker.exists()

        await asks(pilot)
        await pilot.press("tab", "enter")
        await until(pilot, marker.exists)
        await until(pilot, lambda: WAITS not in screen_text(running))


async def asks(pilot: Pilot[None]) -> None:
    await pilot.press("L")
    await until(pilot, lambda: isinstance(pilot.app.screen, AllowFunction))
    await pilot.pause()


async def test_rotating_it_now_asks_first(app: MakeApp, received: smtui.Vault, marker: Path) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        running.push_screen(RotationScreen(running.session, "db"))
        await until(pilot, lambda: f"It {WAITS}" in screen_text(running))
        await pilot.press("R")
        await until(pilot, lambda: isinstance(running.screen, AllowFunction))
        await pilot.press("escape")
        await until(pilot, lambda: f"The rotation {WAITS}." in said(running))
        assert not marker.exists()
        await asks(pilot)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: f"It {WAITS}" not in screen_text(running))
        await until(pilot, marker.exists)


async def test_one_begun_elsewhere_is_said_to_wait(app: MakeApp, received: smtui.Vault, marker: Path) -> None:
    """An undo or RotateSecret of another program can start the rotation."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        running.session.rotation_worker.enqueue(received.client().describe_secret(SecretId="db")["ARN"], "us-east-1")
        running.rotate_queued()
        await until(pilot, lambda: f"The rotation of db {WAITS}." in said(running))
    assert not marker.exists()


async def test_undoing_a_removal_allows_nothing(app: MakeApp, received: smtui.Vault, client: Any) -> None:
    """A function that was not allowed before its removal is not allowed after the undo."""
    client.cancel_rotate_secret(SecretId="db")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        await pilot.press("o", "f")
        await until(pilot, lambda: isinstance(running.screen, FunctionsScreen) and WAITS in screen_text(running))
        await pilot.press("d")
        await until(pilot, lambda: "Delete run?" in screen_text(running))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "run deleted." in said(running))
        await pilot.press("u")
        await until(pilot, lambda: "CreateFunction" in screen_text(running))
        await pilot.press("enter")
        await until(pilot, lambda: received.rotations().list_functions()["Functions"])

        [function] = received.rotations().list_functions()["Functions"]
        assert function["WaitsForPermission"]


async def ask_at_functions(pilot: Pilot[None]) -> None:
    await wait_for_screen(pilot, SecretsScreen)
    await pilot.press("o", "f")
    await until(pilot, lambda: isinstance(pilot.app.screen, FunctionsScreen) and WAITS in screen_text(pilot.app))
    await asks(pilot)


@pytest.fixture
def run_job(vault: smtui.Vault) -> smtui.Vault:
    """A command with more arguments than the screen has lines."""
    arguments = ["/usr/bin/python3", "-c", "print('a long program')\n" * 40, *(f"--option-{n}" for n in range(60))]
    vault.rotations().create_function(FunctionName="run", Command={"Arguments": arguments}, Allow=False)
    return vault


def test_the_question(snap_compare: Any, app: MakeApp, run_job: smtui.Vault) -> None:
    """The answers are visible even with a long command."""
    assert snap_compare(app(), terminal_size=SMALL, run_before=ask_at_functions)
