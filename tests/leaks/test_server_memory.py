"""Tests that the memory of a locked agent and endpoint contains no value, passphrase or key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
import pytest

import smtui
from smtui.backends import agent_client
from smtui.vault.kdf import FileKeys
from tests.leaks.marker import spellings
from tests.leaks.memory import Found, search
from tests.waiting import LIMIT, wait_until

PASSPHRASE = "Zq7-marked-passphrase-Wm4vKx"
READ, WRITTEN, THROUGH_AGENT = "read-Kq7wombatZx93fjord", "written-Hn5Bc6pelicanTq81", "agent-Jw8LemurVb2crag"
ROOT = Path(smtui.__file__).parents[1]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/PID/mem")


@pytest.fixture
def serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, Path, dict[str, str], FileKeys]]:
    """The process of an endpoint, its vault, the environment for its programs, and the keys of the vault."""
    path = tmp_path / "memory.vault"
    with smtui.create_vault(path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="a", SecretString=READ)
        vault.client().create_secret(Name="c", SecretString=json.dumps({"password": THROUGH_AGENT}))
        vault.callers.add("alice", "admin")
        keys = FileKeys.from_key(vault.unlock_key())
    with TemporaryDirectory(prefix="smtui-t", dir="/tmp") as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "SMTUI_VAULT": str(path),
                   "SMTUI_CONFIG": str(tmp_path / "config.toml"), "SMTUI_STATE": str(tmp_path / "state"),
                   "XDG_RUNTIME_DIR": runtime}
        server = subprocess.Popen(
            [sys.executable, "-m", "smtui", "serve", "--allow-debug", "--port", "0", "--env", "--passphrase-fd", "0"],
            env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert server.stdin is not None and server.stdout is not None
        server.stdin.write(f"{PASSPHRASE}\n")
        server.stdin.close()
        lines = [server.stdout.readline() for _ in range(8)]
        exports = dict(line.removeprefix("export ").rstrip("\n").split("=", 1) for line in lines)
        yield server.pid, path, exports, keys
        server.terminate()
        server.wait(LIMIT)


def test_a_locked_endpoint_holds_nothing(serving: tuple[int, Path, dict[str, str], FileKeys]) -> None:
    pid, path, exports, keys = serving
    markers = {"passphrase": PASSPHRASE, "read": READ, "written": WRITTEN, "agent": THROUGH_AGENT}
    wanted = {f"{what}, {form}": needle for what, marker in markers.items()
              for form, needle in spellings(marker).items()}
    wanted |= {"page key": bytes(keys.page), "root key": bytes(keys.root)}
    client: Any = boto3.client(
        "secretsmanager", endpoint_url=exports["AWS_ENDPOINT_URL_SECRETS_MANAGER"], region_name="us-east-1",
        aws_access_key_id=exports["AWS_ACCESS_KEY_ID"], aws_secret_access_key=exports["AWS_SECRET_ACCESS_KEY"])
    for number in range(5):
        client.get_secret_value(SecretId="a")
        client.create_secret(Name=f"b{number}", SecretString=WRITTEN)
        client.put_secret_value(SecretId=f"b{number}", SecretBinary=WRITTEN.encode())
    agent: Any = agent_client.connect(path)
    assert THROUGH_AGENT in agent.get_secret_value(SecretId="c")["SecretString"]
    with smtui.open_vault(path, key=keys.unlock_key()) as vault:
        alice = vault.callers.find_by_name("alice")
        assert alice is not None
    stored: Any = boto3.client(
        "secretsmanager", endpoint_url=exports["AWS_ENDPOINT_URL_SECRETS_MANAGER"], region_name="us-east-1",
        aws_access_key_id=alice.caller.access_key_id, aws_secret_access_key=alice.secret_access_key)
    stored.describe_secret(SecretId="a")
    wanted["stored secret key"] = alice.secret_access_key.encode()
    assert search(pid, {"page key": wanted["page key"]}), "the search finds what an open vault holds"

    agent.request("lock")
    found: list[Found] = []

    def is_clean() -> bool:
        found[:] = search(pid, wanted)
        return not found

    try:
        wait_until(is_clean, "clean memory")  # the threads of closed connections end first
    except AssertionError:
        pytest.fail("\n".join(map(str, found)))
