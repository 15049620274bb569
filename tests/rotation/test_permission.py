"""A vault that somebody else made runs nothing: a command waits until the user of this machine has allowed it."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.rotation.command import run_command
from smtui.rotation.function import NotPermittedError, Task
from tests.conftest import PASSPHRASE, Clock, by_another_program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="command functions need Unix sockets")

TOKEN = "00000000-1111-4000-8000-000000000000"
Machine = Callable[[str], None]


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """A file that appears once the command has run."""
    return tmp_path / "command-has-run"


@pytest.fixture
def arguments(marker: Path) -> list[str]:
    return ["/bin/sh", "-c", f"touch {marker}"]


@pytest.fixture
def move_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Goes on at the machine of that name, which has a state directory of its own."""
    return lambda name: monkeypatch.setenv("SMTUI_STATE", str(tmp_path / "machines" / name))


@pytest.fixture
def received(move_to: Machine, vault: smtui.Vault, clock: Clock, arguments: list[str]) -> smtui.Vault:
    """An attacker's vault, opened at the victim's machine: `db` is overdue for a command, `own` for a new password."""
    vault.close()
    move_to("attacker")
    with smtui.open_vault(vault.path, PASSPHRASE, clock=clock) as made:
        functions, client = made.rotations(), made.client()
        run = functions.create_function(FunctionName="run", Command={"Arguments": arguments})["FunctionArn"]
        new = functions.create_function(FunctionName="new", Password={})["FunctionArn"]
        for name, arn in (("db", run), ("own", new)):
            client.create_secret(Name=name, SecretString="first")
            client.rotate_secret(SecretId=name, RotationLambdaARN=arn, RotationRules={"AutomaticallyAfterDays": 1},
                                 RotateImmediately=False)
    Path(arguments[-1].removeprefix("touch ")).unlink()
    clock.forward(days=1)
    move_to("victim")
    return smtui.open_vault(vault.path, PASSPHRASE, clock=clock)


def read_function(vault: smtui.Vault, name: str = "run") -> dict[str, Any]:
    functions = vault.rotations().list_functions()["Functions"]
    return next(each for each in functions if each["FunctionName"] == name)


def allow(vault: smtui.Vault) -> None:
    vault.rotations().allow_function(FunctionName="run", Command=read_function(vault)["Command"])


def value(vault: smtui.Vault, name: str) -> str:
    return str(vault.client().get_secret_value(SecretId=name)["SecretString"])


def test_what_is_due_waits_and_other_rotations_go_on(received: smtui.Vault, marker: Path) -> None:
    """Nothing is claimed, begun or counted as failed, and looking again finds nothing to do."""
    ended = received.scheduler.run_due()

    assert [(each.name, each.problem) for each in ended] == [("own", "")]
    assert value(received, "own") != "first"
    assert not marker.exists()
    assert [(each.name, each.function) for each in received.scheduler.list_waiting()] == [("db", "run")]
    answer = received.rotations().describe_rotation(SecretId="db")
    assert answer["WaitsForPermission"]
    assert answer["Rotation"]["State"] == "done", "the attacker's own test of it; nothing was begun here"
    assert read_function(received)["WaitsForPermission"]
    assert not received.scheduler.has_due()
    assert received.scheduler.list_waiting_functions() == {read_function(received)["FunctionArn"]}
    assert received.alerts.find(["db"]).waiting_functions == received.scheduler.list_waiting_functions()


def test_a_rotation_that_is_asked_for_begins_and_waits(received: smtui.Vault, marker: Path, clock: Clock) -> None:
    """As on AWS, RotateSecret is answered; here nothing runs until the command is allowed."""
    received.client().rotate_secret(SecretId="db", ClientRequestToken=TOKEN)
    received.scheduler.run_due(secret_id="db")
    clock.forward(days=40)
    received.scheduler.run_due()

    run = received.rotations().describe_rotation(SecretId="db")["Rotation"]
    assert (run["State"], run["Attempts"], run["AtWork"]) == ("waiting", 0, False)
    assert not marker.exists()
    allow(received)
    received.scheduler.run_due(secret_id="db")
    assert marker.exists()


def test_a_test_of_the_function_waits_too(received: smtui.Vault, marker: Path) -> None:
    received.client().rotate_secret(SecretId="db", RotateImmediately=False, ClientRequestToken=TOKEN)

    assert not marker.exists()
    assert received.rotations().describe_rotation(SecretId="db")["Rotation"]["State"] == "waiting"


def test_once_allowed_it_runs_here_and_nowhere_else(
    received: smtui.Vault, marker: Path, move_to: Machine, clock: Clock
) -> None:
    allow(received)
    assert "WaitsForPermission" not in read_function(received)
    assert received.scheduler.has_due()
    received.scheduler.run_due()
    assert marker.exists()
    marker.unlink()
    received.close()
    clock.forward(days=2)
    move_to("third")
    with smtui.open_vault(received.path, PASSPHRASE, clock=clock) as again:
        again.scheduler.run_due()
        assert [each.name for each in again.scheduler.list_waiting()] == ["db"]
    assert not marker.exists()


