"""Fixtures of the servers' tests: a shared vault, its callers, and an endpoint with requests that botocore signs."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import smtui
from smtui.protocol.key_pair import KeyPair
from smtui.protocol.messages import HttpRequest, HttpResponse
from smtui.server.credentials import CallerRegistry
from smtui.server.endpoint import Endpoint
from smtui.server.restrictions import Restrictions
from smtui.server.shared_vault import LockLimits, SharedVault
from smtui.system.ambient import Ambient
from tests.agents import runtime
from tests.conftest import PASSPHRASE, Clock

__all__ = ["runtime"]

HOST = "127.0.0.1:2773"
ACCOUNT = "000000000000"


@pytest.fixture
def ambient(clock: Clock) -> Ambient:
    return Ambient.with_clock(clock)


@pytest.fixture
def shared(vault: smtui.Vault, clock: Clock, ambient: Ambient) -> Iterator[SharedVault]:
    path = vault.path
    shared = SharedVault(
        vault, lambda passphrase: smtui.open_vault(path, passphrase, clock=clock), LockLimits(), ambient)
    yield shared
    shared.lock()


@pytest.fixture
def callers(ambient: Ambient) -> CallerRegistry:
    return CallerRegistry(ambient, ACCOUNT, {"alice": "none"})


class Signer:
    """Signs requests as botocore does, at the time of a clock."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def sign(
        self, keys: KeyPair, body: bytes, *, target: str = "", region: str = "us-east-1", path: str = "/",
        method: str = "POST", service: str = "secretsmanager", headers: dict[str, str] | None = None,
        token: str | None = None,
    ) -> HttpRequest:
        given = {"Content-Type": "application/x-amz-json-1.1", **({"X-Amz-Target": target} if target else {}),
                 **(headers or {})}
        request = AWSRequest(method=method, url=f"http://{HOST}{path}", data=body, headers=given)
        credentials = Credentials(keys.access_key_id, keys.secret_access_key, token)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("botocore.auth.get_current_datetime", self._tell_time)
            SigV4Auth(credentials, service, region).add_auth(request)
        found = [(name.lower(), str(value)) for name, value in request.headers.items()]
        where, _, query = path.partition("?")
        return HttpRequest(method, where, query, [("host", HOST), *found], body)

    def _tell_time(self, remove_tzinfo: bool = True) -> datetime:
        return self.clock.now.replace(tzinfo=None) if remove_tzinfo else self.clock.now


@pytest.fixture
def signer(clock: Clock) -> Signer:
    return Signer(clock)


class Caller:
    """Calls an endpoint with signed requests."""

    def __init__(self, endpoint: Endpoint, callers: CallerRegistry, signer: Signer) -> None:
        self.endpoint = endpoint
        self.callers = callers
        self.signer = signer

    def send(self, operation: str, params: Any, *, name: str | None = None, **more: Any) -> HttpResponse:
        caller = self.callers.find(name)
        assert caller is not None
        body = params if isinstance(params, bytes) else json.dumps(params).encode()
        target = f"secretsmanager.{operation}"
        return self.endpoint.answer(self.signer.sign(caller.keys, body, target=target, **more))

    def call(self, operation: str, params: Any, **more: Any) -> Any:
        """The JSON of a response that must be a success."""
        response = self.send(operation, params, **more)
        assert response.status == 200, response.body
        return json.loads(response.body or b"{}")

    def refuse(self, operation: str, params: Any, **more: Any) -> tuple[int, str, str]:
        """The status, the code and the message of a refusal."""
        response = self.send(operation, params, **more)
        found = json.loads(response.body)
        return response.status, found["__type"], found.get("message", found.get("Message", ""))


@pytest.fixture
def endpoint(shared: SharedVault, callers: CallerRegistry) -> Endpoint:
    return Endpoint(shared, callers, Restrictions(), [HOST])


@pytest.fixture
def caller(endpoint: Endpoint, callers: CallerRegistry, signer: Signer) -> Caller:
    return Caller(endpoint, callers, signer)


def read_all(line: socket.socket) -> bytes:
    """What the other side sends until it ends the connection, also with a reset."""
    received = b""
    try:
        while data := line.recv(65536):
            received += data
    except ConnectionResetError:
        pass
    return received


def make_passphrase() -> bytearray:
    return bytearray(PASSPHRASE.encode())
