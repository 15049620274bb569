"""A signed GetSecretValue over HTTP, beside moto's server: `python -m benchmarks.endpoint`.

Needs `pip install -e '.[bench,test]'`. CPU milliseconds of the server for each request, turn and turn about, on one
connection, which moto ends after each request; and the memory of the endpoint after all of them. moto verifies no
signature, keeps everything in memory and records nothing.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import smtui
from benchmarks.harness import PASSPHRASE, tell

ROUNDS, REQUESTS = 11, 1000
SECRET = "prod/db"
BODY = json.dumps({"SecretId": SECRET}).encode()
TICKS = os.sysconf("SC_CLK_TCK")


def read_cpu(pid: int) -> float:
    """The CPU seconds that a process has used."""
    fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def read_memory(pid: int) -> float:
    """The resident memory of a process in MiB."""
    status = (Path("/proc") / str(pid) / "status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


class Line:
    """A connection that sends one signed request again and again."""

    def __init__(self, port: int, credentials: Credentials) -> None:
        self._port = port
        self._line = self._connect()
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager.GetSecretValue"}
        request = AWSRequest("POST", f"http://127.0.0.1:{port}/", data=BODY, headers=headers)
        SigV4Auth(credentials, "secretsmanager", "us-east-1").add_auth(request)
        lines = [f"{name}: {value}" for name, value in request.headers.items()]
        head = ["POST / HTTP/1.1", f"Host: 127.0.0.1:{port}", *lines, f"Content-Length: {len(BODY)}"]
        self._raw = "\r\n".join([*head, "", ""]).encode() + BODY

    def _connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._port), timeout=60)

    def _receive(self) -> bytes:
        received = self._line.recv(65536)
        assert received, "the server ended the connection"
        return received

    def ask(self) -> None:
        """Sends the request and reads the answer. moto's server ends the connection after each."""
        self._line.sendall(self._raw)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive()
        head, _, body = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), received
        length = int(next(each for each in head.lower().split(b"\r\n") if each.startswith(b"content-length"))[15:])
        while len(body) < length:
            body += self._receive()
        if b"connection: close" in head.lower():
            self._line.close()
            self._line = self._connect()


@contextmanager
def serve(path: Path) -> Iterator[tuple[int, Line]]:
    environ = {**os.environ, "SMTUI_PASSPHRASE": PASSPHRASE, "SMTUI_VAULT": str(path)}
    program = subprocess.Popen([sys.executable, "-m", "smtui", "serve", "--port", "0", "--env", "--no-agent"],
                               env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert program.stdout is not None
    names: dict[str, str] = dict(
        program.stdout.readline().removeprefix("export ").rstrip("\n").split("=", 1) for _ in range(8))  # type: ignore[misc]
    port = int(names["AWS_ENDPOINT_URL_SECRETS_MANAGER"].rpartition(":")[2])
    keys = Credentials(names["AWS_ACCESS_KEY_ID"], names["AWS_SECRET_ACCESS_KEY"], names["AWS_SESSION_TOKEN"])
    try:
        yield program.pid, Line(port, keys)
    finally:
        program.terminate()
        program.wait()


@contextmanager
def serve_moto() -> Iterator[tuple[int, Line]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        make_client: Any = boto3.client
        client = make_client("secretsmanager", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1",
                             aws_access_key_id="x", aws_secret_access_key="x")
        client.create_secret(Name=SECRET, SecretString="x" * 100)
        yield program.pid, Line(port, Credentials("x", "x"))
    finally:
        program.terminate()
        program.wait()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "endpoint.vault"
        with smtui.create_vault(path, PASSPHRASE) as vault:
            vault.client().create_secret(Name=SECRET, SecretString="x" * 100)
        figures: dict[str, list[float]] = {"smtui": [], "moto": []}
        with serve(path) as ours, serve_moto() as moto:
            for _ in range(ROUNDS):
                for name, (pid, line) in (("smtui", ours), ("moto", moto)):
                    before = read_cpu(pid)
                    for _ in range(REQUESTS):
                        line.ask()
                    figures[name].append((read_cpu(pid) - before) / REQUESTS * 1000)
            memory = read_memory(ours[0])
    mine, theirs = median(figures["smtui"]), median(figures["moto"])
    tell(__file__, ["", "smtui", "moto_server", "ratio"], [
        ["signed GetSecretValue, CPU ms", mine, theirs, mine / theirs],
        [f"memory after {ROUNDS * REQUESTS:,} requests, MiB", memory, 0.0, 0.0],
    ])


if __name__ == "__main__":
    main()
