"""AWS for tests: moto's server behind a proxy that counts the calls and answers some of them with faults.

Import the fixtures `aws_server` and `aws` into a `conftest.py`. The server is started once for each process of tests.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.waiting import LIMIT

ACCOUNT, OTHER_ACCOUNT = "123456789012", "222222222222"
DENIED, THROTTLED, EXPIRED, HTML, PAGE, RESET = "denied", "throttled", "expired", "html", "page", "reset"
FAULTS = (DENIED, THROTTLED, EXPIRED, HTML, PAGE, RESET)
CONFIG = """\
[default]
region = us-east-1
[profile a]
region = us-east-1
endpoint_url = {url}
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY
[profile b]
region = eu-west-1
endpoint_url = {url}
role_arn = arn:aws:iam::222222222222:role/dev
source_profile = a
[profile chain]
region = us-east-1
endpoint_url = {url}
role_arn = arn:aws:iam::333333333333:role/ops
source_profile = b
[profile mfa]
region = us-east-1
endpoint_url = {url}
role_arn = arn:aws:iam::222222222222:role/dev
mfa_serial = arn:aws:iam::123456789012:mfa/ann
source_profile = a
[profile offline]
region = us-east-1
endpoint_url = http://127.0.0.1:9
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY
[profile process]
region = us-east-1
endpoint_url = {url}
credential_process = /bin/sh -c "echo token-in-the-output >&2; exit 1"
[profile sso]
region = us-east-1
endpoint_url = {url}
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = reader
[profile empty]
region = us-east-1
"""
LIST_FUNCTIONS = "/2015-03-31/functions"
"""lambda:ListFunctions, whose protocol names no operation."""
Environ = dict[str, Any]
Start = Callable[..., Any]


@dataclass
class Proxy:
    """The application in front of moto. `faults` maps an operation, or `*`, to one of `FAULTS`."""

    application: Any
    calls: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    user_agents: set[str] = field(default_factory=set)
    allowed: set[str] = field(default_factory=set)
    """The operations that the fault of `*` does not concern."""
    events: list[dict[str, Any]] = field(default_factory=list)
    """Records of CloudTrail, newest first, which moto does not look up."""
    gate: threading.Event = field(default_factory=threading.Event)
    """No call is answered until it is set."""
    held: set[str] = field(default_factory=set)
    """The operations that wait for `gate`; all if it is empty."""
    regions: list[str] = field(default_factory=list)
    """The Regions that are enabled for the account."""
    functions: list[dict[str, Any]] = field(default_factory=list)
    """The functions in AWS Lambda, of which moto would have to run a container."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    """The requests of LookupEvents."""

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/moto-api"):
            return self.application(environ, start)  # type: ignore[no-any-return]
        operation = name_operation(environ)
        self.calls.append(operation)
        self.user_agents.add(environ.get("HTTP_USER_AGENT", ""))
        if not self.held or operation in self.held:
            self.gate.wait(LIMIT)
        fault = self.faults.get(operation) or (self.faults.get("*") if operation not in self.allowed else None)
        if fault is None and operation == "/listRegions" and self.regions:
            enabled = [{"RegionName": region, "RegionOptStatus": "ENABLED_BY_DEFAULT"} for region in self.regions]
            return send(start, "200 OK", "application/json", json.dumps({"Regions": enabled}))
        if fault is None and operation == "LookupEvents":
            return self._look_up_events(environ, start)
        if fault is None and operation == "ValidateResourcePolicy":  # moto has no such operation
            passed = {"PolicyValidationPassed": True, "ValidationErrors": []}
            return send(start, "200 OK", "application/x-amz-json-1.1", json.dumps(passed))
        if fault is None and operation == LIST_FUNCTIONS:
            return self._list_functions(environ, start)
        if fault is None:
            return self.application(environ, start)  # type: ignore[no-any-return]
        return answer_with(fault, operation, environ, start)

    def _look_up_events(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Pages of 50 records. As AWS does, a resource is looked for in the list of resources only."""
        request = json.loads(environ["wsgi.input"].read())
        self.requests.append(request)
        attribute = request["LookupAttributes"][0]
        members = {"EventName": "eventName", "EventSource": "eventSource"}
        found = [event for event in self.events if event.get(members.get(attribute["AttributeKey"], "")) ==
                 attribute["AttributeValue"] or attribute["AttributeValue"] in event.get("resources", ())]
        first = int(request.get("NextToken", 0))
        page = [{"EventId": event["eventID"], "EventName": event["eventName"], "EventTime": 1764316800,
                 "EventSource": event["eventSource"], "CloudTrailEvent": json.dumps(event)}
                for event in found[first : first + 50]]
        more = {"NextToken": str(first + 50)} if first + 50 < len(found) else {}
        return send(start, "200 OK", "application/x-amz-json-1.1", json.dumps({"Events": page, **more}))


    def _list_functions(self, environ: Environ, start: Start) -> Iterable[bytes]:
        query = parse_qs(environ["QUERY_STRING"])
        first, size = int(query.get("Marker", ["0"])[0]), int(query["MaxItems"][0])
        page = self.functions[first : first + size]
        more = {"NextMarker": str(first + size)} if first + size < len(self.functions) else {}
        return send(start, "200 OK", "application/json", json.dumps({"Functions": page, **more}))


