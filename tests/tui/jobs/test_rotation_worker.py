"""Tests of due rotations in the app: they run while it is unlocked, and not after the lock."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.tui.jobs.background_vault import BackgroundVault
from smtui.tui.jobs.rotation_worker import RotationWorker
from tests.conftest import PASSPHRASE, Clock
from tests.rotation.conftest import alive
from tests.tui.conftest import MakeApp, said, screen_text, until

pytestmark = pytest.mark.usefixtures("one_time_and_place")


@pytest.fixture
def due(client: Any, vault: smtui.Vault, clock: Clock) -> Any:
    """Returns the client of a vault with a secret whose daily rotation is overdue."""
    arn = vault.rotations().create_function(FunctionName="f", Password={})["FunctionArn"]
    client.create_secret(Name="db", SecretString="first")
    client.rotate_secret(SecretId="db", RotationLambdaARN=arn, RotationRules={"AutomaticallyAfterDays": 1},
                         RotateImmediately=False)
    clock.forward(days=1)
    return client


def value(client: Any) -> str:
    return str(client.get_secret_value(SecretId="db")["SecretString"])


async def test_what_is_due_is_rotated_and_said(app: MakeApp, due: Any) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        running.rotate_due()
        await until(pilot, lambda: "db rotated." in said(running))
        assert len(value(due)) == 32
        running.clear_notifications()
        await running.rotate_due().wait()

        assert said(running) == []


async def test_a_failure_says_why(app: MakeApp, due: Any, vault: smtui.Vault) -> None:
    due.cancel_rotate_secret(SecretId="db")
    arn = vault.rotations().create_function(FunctionName="g", Password={"Key": "absent"})["FunctionArn"]
    with vault.transaction():
        due.rotate_secret(SecretId="db", RotationLambdaARN=arn)
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        running.rotate_due()
        await until(pilot, lambda: said(running))

        assert said(running) == ["The rotation of db failed at createSecret: The value is not a JSON object, so it has "
                                 "no key absent."]


async def test_what_a_screen_begins_is_answered_at_once_and_carried_out_beside_it(app: MakeApp, due: Any) -> None:
    """RotateSecret returns before the function runs."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        assert running.session
        running.session.client().rotate_secret(SecretId="db")
        assert value(due) == "first"
        running.rotate_queued()

        await until(pilot, lambda: "db rotated." in said(running))
        assert len(value(due)) == 32


async def test_a_session_that_only_reads_rotates_nothing(app: MakeApp, due: Any) -> None:
    """The session is read-only, although the vault is writable."""
    running = app(read_only=True)
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        await running.rotate_due().wait()

        assert value(due) == "first"


async def test_the_lock_ends_a_function_and_what_it_had_begun_can_be_gone_on_with(
    app: MakeApp, due: Any, vault: smtui.Vault, tmp_path: Path
) -> None:
    """The function is ended by the lock, which does not wait for it."""
    begun = tmp_path / "begun"
    command = {"Arguments": ["sh", "-c", f"touch {begun}; sleep 300"], "TimeoutInSeconds": 600}
    arn = vault.rotations().create_function(FunctionName="slow", Command=command)["FunctionArn"]
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        assert running.session
        running.session.client().rotate_secret(SecretId="db", RotationLambdaARN=arn)
        running.rotate_queued()
        await until(pilot, begun.exists)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: vault.locked)
        await pilot.press(*PASSPHRASE, "enter")
        stopped = "The rotation of db failed at createSecret: It was stopped early: the vault was locked."
        await until(pilot, lambda: stopped in said(running))
        await until(pilot, lambda: "✗ failed rotation" in screen_text(running))
        await pilot.press("o", "h")
        await until(pilot, lambda: "rotation failed" in screen_text(running))

    with smtui.open_vault(vault.path, PASSPHRASE) as again:
        run = again.rotations().describe_rotation(SecretId="db")["Rotation"]
        assert (run["AtWork"], run["Attempts"]) == (False, 1)
        assert run["Message"] == "It was stopped early: the vault was locked."


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("key", ["ctrl+l", "q"])
async def test_a_function_that_reads_no_answer_ends_with_the_session(
    app: MakeApp, due: Any, vault: smtui.Vault, tmp_path: Path, key: str
) -> None:
    """A function that ignores SIGTERM is killed, with its children in other sessions and without its environment."""
    note, script = tmp_path / "pids", tmp_path / "function.py"
    script.write_text(f"""
import json, os, signal, socket, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
daemon = subprocess.Popen(["sleep", "600"], start_new_session=True, env={{}})
arn = json.loads(sys.stdin.readline())["SecretId"]
line = socket.socket(socket.AF_UNIX)
line.connect(os.environ["SMTUI_AGENT"])
open({str(note)!r}, "w").write(f"{{os.getpid()}} {{daemon.pid}} .")
while True:
    line.sendall(json.dumps({{"operation": "GetSecretValue", "params": {{"SecretId": arn}}}}).encode() + b"\\n")
""")
    command = {"Arguments": [sys.executable, str(script)], "TimeoutInSeconds": 600}
    arn = vault.rotations().create_function(FunctionName="deaf", Command=command)["FunctionArn"]
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        assert running.session
        running.session.client().rotate_secret(SecretId="db", RotationLambdaARN=arn)
        running.rotate_queued()
        await until(pilot, lambda: note.exists() and note.read_text().endswith("."))
        await pilot.press(key)
        if key == "q":
            await until(pilot, lambda: "A rotation is running" in screen_text(running))
            await pilot.press("tab", "enter")
        await until(pilot, lambda: vault.locked)

    assert not [pid for pid in note.read_text().split()[:2] if alive(int(pid))]
    with smtui.open_vault(vault.path, PASSPHRASE) as again:
        run = again.rotations().describe_rotation(SecretId="db")["Rotation"]
        assert (run["AtWork"], run["Attempts"]) == (False, 1)
        assert value(again.client()) == "first"


async def test_after_the_lock_nothing_is_rotated(vault: smtui.Vault, due: Any) -> None:
    background = BackgroundVault(vault)
    worker = RotationWorker(background)
    await background.stop()
    assert await worker.rotate_due() == []
    vault.lock()
    with smtui.open_vault(vault.path, PASSPHRASE) as again:
        assert value(again.client()) == "first"


async def test_reading_only_rotates_nothing(vault: smtui.Vault, due: Any) -> None:
    vault.close()
    with smtui.open_vault(vault.path, PASSPHRASE, read_only=True) as again:
        assert await RotationWorker(BackgroundVault(again)).rotate_due() == []
        assert value(again.client()) == "first"
