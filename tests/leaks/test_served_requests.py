"""Tests that a value that passes through agent and endpoint is in no log, file, error, or entry of /proc."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import smtui
from smtui.backends import agent_client
from tests.agents import make_runtime_folder
from tests.conftest import PASSPHRASE
from tests.leaks.marker import files_with, found_in
from tests.waiting import LIMIT

ROOT = Path(smtui.__file__).parents[1]
VALUE, WRONG = "served-Kq7wombatZx93fjord", "refused-Hn5Bc6pelicanTq81"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets")


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Path, dict[str, str]]]:
    """The process of an endpoint whose log is a file, its home, and the environment for programs."""
    home = tmp_path / "home"
    home.mkdir()
    with smtui.create_vault(home / "v.vault", PASSPHRASE):
        pass
    with make_runtime_folder() as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
        environ = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), "TMPDIR": str(home),
                   "SMTUI_VAULT": str(home / "v.vault"), "SMTUI_CONFIG": str(home / "config.toml"),
                   "SMTUI_STATE": str(home / "state"), "XDG_RUNTIME_DIR": str(folder)}
        with (home / "log").open("w") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "smtui", "serve", "--port", "0", "--env", "--passphrase-fd", "0"],
                env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        assert server.stdin is not None and server.stdout is not None
        server.stdin.write(f"{PASSPHRASE}\n")
        server.stdin.close()
        lines = [server.stdout.readline() for _ in range(8)]
        yield server, home, dict(line.removeprefix("export ").rstrip("\n").split("=", 1) for line in lines)
        if server.poll() is None:
            server.kill()
        assert not list(files_with(folder, VALUE, WRONG)), "the runtime folder"


def test_a_value_is_nowhere_but_in_its_response(served: tuple[Any, Path, dict[str, str]]) -> None:
    server, home, exports = served
    client: Any = boto3.client(
        "secretsmanager", endpoint_url=exports["AWS_ENDPOINT_URL_SECRETS_MANAGER"], region_name="us-east-1",
        aws_access_key_id=exports["AWS_ACCESS_KEY_ID"], aws_secret_access_key=exports["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"max_attempts": 0}))
    client.create_secret(Name="a", SecretString=VALUE)
    client.put_secret_value(SecretId="a", SecretBinary=VALUE.encode())
    assert client.get_secret_value(SecretId="a", VersionStage="AWSPREVIOUS")["SecretString"] == VALUE
    errors = [refuse(client.create_secret, Name="a", SecretString=WRONG),
              refuse(client.put_secret_value, SecretId="none", SecretString=WRONG),
              refuse(client.put_secret_value, SecretId="a", SecretString=WRONG, VersionStages=["x" * 300])]
    agent: Any = agent_client.connect(home / "v.vault")
    agent.update_secret(SecretId="a", SecretString=VALUE)
    status = str([agent.request("status"), agent.request("named_requests", above=0)])
    events = subprocess.run([sys.executable, "-m", "smtui", "audit", "--json"], check=True, text=True,
                            capture_output=True, timeout=LIMIT, env={
                                **os.environ, "PYTHONPATH": str(ROOT), "SMTUI_VAULT": str(home / "v.vault"),
                                "SMTUI_PASSPHRASE": PASSPHRASE, "SMTUI_STATE": str(home / "state")}).stdout
    process = [path.read_bytes() for path in Path(f"/proc/{server.pid}").glob("cmdline")]
    agent.close()
    server.send_signal(signal.SIGTERM)
    server.wait(LIMIT)

    assert "PutSecretValue" in events and "UpdateSecret" in events
    for where, data in {"errors": str(errors), "status": status, "audit log": events, "process": str(process)}.items():
        assert not [*found_in(data.encode(), VALUE), *found_in(data.encode(), WRONG)], where
    assert "GetSecretValue 200" in (home / "log").read_text()
    assert list(files_with(home, VALUE, WRONG)) == []


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() == 0, reason="root may read everything in /proc")
def test_the_environment_and_the_memory_are_closed(served: tuple[Any, Path, dict[str, str]]) -> None:
    for name in ("environ", "mem"):
        with pytest.raises(PermissionError):
            (Path("/proc") / str(served[0].pid) / name).open("rb")


def refuse(call: Any, **params: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**params)
    return repr(caught.value) + str(caught.value.response)
