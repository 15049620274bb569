"""Real processes: two that want to rotate at once, and one that is killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.system.ambient import read_system_clock
from tests.waiting import LIMIT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and signals")

PASSPHRASE = "correct horse battery staple"
ROOT = Path(__file__).parents[2]
ID: Any = {"SecretId": "db"}
# Rotates what is due, with a key derivation that costs nothing.
ROTATE = f"""
import sys, smtui
from smtui.vault import kdf
kdf.PROFILES.update({{number: kdf.Profile(memory_cost=64, iterations=1, lanes=1) for number in kdf.PROFILES}})
with smtui.open_vault(sys.argv[1], "{PASSPHRASE}") as vault:
    print(len(vault.scheduler.run_due()))
"""
# Counts how often it makes a password, and waits at one step until it is let go.
FUNCTION = """
import json, os, sys, smtui
event = json.load(sys.stdin)
client = smtui.rotation_client()
arn, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
open("{folder}/steps", "a").write(step + "\\n")
if step == "createSecret":
    try:
        client.get_secret_value(SecretId=arn, VersionId=token)
    except client.exceptions.ResourceNotFoundException:
        client.put_secret_value(SecretId=arn, ClientRequestToken=token, SecretString="made " + token,
                                VersionStages=["AWSPENDING"])
if step == "{waits_at}":
    open("{folder}/reached", "w").close()
    open("{folder}/go").read()
if step == "finishSecret":
    versions = client.describe_secret(SecretId=arn)["VersionIdsToStages"]
    [current] = [version for version, stages in versions.items() if "AWSCURRENT" in stages]
    if current != token:
        client.update_secret_version_stage(SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token,
                                           RemoveFromVersionId=current)
"""


def due(path: Path, folder: Path, waits_at: str) -> None:
    """A vault with one secret whose rotation has begun and waits to be carried out."""
    script = folder / "function.py"
    script.write_text(f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
                      + FUNCTION.replace("{folder}", str(folder)).replace("{waits_at}", waits_at))
    os.mkfifo(folder / "go")
    with smtui.create_vault(path, PASSPHRASE) as vault:
        client = vault.client()
        client.create_secret(Name="db", SecretString="first")
        arn = vault.rotations().create_function(
            FunctionName="f", Command={"Arguments": [sys.executable, str(script)]}
        )["FunctionArn"]
        with vault.transaction():
            client.rotate_secret(**ID, RotationLambdaARN=arn)


def start_rotation(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", ROTATE, str(path)], stdout=subprocess.PIPE, text=True, cwd=ROOT)


def until_reached(folder: Path, process: subprocess.Popen[str]) -> None:
    while not (folder / "reached").exists():
        assert process.poll() is None, "it ended before it came there"
    (folder / "reached").unlink()


def let_go(folder: Path) -> None:
    (folder / "go").write_text("")


def versions(vault: smtui.Vault) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = vault.client().list_secret_version_ids(**ID, IncludeDeprecated=True)["Versions"]
    return found


def test_two_at_once(tmp_path: Path, cheap_kdf: None) -> None:
    """While one is at work the other finds nothing to do; afterwards there is one new version."""
    path = tmp_path / "v.vault"
    due(path, tmp_path, "setSecret")
    first = start_rotation(path)
    until_reached(tmp_path, first)
    assert start_rotation(path).communicate(timeout=LIMIT)[0] == "0\n"
    let_go(tmp_path)
    assert first.communicate(timeout=LIMIT)[0] == "1\n"

    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert len(versions(vault)) == 2
        assert vault.maintenance.check().clean
    assert (tmp_path / "steps").read_text().split() == ["createSecret", "setSecret", "testSecret", "finishSecret"]


@pytest.mark.parametrize("died_at", ["createSecret", "setSecret", "testSecret", "finishSecret"])
def test_killed_in_the_middle(tmp_path: Path, cheap_kdf: None, died_at: str) -> None:
    """The next process goes on at that step, with the same version; the value that was made is the one that counts."""
    path = tmp_path / "v.vault"
    due(path, tmp_path, died_at)
    killed = start_rotation(path)
    until_reached(tmp_path, killed)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    let_go(tmp_path)
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert vault.client().get_secret_value(**ID)["SecretString"] == "first"
        [token] = [each["VersionId"] for each in versions(vault) if "AWSPENDING" in each.get("VersionStages", ())]
        assert vault.maintenance.check().clean
        assert vault.scheduler.run_due() == []

    script = tmp_path / "function.py"
    script.write_text(script.read_text().replace(f'step == "{died_at}":\n    open', 'step == "nowhere":\n    open'))
    with smtui.open_vault(path, PASSPHRASE, clock=lambda: read_system_clock() + timedelta(minutes=17)) as vault:
        assert [ended.problem for ended in vault.scheduler.run_due()] == [""]
        value = vault.client().get_secret_value(**ID)
        assert (value["VersionId"], value["SecretString"]) == (token, f"made {token}")
        assert len(versions(vault)) == 2
        assert vault.maintenance.check().clean