def name_operation(environ: Environ) -> str:
    """The operation of a request, in the JSON or the query protocol. The body stays readable."""
    import io

    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target).rpartition(".")[2]
    found = re.search(rb"Action=(\w+)", body)
    return found[1].decode() if found else str(environ["PATH_INFO"]).rstrip("/")


def answer_with(fault: str, operation: str, environ: Environ, start: Start) -> Iterable[bytes]:
    if fault == RESET:
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionResetError
    if fault in (HTML, PAGE):
        status = "500 Internal Server Error" if fault == HTML else "200 OK"
        return send(start, status, "text/html", "<!DOCTYPE html><html>a gateway</html>")
    code, message = {
        DENIED: ("AccessDeniedException", f"User: arn:aws:iam::{ACCOUNT}:user/dev is not authorized to perform: "
                                          f"secretsmanager:{operation}"),
        THROTTLED: ("ThrottlingException", "Rate exceeded"),
        EXPIRED: ("ExpiredTokenException", "The security token included in the request is expired"),
    }[fault]
    if "HTTP_X_AMZ_TARGET" not in environ:  # the query protocol
        error = f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        return send(start, "400 Bad Request", "text/xml", error)
    error = json.dumps({"__type": code, "message": message})
    return send(start, "400 Bad Request", "application/x-amz-json-1.1", error)


def send(start: Start, status: str, kind: str, text: str) -> Iterable[bytes]:
    start(status, [("Content-Type", kind), ("Content-Length", str(len(text)))])
    return [text.encode()]


@dataclass
class Aws:
    """What a test has of the server: its proxy, and the profiles `a`, `b` (another account, by a role) and others."""

    proxy: Proxy
    url: str
    config: Path

    @property
    def calls(self) -> Counter[str]:
        return Counter(self.proxy.calls)

    def allow_only(self, operation: str) -> None:
        """Denies everything but one operation and the question who calls, as a role with a narrow policy."""
        self.proxy.faults["*"] = DENIED
        self.proxy.allowed |= {operation, "GetCallerIdentity"}

    @contextmanager
    def count_calls(self) -> Iterator[list[str]]:
        """The calls that are made in the block."""
        before, found = len(self.proxy.calls), list[str]()
        yield found
        found += self.proxy.calls[before:]

    def client(self, profile: str = "a", region: str = "us-east-1", service: str = "secretsmanager") -> Any:
        """A client of boto3 itself, to prepare and to look at the account."""
        import boto3
        import botocore.session

        core = botocore.session.Session(profile=profile)
        core.register_component("data_loader", _make_loader())
        return boto3.Session(botocore_session=core).client(service, region_name=region)

    def fill(self, count: int, region: str = "us-east-1") -> None:
        """Creates secrets in the memory of the server, which is much faster than by calls."""
        from moto.secretsmanager.models import secretsmanager_backends

        backend = secretsmanager_backends[ACCOUNT][region]
        for number in range(count):
            backend.create_secret(
                name=f"prod/svc/{number:05d}", secret_string="x", secret_binary=None,
                description=f"Service {number}", tags=[{"Key": "team", "Value": f"t{number % 7}"}], kms_key_id=None,
                client_request_token=None, replica_regions=[], force_overwrite=False)


@cache
def _make_loader() -> Any:
    """One loader of models for all clients of the tests, which parses each of them once."""
    from botocore.loaders import create_loader

    return create_loader()


@pytest.fixture(scope="session")
def aws_server() -> Iterator[tuple[Proxy, str]]:
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class SilentHandler(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: Any) -> None:
            """Writes nothing."""

    proxy = Proxy(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, proxy, threaded=True, request_handler=SilentHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield proxy, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def aws(aws_server: tuple[Proxy, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """An empty AWS with the profiles of `CONFIG`. Waits between attempts of a request take no time."""
    import os
    import urllib.request

    import botocore.endpoint

    proxy, url = aws_server
    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST")).close()
    proxy.calls.clear()
    proxy.faults.clear()
    proxy.user_agents.clear()
    proxy.events.clear()
    proxy.gate.set()
    proxy.held.clear()
    proxy.regions.clear()
    proxy.functions.clear()
    proxy.allowed.clear()
    proxy.requests.clear()
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    config = tmp_path / "aws-config"
    config.write_text(CONFIG.format(url=url))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda seconds: None))
    yield Aws(proxy, url, config)
    proxy.gate.set()
    proxy.faults.clear()
