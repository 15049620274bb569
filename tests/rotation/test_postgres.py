"""One rotation for real: the password of a user of a PostgreSQL server."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pg8000.exceptions import DatabaseError, InterfaceError

import smtui
from tests.rotation.postgres_function import connect
from tests.waiting import LIMIT

FIRST = "as-it-was-set-up"
UNPRIVILEGED = "postgres"
ID: Any = {"SecretId": "prod/db"}


def program(name: str) -> str | None:
    """Debian keeps the server's programs out of the path."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = (shutil.which(name, path=str(place)) for place in places)
    return next(filter(None, found), None) or shutil.which(name)


pytestmark = pytest.mark.skipif(program("initdb") is None, reason="there is no PostgreSQL server on this machine")


@dataclass(frozen=True)
class Server:
    """A server that listens on this machine, with the superuser `admin`."""

    port: int

    def login(self, username: str, password: str) -> dict[str, Any]:
        return {"host": "127.0.0.1", "port": self.port, "dbname": "postgres", "username": username,
                "password": password}

    def lets_in(self, username: str, password: str) -> bool:
        try:
            connect(self.login(username, password)).close()
        except DatabaseError:
            return False
        return True


@pytest.fixture
def server() -> Iterator[Server]:
    """PostgreSQL refuses to run as root: there it runs as the user its package made."""
    unprivileged = {"user": UNPRIVILEGED} if os.geteuid() == 0 else {}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        home = Path(folder)
        (home / "password").write_text("admin")
        if unprivileged:
            for path in (home, home / "password"):
                shutil.chown(path, UNPRIVILEGED)
        common: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL,
                                  "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"}, **unprivileged}
        subprocess.run([program("initdb"), "-D", "data", "-U", "admin", "-A", "scram-sha-256", "--pwfile", "password",
                        "--no-sync"], check=True, **common)
        running = subprocess.Popen([program("postgres"), "-D", "data", "-p", str(port), "-k", folder, "-F",
                                    "-c", "listen_addresses=127.0.0.1"], **common)
        try:
            yield ready(Server(port), running)
        finally:
            running.terminate()
            running.wait(LIMIT)


def ready(server: Server, running: subprocess.Popen[bytes]) -> Server:
    """Tries to log in until the server answers."""
    while running.poll() is None:
        try:
            connection = connect(server.login("admin", "admin"))
        except (DatabaseError, InterfaceError):
            continue
        connection.run(f"CREATE USER app PASSWORD '{FIRST}'")
        connection.close()
        return server
    raise AssertionError("the server did not start")


def test_the_password_of_a_database_user(vault: smtui.Vault, server: Server, tmp_path: Path) -> None:
    """The old password logs in before and not after; the new one is what the vault holds; and once more."""
    function = tmp_path / "function.sh"
    here = Path(__file__).parents[2]
    function.write_text(f"#!/bin/sh\nPYTHONPATH={here} exec {sys.executable} -m tests.rotation.postgres_function\n")
    function.chmod(0o755)
    client, rotations = vault.client(), vault.rotations()
    arn = rotations.create_function(FunctionName="postgres", Command={"Arguments": [str(function)]})["FunctionArn"]
    client.create_secret(Name="prod/db", SecretString=json.dumps(server.login("app", FIRST)))
    assert server.lets_in("app", FIRST)

    passwords = [FIRST]
    for _ in range(2):
        client.rotate_secret(**ID, RotationLambdaARN=arn, RotationRules={"AutomaticallyAfterDays": 30})
        run = rotations.describe_rotation(**ID)["Rotation"]
        assert run["State"] == "done", run["Message"]
        passwords.append(json.loads(client.get_secret_value(**ID)["SecretString"])["password"])

    assert [server.lets_in("app", password) for password in passwords] == [False, False, True]
    previous = json.loads(client.get_secret_value(**ID, VersionStage="AWSPREVIOUS")["SecretString"])["password"]
    assert previous == passwords[1]
