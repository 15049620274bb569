"""Tests that a write that agent or endpoint have acknowledged survives kill -9, and that the next agent starts."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread
from typing import Any

import boto3
import pytest
from botocore.config import Config

import smtui
from smtui.backends import agent_client
from smtui.server.agent import Agent
from smtui.server.shared_vault import LockLimits, SharedVault
from smtui.system.ambient import Ambient
from tests.agents import runtime
from tests.conftest import PASSPHRASE
from tests.waiting import LIMIT

__all__ = ["runtime"]
ROOT = Path(smtui.__file__).parents[1]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
WRITERS, WRITES = 3, 8


@pytest.fixture(scope="module")
def real_vault(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A vault with the real key derivation, which other processes can open, and its key."""
    path = tmp_path_factory.mktemp("real") / "v.vault"
    with smtui.create_vault(path, PASSPHRASE) as vault:
        return path, vault.unlock_key()


@pytest.mark.parametrize("through_agent", [False, True], ids=["endpoint", "agent"])
def test_acknowledged_writes_survive_kill_9(
    real_vault: tuple[Path, bytes], tmp_path: Path, runtime: Path, through_agent: bool
) -> None:
    key = real_vault[1]
    path = Path(shutil.copy(real_vault[0], tmp_path / "v.vault"))
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "SMTUI_VAULT": str(path),
               "SMTUI_CONFIG": str(tmp_path / "config.toml"), "SMTUI_STATE": str(tmp_path / "state"),
               "SMTUI_PASSPHRASE": PASSPHRASE, "XDG_RUNTIME_DIR": str(runtime)}
    command = [sys.executable, "-m", "smtui", "serve", "--port", "0", "--env"]
    server = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    exports = dict(server.stdout.readline().removeprefix("export ").rstrip("\n").split("=", 1) for _ in range(8))
    acknowledged: list[str] = []
    enough = Event()

    def write(writer: int) -> None:
        client: Any = agent_client.connect(path) if through_agent else boto3.client(
            "secretsmanager", endpoint_url=exports["AWS_ENDPOINT_URL_SECRETS_MANAGER"], region_name="us-east-1",
            aws_access_key_id=exports["AWS_ACCESS_KEY_ID"], aws_secret_access_key=exports["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"max_attempts": 0}))
        number = 0
        try:
            while True:
                client.create_secret(Name=f"{writer}/{number}", SecretString=f"value {writer} {number}")
                acknowledged.append(f"{writer} {number}")
                number += 1
                if len(acknowledged) >= WRITERS * WRITES:
                    enough.set()
        except Exception:  # the server is gone
            return

    threads = [Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    for each in threads:
        each.start()
    assert enough.wait(LIMIT)
    server.send_signal(signal.SIGKILL)
    server.wait(LIMIT)
    for each in threads:
        each.join(LIMIT)

    with smtui.open_vault(path, key=key) as vault:
        client = vault.client()
        for each in acknowledged:
            writer, number = each.split()
            assert client.get_secret_value(SecretId=f"{writer}/{number}")["SecretString"] == f"value {each}"
        assert vault.maintenance.check().clean
    assert agent_client.connect(path) is None
    opened = smtui.open_vault(path, key=key)
    agent = Agent(SharedVault(opened, lambda _: opened, LockLimits(), Ambient()))
    agent.start(opened)
    again: Any = agent_client.connect(path)
    assert again.get_secret_value(SecretId="0/0")["SecretString"] == "value 0 0"
    again.close()
    agent.close()
