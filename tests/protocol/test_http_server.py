"""Tests of the HTTP server on real sockets: honest clients, hostile connections, and the limits."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Event, Thread
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import smtui
from smtui.api.model import OPERATIONS
from smtui.protocol import http_server
from smtui.protocol.http_server import HttpServer, list_hosts, open_listeners
from smtui.protocol.limits import ServerLimits
from smtui.protocol.messages import HttpRequest, HttpResponse, make_error_response
from smtui.server.credentials import CallerRegistry
from smtui.server.endpoint import Endpoint
from smtui.server.restrictions import Restrictions
from smtui.server.shared_vault import SharedVault
from smtui.system.ambient import Ambient
from tests.server.conftest import read_all
from tests.waiting import LIMIT, wait_until

TOKEN = "00000000-1111-4000-8000-000000000001"
HOST = b"Host: 127.0.0.1\r\n"
SHORT = ServerLimits(head_seconds=0.2, body_seconds=0.2, idle_seconds=LIMIT)


def echo(request: HttpRequest) -> HttpResponse:
    """Answers with what arrived."""
    found = {"method": request.method, "path": request.path, "query": request.query, "length": len(request.body)}
    return HttpResponse(200, json.dumps(found).encode(), request_id="id")


@pytest.fixture
def serve() -> Iterator[Callable[..., HttpServer]]:
    with ExitStack() as ends:
        def start(answer: Any = echo, limits: ServerLimits = SHORT) -> HttpServer:
            server = HttpServer(open_listeners(0), answer, limits, Ambient())
            server.start()
            ends.callback(server.close)
            return server

        yield start


def connect(server: HttpServer, kind: socket.AddressFamily = socket.AF_INET) -> socket.socket:
    line = socket.socket(kind)
    line.settimeout(LIMIT)
    line.connect(("127.0.0.1" if kind == socket.AF_INET else "::1", server.port))
    return line


def exchange(server: HttpServer, *parts: bytes) -> tuple[int, bytes]:
    """The status and the body of the answer to raw bytes, after which the server ends the connection."""
    with connect(server) as line:
        for part in parts:
            line.sendall(part)
        answer = read_all(line)
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def post(*headers: bytes, body: bytes = b"") -> bytes:
    return b"POST / HTTP/1.1\r\n" + b"".join(each + b"\r\n" for each in headers) + b"\r\n" + body


HOSTILE = {
    "two lengths": (post(b"Host: a", b"Content-Length: 1", b"Content-Length: 2", body=b"ab"), 400),
    "a length that is none": (post(b"Host: a", b"Content-Length: -1"), 400),
    "length and chunks": (
        post(b"Host: a", b"Content-Length: 5", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 411),
    "chunks": (post(b"Host: a", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 411),
    "another coding": (post(b"Host: a", b"Transfer-Encoding: gzip"), 411),
    "two hosts": (post(b"Host: a", b"Host: b"), 400),
    "no host": (post(b"Content-Length: 0"), 400),
    "a long header": (post(b"Host: a", b"X: " + b"a" * 100_000), 431),
    "many headers": (post(b"Host: a", *[b"X: a"] * 2000), 431),
    "a long target": (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 431),
    "HTTP/1.0": (b"POST / HTTP/1.0\r\nHost: a\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40 + b"\r\n\r\n", 400),
    "a whole URL": (b"GET http://127.0.0.1/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a folded header": (post(b"Host: a", b"X : a"), 400),
    "a NUL": (post(b"Host: a", b"X: a\x00b"), 400),
    "a bare line": (b"\x00\x00\x00\r\n\r\n", 400),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_requests_are_refused_in_aws_json(serve: Callable[..., HttpServer], name: str) -> None:
    raw, status = HOSTILE[name]
    found, body = exchange(serve(), raw)

    assert found == status
    assert json.loads(body).keys() == {"__type", "message"}


@pytest.mark.parametrize("raw", [
    b"POST / HTTP/1.1\r\nHost: a\r\nX: ", b"P", post(b"Host: a", b"Content-Length: 10", body=b"abc"),
])
def test_a_request_that_never_ends_is_408(serve: Callable[..., HttpServer], raw: bytes) -> None:
    status, body = exchange(serve(), raw)
    assert (status, json.loads(body)["__type"]) == (408, "RequestTimeoutException")


def test_a_body_of_five_mebibytes_is_413_and_read_first(serve: Callable[..., HttpServer]) -> None:
    limits = ServerLimits(body_seconds=LIMIT)
    size = 5 << 20
    status, body = exchange(serve(limits=limits), post(b"Host: a", b"Content-Length: %d" % size), b"x" * size)

    assert (status, json.loads(body)["__type"]) == (413, "RequestEntityTooLargeException")


def test_a_client_that_asks_first_is_refused_before_it_sends(serve: Callable[..., HttpServer]) -> None:
    head = post(b"Host: a", b"Content-Length: 99999999", b"Expect: 100-continue")
    assert exchange(serve(), head)[0] == 413


def test_a_client_that_asks_first_may_send(serve: Callable[..., HttpServer]) -> None:
    with connect(serve(limits=ServerLimits())) as line:
        line.sendall(post(b"Host: a", b"Content-Length: 3", b"Expect: 100-continue"))
        assert line.recv(100).startswith(b"HTTP/1.1 100 ")
        line.sendall(b"abc")
        assert b'"length": 3' in line.recv(10_000)


def test_requests_on_one_connection_and_ahead_of_time(serve: Callable[..., HttpServer]) -> None:
    one = post(b"Host: a", b"Content-Length: 2", body=b"ab")
    with connect(serve()) as line:
        line.sendall(one * 3 + post(b"Host: a", b"Connection: close"))
        answer = read_all(line)

    assert re.findall(rb'"length": (\d)', answer) == [b"2", b"2", b"2", b"0"]
    assert len(re.findall(rb"(?mi)^date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r$", answer)) == 4


def test_ipv6_is_served_on_the_same_port(serve: Callable[..., HttpServer]) -> None:
    server = serve()
    try:
        line = connect(server, socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no ::1")
    with line:
        line.sendall(b"GET /ping?a=1 HTTP/1.1\r\n" + HOST + b"\r\n")
        assert b'"query": "a=1"' in line.recv(10_000)


def test_only_the_loopback_interface_is_bound(serve: Callable[..., HttpServer]) -> None:
    server = serve()
    assert {each.getsockname()[0] for each in server._listeners} <= {"127.0.0.1", "::1"}


def test_a_port_in_use_is_an_error(serve: Callable[..., HttpServer]) -> None:
    server = serve()
    with pytest.raises(OSError, match="in use"):
        open_listeners(server.port)


def test_the_connection_that_is_idle_longest_makes_room(serve: Callable[..., HttpServer]) -> None:
    server = serve(limits=ServerLimits(connections=20))
    with ExitStack() as ends:
        idle = [ends.enter_context(connect(server)) for _ in range(20)]
        wait_until(lambda: server.count_connections() == 20, "all connections")
        last = ends.enter_context(connect(server))
        last.sendall(post(b"Host: a"))

        assert last.recv(10_000).startswith(b"HTTP/1.1 200 ")
        assert idle[0].recv(10) == b""
        idle[5].sendall(post(b"Host: a"))
        assert idle[5].recv(10_000).startswith(b"HTTP/1.1 200 ")


def test_two_hundred_slow_connections_do_not_keep_out_an_honest_request(serve: Callable[..., HttpServer]) -> None:
    server = serve(limits=ServerLimits())
    with ExitStack() as ends:
        for _ in range(200):
            ends.enter_context(connect(server)).sendall(b"POST / HTTP/1.1\r\nHost: a\r\n")
        wait_until(lambda: server.count_connections() == 200, "slow connections")
        assert exchange(server, post(b"Host: a", b"Connection: close"))[0] == 200


def test_requests_beyond_the_workers_wait_and_are_throttled_at_last(serve: Callable[..., HttpServer]) -> None:
    go = Event()

    def wait(request: HttpRequest) -> HttpResponse:
        assert go.wait(LIMIT)
        return echo(request)

    server = serve(wait, ServerLimits(workers=1, wait_seconds=0.1))
    with connect(server) as first:
        first.sendall(post(b"Host: a"))
        wait_until(lambda: server._workers._value == 0, "the worker")  # type: ignore[attr-defined]
        status, body = exchange(server, post(b"Host: a", b"Connection: close"))
        go.set()

        assert (status, json.loads(body)["__type"]) == (400, "ThrottlingException")
        assert first.recv(10_000).startswith(b"HTTP/1.1 200 ")


def test_a_connection_too_many_is_refused_in_aws_json(serve: Callable[..., HttpServer]) -> None:
    """While twice as many as the limit are open and send their requests slowly."""
    server = serve(limits=ServerLimits(connections=3, head_seconds=LIMIT))
    with ExitStack() as ends:
        for number in range(6):
            ends.enter_context(connect(server)).sendall(b"P")
            wait_until(lambda count=number: len(server._open) > count and not server._idle,  # type: ignore[misc]
                       "a busy connection")
        last = ends.enter_context(connect(server))
        head, _, body = read_all(last).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 429 ")
    assert json.loads(body)["__type"] == "ThrottlingException"


def test_a_head_request_gets_no_body(serve: Callable[..., HttpServer]) -> None:
    with connect(serve(lambda _: make_error_response("UnknownOperationException", "x", 405))) as line:
        line.sendall(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        answer = read_all(line)

    assert answer.count(b"HTTP/1.1 405 ") == 2
    assert b"__type" not in answer


def test_closing_lets_a_request_end(serve: Callable[..., HttpServer]) -> None:
    begun, go = Event(), Event()

    def wait(request: HttpRequest) -> HttpResponse:
        begun.set()
        assert go.wait(LIMIT)
        return echo(request)

    server = serve(wait)
    with connect(server) as line:
        line.sendall(post(b"Host: a"))
        assert begun.wait(LIMIT)
        closing = Thread(target=server.close)
        closing.start()
        go.set()
        assert line.recv(10_000).startswith(b"HTTP/1.1 200 ")
        closing.join(LIMIT)
    with pytest.raises(OSError):
        connect(server)


# SDKs.


@pytest.fixture
def served(shared: SharedVault, callers: CallerRegistry, ambient: Ambient) -> Iterator[HttpServer]:
    listeners = open_listeners(0)
    endpoint = Endpoint(shared, callers, Restrictions(), list_hosts(listeners[0].getsockname()[1]))
    server = HttpServer(listeners, endpoint.answer, ServerLimits(), Ambient())
    server.start()
    yield server
    server.close()


@pytest.fixture
def boto(served: HttpServer, callers: CallerRegistry, monkeypatch: pytest.MonkeyPatch, clock: Any) -> Any:
    """An unmodified boto3 client, whose clock is that of the vault."""
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: clock.now.replace(tzinfo=None))
    keys = callers.owner.keys
    return boto3.client(
        "secretsmanager", endpoint_url=f"http://127.0.0.1:{served.port}", region_name="us-east-1",
        aws_access_key_id=keys.access_key_id, aws_secret_access_key=keys.secret_access_key,
        config=Config(retries={"max_attempts": 0}),
    )


POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:DeleteSecret", "Resource": "*"}]})


def test_boto3_runs_all_operations(boto: Any, vault: smtui.Vault) -> None:
    options: Any = {"Key": "password", "PasswordLength": 24}
    function = vault.rotations().create_function(FunctionName="new", Password=options)["FunctionArn"]
    made = boto.create_secret(Name="a", SecretString='{"password":"1"}', Tags=[{"Key": "k", "Value": "v"}])
    second = boto.put_secret_value(SecretId="a", SecretString='{"password":"2"}', VersionStages=["NEXT"])
    boto.update_secret_version_stage(SecretId="a", VersionStage="AWSCURRENT", MoveToVersionId=second["VersionId"],
                                     RemoveFromVersionId=made["VersionId"])
    boto.update_secret(SecretId="a", Description="d", SecretBinary=b"\x00\xff")

    assert boto.get_secret_value(SecretId="a")["SecretBinary"] == b"\x00\xff"
    assert boto.get_secret_value(SecretId="a", VersionStage="NEXT")["SecretString"] == '{"password":"2"}'
    assert boto.describe_secret(SecretId="a")["Description"] == "d"
    assert len(boto.list_secret_version_ids(SecretId="a", IncludeDeprecated=True)["Versions"]) == 3
    assert [each["Name"] for page in boto.get_paginator("list_secrets").paginate() for each in page["SecretList"]] == [
        "a"]
    assert boto.batch_get_secret_value(SecretIdList=["a", "none"])["Errors"][0]["SecretId"] == "none"
    assert len(boto.get_random_password(PasswordLength=20)["RandomPassword"]) == 20
    boto.tag_resource(SecretId="a", Tags=[{"Key": "more", "Value": ""}])
    boto.untag_resource(SecretId="a", TagKeys=["k"])
    assert boto.validate_resource_policy(SecretId="a", ResourcePolicy=POLICY)["PolicyValidationPassed"]
    boto.put_resource_policy(SecretId="a", ResourcePolicy=POLICY)
    assert json.loads(boto.get_resource_policy(SecretId="a")["ResourcePolicy"])
    boto.delete_resource_policy(SecretId="a")
    boto.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": "eu-west-1"}, {"Region": "eu-west-2"}])
    boto.remove_regions_from_replication(SecretId="a", RemoveReplicaRegions=["eu-west-2"])
    boto.update_secret(SecretId="a", SecretString='{"password":"3"}')
    boto.rotate_secret(SecretId="a", RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30})
    boto.cancel_rotate_secret(SecretId="a")
    boto.remove_regions_from_replication(SecretId="a", RemoveReplicaRegions=["eu-west-1"])
    boto.delete_secret(SecretId="a", RecoveryWindowInDays=7)
    boto.restore_secret(SecretId="a")

    called = {event["eventName"] for event in vault.audit_log()}
    assert set(OPERATIONS) - called == {"StopReplicationToReplica"}


def test_boto3_promotes_a_replica(boto: Any, served: HttpServer, callers: CallerRegistry) -> None:
    keys = callers.owner.keys
    boto.create_secret(Name="a", SecretString="x", AddReplicaRegions=[{"Region": "eu-west-1"}])
    there = boto3.client(
        "secretsmanager", endpoint_url=f"http://localhost:{served.port}", region_name="eu-west-1",
        aws_access_key_id=keys.access_key_id, aws_secret_access_key=keys.secret_access_key)
    there.stop_replication_to_replica(SecretId="a")

    assert "PrimaryRegion" not in there.describe_secret(SecretId="a")


def test_boto3_reads_the_errors(boto: Any, shared: SharedVault) -> None:
    with pytest.raises(boto.exceptions.ResourceNotFoundException) as missing:
        boto.get_secret_value(SecretId="none")
    shared.lock()
    with pytest.raises(ClientError) as locked:
        boto.get_secret_value(SecretId="none")

    assert missing.value.response["ResponseMetadata"]["RequestId"]
    assert "can't find" in missing.value.response["Error"]["Message"]
    assert locked.value.response["Error"]["Code"] == "ServiceUnavailableException"
    assert locked.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503


def test_many_threads_share_one_vault(boto: Any, vault: smtui.Vault) -> None:
    boto.create_secret(Name="a", SecretString="0")
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            for count in range(10):
                boto.put_secret_value(SecretId="a", SecretString=f"{number} {count}")
                assert boto.get_secret_value(SecretId="a")["SecretString"]
        except Exception as error:
            failures.append(error)

    threads = [Thread(target=work, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(LIMIT)

    assert failures == []
    assert vault.maintenance.check().clean


def test_backlog_is_not_smaller_than_the_connections() -> None:
    assert http_server.BACKLOG >= ServerLimits().connections >= 256
