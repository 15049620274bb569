"""Tests of the agent on its Unix socket: who may connect, what it answers, what a lock leaves, hostile lines."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import smtui
from smtui.api.errors import (
    AccessDeniedException,
    ParamValidationError,
    VaultError,
    VaultLockedError,
    VaultMissingError,
    WrongPassphraseError,
)
from smtui.backends import agent_client
from smtui.backends.agent_client import AgentClient, AgentVault
from smtui.rotation import rpc_codec
from smtui.server import agent_server, peer
from smtui.server.agent import Agent
from smtui.server.agent_listener import AgentListener, AgentRunningError, AgentUnavailableError
from smtui.server.agent_server import AgentServer
from smtui.server.confirmations import Confirmations
from smtui.server.line_reader import LineReader, LineTooLongError
from smtui.server.peer import Peer
from smtui.server.restrictions import Restrictions
from smtui.server.shared_vault import SharedVault
from smtui.system import agent_socket
from tests.server.conftest import make_passphrase, read_all
from tests.waiting import LIMIT, wait_until

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets"), pytest.mark.usefixtures("runtime"),
]


@pytest.fixture
def agent(shared: SharedVault, vault: smtui.Vault) -> Iterator[Agent]:
    agent = Agent(shared)
    agent.start(vault)
    yield agent
    agent.close()


@pytest.fixture
def client(agent: Agent, vault: smtui.Vault) -> Iterator[Any]:
    found = agent_client.connect(vault.path)
    assert found is not None
    yield found
    found.close()


# The socket.


def test_socket_and_folder_are_private_whatever_the_umask(agent: Agent, vault: smtui.Vault, runtime: Path) -> None:
    agent.close()
    before = os.umask(0)
    try:
        listener = AgentListener(vault.path)
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(each.lstat().st_mode) for each in (listener.path, *runtime.glob("smtui/*.lock"))}

    assert modes == {0o600}
    assert stat.S_IMODE(listener.path.parent.stat().st_mode) == 0o700
    listener.close()
    assert not listener.path.exists()


def test_of_two_agents_one_starts(agent: Agent, vault: smtui.Vault) -> None:
    with pytest.raises(AgentRunningError):
        AgentListener(vault.path)
    assert agent_client.connect(vault.path) is not None


def test_a_socket_that_was_left_behind_is_replaced(vault: smtui.Vault, runtime: Path) -> None:
    AgentListener(vault.path).close()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(agent_socket.get_socket_path(str(vault.path)))
    assert agent_client.connect(vault.path) is None

    listener = AgentListener(vault.path)
    assert agent_socket.connect(str(vault.path)) is not None
    listener.close()


@pytest.mark.parametrize("remove", [
    lambda path: path.unlink(), lambda path: shutil.rmtree(path.parent), lambda path: path.rename(path.parent / "x"),
], ids=["socket", "folder", "renamed"])
def test_an_agent_whose_socket_was_removed_can_be_reached_and_locked_again(
    agent: Agent, vault: smtui.Vault, shared: SharedVault, remove: Any
) -> None:
    """As by a program that cleans up temporary files. Else `smtui lock` would find no agent, and nothing to lock."""
    path = Path(agent_socket.get_socket_path(str(vault.path)))
    for _ in range(2):
        remove(path)
        wait_until(path.exists, "the socket")
        assert stat.S_IMODE(path.lstat().st_mode) == 0o600
        client = agent_client.connect(vault.path)
        assert client is not None
        assert client.request("status")["pid"] == os.getpid()
        client.close()
    with pytest.raises(AgentRunningError):
        AgentListener(vault.path)
    assert agent_client.lock_agent(vault.path)
    assert shared.is_locked


def test_an_agent_that_was_replaced_locks_and_ends(
    agent: Agent, shared: SharedVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: AgentListener) -> None:
        raise AgentRunningError

    monkeypatch.setattr(AgentListener, "is_in_place", lambda _: False)
    monkeypatch.setattr(AgentListener, "restore", refuse)
    assert agent.ended.wait(LIMIT)
    assert shared.lock_reason == "Another agent has taken its place."


def test_the_socket_of_another_agent_is_not_replaced(vault: smtui.Vault) -> None:
    """Its lock file was removed, so that another one could start."""
    listener = AgentListener(vault.path)
    shutil.rmtree(listener.path.parent)
    other = AgentListener(vault.path)
    assert not listener.is_in_place()
    with pytest.raises(AgentRunningError):
        listener.restore()
    listener.close()
    assert other.path.exists()
    other.close()


def test_a_socket_is_not_restored_once_the_agent_has_ended(vault: smtui.Vault) -> None:
    listener = AgentListener(vault.path)
    listener.close()
    assert listener.is_in_place()
    listener.restore()
    assert not listener.path.exists()
    AgentListener(vault.path).close()


@pytest.mark.parametrize("prepare", [
    lambda folder: folder.mkdir(mode=0o755), lambda folder: folder.symlink_to(folder.parent / "elsewhere"),
    lambda folder: folder.write_text(""),
])
def test_a_folder_that_is_not_private_is_not_used(vault: smtui.Vault, runtime: Path, prepare: Any) -> None:
    (runtime / "elsewhere").mkdir(mode=0o700)
    prepare(runtime / "smtui")

    with pytest.raises(AgentUnavailableError):
        AgentListener(vault.path)
    assert agent_client.connect(vault.path) is None


def test_no_socket_is_trusted_in_a_folder_that_others_can_use(agent: Agent, vault: smtui.Vault, runtime: Path) -> None:
    (runtime / "smtui").chmod(0o777)
    assert agent_client.connect(vault.path) is None
    (runtime / "smtui").chmod(0o700)


def test_links_to_the_vault_lead_to_the_same_agent(agent: Agent, vault: smtui.Vault, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(vault.path)
    assert agent_client.connect(link) is not None


def test_a_process_of_another_user_is_not_answered(
    agent: Agent, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_server, "identify_peer", lambda _: Peer(os.geteuid() + 1, 1))
    client = agent_client.connect(vault.path)
    assert client is not None
    with pytest.raises(VaultMissingError):
        client.request("status")


# Calls.


def test_calls_and_their_errors(client: Any, vault: smtui.Vault) -> None:
    client.create_secret(Name="a", SecretBinary=b"\x00\xff")
    client.put_secret_value(SecretId="a", SecretString="x")

    assert client.get_secret_value(SecretId="a", VersionStage="AWSPREVIOUS")["SecretBinary"] == b"\x00\xff"
    with pytest.raises(smtui.ClientError) as missing:
        client.get_secret_value(SecretId="none")
    assert missing.value.code == "ResourceNotFoundException"
    assert missing.value.operation_name == "GetSecretValue"
    with pytest.raises(ParamValidationError):
        client.get_secret_value()
    with pytest.raises(ParamValidationError):
        client.get_secret_value(SecretId=object())


def test_a_client_has_its_region(agent: Agent, vault: smtui.Vault) -> None:
    found = agent_client.connect(vault.path)
    assert found is not None
    with AgentVault(vault.path, found) as through:
        through.client(region_name="eu-west-1").create_secret(Name="a", SecretString="x")
        assert through.client().list_secrets()["SecretList"] == []
        assert through.client(region_name="eu-west-1").list_secrets()["SecretList"]


def test_the_audit_event_names_process_and_program(client: Any, vault: smtui.Vault) -> None:
    client.list_secrets()
    event = next(iter(vault.audit_log()))

    assert event["userAgent"].startswith(f"smtui-agent pid/{os.getpid()} ")
    if sys.platform == "linux":
        assert event["userAgent"].split()[-1]


def test_restrictions_hold_on_the_socket(shared: SharedVault, vault: smtui.Vault) -> None:
    vault.client().create_secret(Name="dev/a", SecretString="x")
    vault.client().create_secret(Name="prod/a", SecretString="x")
    agent = Agent(shared, Restrictions(read_only=True, prefix="dev/"))
    agent.start(vault)
    client: Any = agent_client.connect(vault.path)

    assert [each["Name"] for each in client.list_secrets()["SecretList"]] == ["dev/a"]
    with pytest.raises(AccessDeniedException):
        client.get_secret_value(SecretId="prod/a")
    with pytest.raises(AccessDeniedException):
        client.delete_secret(SecretId="dev/a")
    agent.close()


CONNECT = """
import sys
from pathlib import Path
from smtui.backends import agent_client
client = agent_client.connect(Path(sys.argv[1]))
try:
    print(len(client.list_secrets()["SecretList"]))