def test_what_is_made_here_is_allowed_here(vault: smtui.Vault, marker: Path, arguments: list[str]) -> None:
    made = vault.rotations().create_function(FunctionName="run", Command={"Arguments": arguments})
    vault.client().create_secret(Name="db", SecretString="first")
    vault.client().rotate_secret(SecretId="db", RotationLambdaARN=made["FunctionArn"])

    assert "WaitsForPermission" not in made
    assert marker.exists()


def test_a_permission_survives_a_new_passphrase(received: smtui.Vault, marker: Path) -> None:
    allow(received)
    received.maintenance.change_passphrase("an entirely different one")

    received.scheduler.run_due()
    assert marker.exists()


CHANGES = {
    "another argument": """UPDATE functions SET settings = replace(settings, 'touch', 'touch -a') WHERE name = 'run'""",
    "one argument made of two":
        """UPDATE functions SET settings = replace(settings, '"-c", ', '') WHERE name = 'run'""",
    "a time limit": "UPDATE functions SET settings = json_set(settings, '$.TimeoutInSeconds', 61) WHERE name = 'run'",
    "the default as a limit":
        "UPDATE functions SET settings = json_set(settings, '$.TimeoutInSeconds', 60) WHERE name = 'run'",
    "no whole number":
        "UPDATE functions SET settings = json_set(settings, '$.TimeoutInSeconds', 60.0) WHERE name = 'run'",
    "a setting to come": "UPDATE functions SET settings = json_set(settings, '$.Reads', 'all') WHERE name = 'run'",
    "made again": "UPDATE functions SET created_at = created_at + 1 WHERE name = 'run'",
    "another kind": "UPDATE functions SET kind = 'COMMAND' WHERE name = 'run'",
    "no list": """UPDATE functions SET settings = '{"Arguments": "/bin/sh"}' WHERE name = 'run'""",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_takes_the_permission_away(
    received: smtui.Vault, marker: Path, clock: Clock, change: str
) -> None:
    allow(received)
    key = received.unlock_key()
    received.close()
    by_another_program(received.path, key, change)
    with smtui.open_vault(received.path, PASSPHRASE, clock=clock) as again:
        again.scheduler.run_due()
        with contextlib.suppress(smtui.ClientError):  # what cannot be read has been begun, and has failed
            again.client().rotate_secret(SecretId="db")
        again.scheduler.run_due(secret_id="db")

        assert read_function(again).keys() & {"WaitsForPermission", "Unreadable"}
    assert not marker.exists()


def test_changed_settings_need_a_permission_of_their_own(vault: smtui.Vault, arguments: list[str]) -> None:
    """The former permission does not return with the former settings either."""
    made, other = {"Arguments": arguments}, {"Arguments": ["true"]}
    rotations = vault.rotations()
    rotations.create_function(FunctionName="run", Command=made)
    assert "WaitsForPermission" not in read_function(vault)

    rotations.update_function(FunctionName="run", Command=other, Allow=False)
    assert read_function(vault)["WaitsForPermission"]
    rotations.update_function(FunctionName="run", Command=made, Allow=False)
    assert read_function(vault)["WaitsForPermission"]
    rotations.update_function(FunctionName="run", Command=made)
    assert "WaitsForPermission" not in read_function(vault)


def test_removed_and_made_again_elsewhere(
    received: smtui.Vault, marker: Path, move_to: Machine, clock: Clock, arguments: list[str]
) -> None:
    """By somebody else, with the very same command: it is another function."""
    allow(received)
    move_to("attacker")
    clock.forward(seconds=1)
    with smtui.open_vault(received.path, PASSPHRASE, clock=clock) as theirs:
        theirs.client().cancel_rotate_secret(SecretId="db")
        theirs.rotations().delete_function(FunctionName="run")
        theirs.rotations().create_function(FunctionName="run", Command={"Arguments": arguments})
    move_to("victim")

    assert read_function(received)["WaitsForPermission"]


def test_under_another_name_or_region(received: smtui.Vault, clock: Clock) -> None:
    allow(received)
    key = received.unlock_key()
    received.close()
    by_another_program(
        received.path, key,
        "INSERT INTO functions SELECT region, 'other', kind, settings, created_at FROM functions WHERE name = 'run'",
        "INSERT INTO functions SELECT 'eu-west-1', name, kind, settings, created_at FROM functions WHERE name = 'run'",
    )
    with smtui.open_vault(received.path, PASSPHRASE, clock=clock) as again:
        assert "WaitsForPermission" not in read_function(again)
        assert read_function(again, "other")["WaitsForPermission"]
        [far] = again.rotations(region_name="eu-west-1").list_functions()["Functions"]
        assert far["WaitsForPermission"]


def test_a_record_of_another_vault_or_an_altered_one(
    received: smtui.Vault, marker: Path, tmp_path: Path, clock: Clock
) -> None:
    """Each record is copied to where another is looked for, and each of its bits is turned."""
    allow(received)
    folder = received._state.permissions.folder
    [record] = folder.iterdir()
    held = record.read_bytes()
    arguments = read_function(received)["Command"]["Arguments"]
    with smtui.create_vault(tmp_path / "other.vault", PASSPHRASE, clock=clock) as other:
        other.rotations().create_function(FunctionName="run", Command={"Arguments": arguments}, Allow=False)
        function = read_function(other)
        place = other._state.permissions._get_path(function)
        place.parent.mkdir(parents=True)
        shutil.copyfile(record, place)
        place.chmod(0o600)
        assert read_function(other)["WaitsForPermission"]
    for bit in range(len(held) * 8):
        changed = bytearray(held)
        changed[bit // 8] ^= 1 << bit % 8
        record.write_bytes(changed)
        assert "WaitsForPermission" in read_function(received)
    for other_content in (b"", held[:-1], held + b"\0", held * 2):
        record.write_bytes(other_content)
        assert "WaitsForPermission" in read_function(received)
    record.write_bytes(held)
    assert "WaitsForPermission" not in read_function(received)
    record.chmod(0o620)
    assert "WaitsForPermission" in read_function(received), "others can write it"
    record.unlink()
    record.symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").write_bytes(held)
    assert "WaitsForPermission" in read_function(received), "it is a link"
    received.scheduler.run_due()
    assert not marker.exists()


def test_what_was_shown_is_what_is_allowed(received: smtui.Vault) -> None:
    """Another command by the time somebody agrees: refused, and nothing is allowed."""
    seen = {"Arguments": ["/bin/true"]}
    with pytest.raises(smtui.ClientError, match="does not run the command that was shown"):
        received.rotations().allow_function(FunctionName="run", Command=seen)

    assert read_function(received)["WaitsForPermission"]


def test_a_permission_is_taken_back(received: smtui.Vault, marker: Path) -> None:
    allow(received)
    assert "WaitsForPermission" in received.rotations().revoke_function(FunctionName="run")

    received.scheduler.run_due()
    assert not marker.exists()


def test_taken_back_between_claim_and_start(
    received: smtui.Vault, marker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is not started; the run goes back untried, and other rotations go on."""
    allow(received)
    permits = received._state.permissions.can_run
    asked = []

    def can_run(function: dict[str, Any]) -> bool:
        """True until the claim is through."""
        asked.append(function)
        claimed = any(event["eventName"] == "ClaimRotation" for event in received.audit_log(limit=2))
        return permits(function) and not claimed

    monkeypatch.setattr(received._state.permissions, "can_run", can_run)
    received.client().rotate_secret(SecretId="db")
    monkeypatch.undo()

    run = received.rotations().describe_rotation(SecretId="db")["Rotation"]
    assert (run["State"], run["Attempts"], run["AtWork"]) == ("waiting", 0, False)
    assert asked
    assert not marker.exists()


def test_no_process_is_started_without_a_permission(received: smtui.Vault, marker: Path) -> None:
    """Whoever calls it: a task that nobody gave a permission to runs nothing."""
    function = {each: read_function(received)[each] for each in ("FunctionName", "FunctionArn", "Created", "Command")}
    claimed = {"SecretARN": "a", "SecretName": "db", "Kind": "rotation", "Step": "createSecret",
               "ClientRequestToken": TOKEN, "RotationToken": TOKEN, "Function": function}
    with pytest.raises(NotPermittedError):
        run_command(Task.make(claimed, lambda: True), "createSecret", received.client())
    assert not marker.exists()


def test_a_state_directory_that_cannot_be_written(
    vault: smtui.Vault, machine: Path, marker: Path, arguments: list[str]
) -> None:
    """The function is made and not allowed; asking for the permission says why it cannot be kept."""
    (machine / "allowed").write_text("a file where a folder should be")
    made = vault.rotations().create_function(FunctionName="run", Command={"Arguments": arguments})
    vault.client().create_secret(Name="db", SecretString="first")
    vault.client().rotate_secret(SecretId="db", RotationLambdaARN=made["FunctionArn"])

    assert made["WaitsForPermission"]
    with pytest.raises(smtui.ClientError, match="The permission cannot be stored in "):
        allow(vault)
    assert not marker.exists()


def test_who_allowed_what_is_in_the_trail(received: smtui.Vault, arguments: list[str]) -> None:
    allow(received)

    [event] = list(received.audit_log(operation="AllowFunction"))
    assert event["requestParameters"]["command"]["arguments"] == arguments
    assert json.dumps(event)