except Exception as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_rotation_function_gets_nothing_from_an_agent(agent: Agent, vault: smtui.Vault) -> None:
    """It is below the supervisor of its step, however many processes are between."""
    start = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CONNECT!r}, {str(vault.path)!r}])"
    said = [subprocess.run([sys.executable, "-c", start, *more], capture_output=True, text=True, timeout=LIMIT,
                           check=True).stdout for more in ((), (peer.SUPERVISOR.decode(),))]

    assert said[0] == "0\n"
    assert "only the secret it was started for" in said[1]


def test_each_program_is_confirmed_once_until_the_lock(
    shared: SharedVault, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    peers = {"program": "/usr/bin/good"}
    monkeypatch.setattr(agent_server, "identify_peer", lambda _: Peer(os.geteuid(), 7, peers["program"]))

    def ask(peer: Peer) -> bool:
        asked.append(peer.program)
        return peer.program.endswith("good")

    confirmations = Confirmations(ask)
    shared.on_lock.append(confirmations.forget)
    agent = Agent(shared, permits=confirmations.ask_once)
    agent.start(vault)
    good: Any = agent_client.connect(vault.path)
    good.list_secrets()
    good.list_secrets()
    peers["program"] = "/tmp/bad"
    bad: Any = agent_client.connect(vault.path)
    for call in (bad.list_secrets, lambda: bad.request("serve", port=0), lambda: bad.request("environment")):
        with pytest.raises(smtui.SmtuiError, match="not confirmed"):
            call()
    bad.request("status")
    assert asked == ["/usr/bin/good", "/tmp/bad"]

    bad.request("lock")
    good.unlock(make_passphrase())
    good.list_secrets()
    assert asked == ["/usr/bin/good", "/tmp/bad", "/usr/bin/good"]
    agent.close()


def test_an_answer_that_comes_after_the_lock_is_forgotten() -> None:
    asked: list[Peer] = []

    def ask(peer: Peer) -> bool:
        asked.append(peer)
        confirmations.forget()
        return True

    confirmations, program = Confirmations(ask), Peer(os.geteuid(), 7, "/usr/bin/good")
    assert confirmations.ask_once(program)
    assert confirmations.ask_once(program)
    assert asked == [program, program]


def test_each_process_is_confirmed_where_the_system_names_no_program() -> None:
    asked: list[int] = []
    confirmations = Confirmations(lambda peer: asked.append(peer.pid) or peer.pid == 7)  # type: ignore[func-returns-value]

    found = [confirmations.ask_once(Peer(os.geteuid(), pid)) for pid in (7, 8, 7, 8)]
    assert (found, asked) == ([True, False, True, False], [7, 8])


# Locking.


def test_lock_and_unlock(client: Any, vault: smtui.Vault) -> None:
    client.create_secret(Name="a", SecretString="x")
    assert client.request("lock")["locked"]
    assert vault.locked

    with pytest.raises(VaultLockedError) as locked:
        client.get_secret_value(SecretId="a")
    assert "unlock" in locked.value.hint
    with pytest.raises(WrongPassphraseError):
        client.unlock(bytearray(b"wrong"))
    assert client.request("status")["locked"]

    assert not client.unlock(make_passphrase())["locked"]
    assert client.get_secret_value(SecretId="a")["SecretString"] == "x"


def test_unlocking_an_unlocked_vault_needs_the_passphrase_too(client: Any) -> None:
    with pytest.raises(WrongPassphraseError):
        client.unlock(bytearray(b"wrong"))
    client.unlock(make_passphrase())
    client.list_secrets()


def test_the_status_has_no_secret(client: Any, agent: Agent) -> None:
    endpoint = agent.start_endpoint(0, {"alice": "none"})
    client.create_secret(Name="marked-name", SecretString="marked-value")
    status = client.request("status")

    assert (status["pid"], status["locked"], status["calls"]) == (os.getpid(), False, 1)
    assert status["seconds_left"] == 900
    described = status["endpoints"][0]
    assert (described["url"], described["connections"]) == (endpoint.url, 0)
    assert [(each["arn"].rpartition(":")[2], each["identity"], each["requests"]) for each in described["callers"]] == [
        ("root", "admin", 0), ("user/alice", "none", 0)]
    assert not [word for word in ("marked", endpoint.callers.owner.keys.secret_access_key) if word in str(status)]


def test_the_last_requests_have_names_on_wish_only_and_none_after_a_lock(client: Any, agent: Agent) -> None:
    client.create_secret(Name="marked-name", SecretString="marked-value")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_secret_value(SecretId="marked-other")
    nameless = client.request("requests", above=0)["requests"]
    assert [(each["number"], each["operation"], each["outcome"], each["secret"]) for each in nameless] == [
        (1, "CreateSecret", "done", ""), (2, "GetSecretValue", "ResourceNotFoundException", "")]
    assert f"pid/{os.getpid()}" in nameless[0]["client"]

    named = client.request("named_requests", above=1)["requests"]
    assert [each["secret"] for each in named] == ["marked-other"]
    client.request("lock")
    with pytest.raises(VaultLockedError):
        client.get_secret_value(SecretId="marked-later")
    assert "marked" not in str(client.request("named_requests", above=0))
    with pytest.raises(VaultError, match="not a valid call"):
        client.request("requests", above="1")


def test_a_revoked_key_is_refused(client: Any, agent: Agent) -> None:
    endpoint = agent.start_endpoint(0, {"alice": "admin"})
    owner, alice = endpoint.callers.owner.keys, endpoint.callers.named["alice"].keys

    assert client.request("revoke", access_key_id=alice.access_key_id)["revoked"]
    assert client.request("revoke", access_key_id=owner.access_key_id)["revoked"]
    assert not client.request("revoke", access_key_id=owner.access_key_id)["revoked"]
    for keys in (owner, alice):
        assert endpoint.callers.find_by_key(keys.access_key_id) is None
        assert endpoint.callers.find_by_token([keys.session_token]) is None
    with pytest.raises(VaultError, match="no caller alice"):
        client.request("environment", caller="alice")
    assert client.request("environment")["AWS_ACCESS_KEY_ID"] == endpoint.callers.owner.keys.access_key_id


def test_an_endpoint_is_stopped_by_its_url(client: Any, agent: Agent) -> None:
    kept, stopped = agent.start_endpoint(0), agent.start_endpoint(0)
    status = client.request("stop_endpoint", url=stopped.url)

    assert [each["url"] for each in status["endpoints"]] == [kept.url]


def test_a_vault_that_is_replaced_is_locked(client: Any, vault: smtui.Vault, shared: SharedVault) -> None:
    vault.path.rename(vault.path.with_name("moved"))
    with pytest.raises(VaultMissingError):
        client.list_secrets()
    assert shared.is_locked
    assert shared.lock_reason == "The file was replaced or damaged."
    vault.path.with_name("moved").rename(vault.path)


def test_the_end_of_the_agent_locks_the_vault(agent: Agent, vault: smtui.Vault) -> None:
    client = agent_client.connect(vault.path)
    assert client is not None
    agent.close()

    assert vault.locked
    with pytest.raises(VaultMissingError, match="agent does not answer"):
        client.request("status")
    assert agent_client.connect(vault.path) is None


# Endpoints.


def test_a_stop_is_answered_before_the_agent_ends(
    client: Any, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else `smtui agent stop` fails now and then, although it has done what it should."""
    answer, server = AgentServer._answer, agent._server
    assert server is not None

    def answer_late(*args: Any) -> bytes:
        sent = answer(*args)
        assert server._closed.wait(LIMIT)
        return sent

    monkeypatch.setattr(AgentServer, "_answer", answer_late)
    ending = Thread(target=lambda: (agent.ended.wait(), agent.close()), daemon=True)
    ending.start()
    assert client.request("stop") == {}
    ending.join(LIMIT)


def test_an_endpoint_lasts_as_long_as_the_connection_that_asked_for_it(
    agent: Agent, client: Any, vault: smtui.Vault
) -> None:
    asking = agent_client.connect(vault.path)
    assert asking is not None
    started = asking.request("serve", port=0, callers={"alice": "none"})
    named = client.request("environment", caller="alice")

    assert started["environment"]["AWS_ENDPOINT_URL_SECRETS_MANAGER"] == started["url"]
    assert named["AWS_ACCESS_KEY_ID"] != started["environment"]["AWS_ACCESS_KEY_ID"]
    with pytest.raises(VaultError, match="no caller bob"):
        client.request("environment", caller="bob")
    asking.close()
    wait_until(lambda: not client.request("status")["endpoints"], "the end of the endpoint")
    with pytest.raises(VaultError, match="No endpoint"):
        client.request("environment")


@pytest.mark.parametrize("port", [-1, 70000, 1 << 40])
def test_a_port_that_cannot_be_used(client: Any, port: int) -> None:
    with pytest.raises(VaultError, match=f"Port {port} cannot be used"):
        client.request("serve", port=port)


def test_rotations_run_in_the_background(client: Any, vault: smtui.Vault) -> None:
    function = vault.rotations().create_function(FunctionName="f", Password={"Key": "password"})["FunctionArn"]
    client.create_secret(Name="a", SecretString='{"password":"first"}')
    client.rotate_secret(SecretId="a", RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30})

    wait_until(lambda: "first" not in client.get_secret_value(SecretId="a")["SecretString"], "the rotation")


# Hostile lines.


@pytest.mark.parametrize("line", [
    b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"operation":"Nothing","params":{}}', b'{"operation":[],"params":{}}',
    b'{"operation":"ListSecrets","params":[]}', b'{"operation":"ListSecrets","params":{},"region":1}',
    b'{"control":"nothing"}', b'{"control":"unlock"}', b'{"control":"unlock","length":-1}',
    b'{"control":"unlock","length":99999999999}', b'{"control":"serve"}', b'{"control":"serve","port":"x"}',
    b'{"control":"serve","port":0,"callers":[1]}', b"[" * 100_000, b'{"control":{"a":1}}',
    b'{"operation":"ListSecrets","params":{"MaxResults":1e400}}',
])
def test_lines_that_are_no_call_are_answered(agent: Agent, vault: smtui.Vault, line: bytes) -> None:
    with ExitStack() as ends:
        peer = ends.enter_context(agent_socket.connect(str(vault.path)) or pytest.fail("no agent"))
        peer.settimeout(LIMIT)
        answers = ends.enter_context(peer.makefile("rb"))
        peer.sendall(line + b"\n")
        assert "error" in rpc_codec.decode(answers.readline())
        peer.sendall(b'{"control":"status"}\n')
        assert "result" in rpc_codec.decode(answers.readline())


def test_an_endless_line_is_cut_off(
    agent: Agent, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_server, "MAX_LINE_BYTES", 1000)
    with agent_socket.connect(str(vault.path)) or pytest.fail("no agent") as peer:
        peer.settimeout(LIMIT)
        peer.sendall(b"x" * 200_000)
        answer = read_all(peer)
        assert b"too long" in answer or not answer


def test_what_a_reader_has_read_is_overwritten() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        reader = LineReader(ours, 100)
        theirs.sendall(b"line\nmarked-passphrase rest\n")
        held = reader._held
        assert reader.read_line() == b"line"
        taken = reader.read_bytes(len("marked-passphrase"))

        assert taken == b"marked-passphrase"
        assert b"marked" not in held
        assert b"marked" not in reader._buffer
        assert reader.read_line() == b" rest"
        theirs.sendall(b"x" * 200)
        with pytest.raises(LineTooLongError):
            reader.read_line()
        theirs.close()
        with pytest.raises(EOFError):
            LineReader(ours, 10).read_bytes(1)


def test_the_client_is_a_boto3_client(client: AgentClient) -> None:
    assert client.can_paginate("list_secrets")
    assert [page["SecretList"] for page in client.get_paginator("list_secrets").paginate()] == [[]]
