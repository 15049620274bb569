"""Tests of commands that use an agent, and of the commands for agent and endpoint, in the test process."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from smtui.cli import serving
from smtui.cli.command_table import BY_NAME
from smtui.cli.commands import execute
from smtui.server.agent import Agent
from smtui.server.peer import Peer
from smtui.system import agent_socket
from tests.cli.conftest import CommandLine, Person
from tests.conftest import PASSPHRASE
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets"), pytest.mark.usefixtures("runtime"),
]


CALLS = (
    ("get", "prod/db#password"), ("get", "prod/db~1#password"), ("get", "prod/text"), ("get", "dev/key"), ("ls",),
    ("ls", "--long", "prod/"), ("ls", "--search", "orders"), ("get-secret-value", "--secret-id", "prod/db"),
    ("list-secrets", "--query", "SecretList[].Name", "--output", "text"),
    ("put-secret-value", "--secret-id", "prod/db", "--secret-string", "{}"),
    ("create-secret", "--name", "new", "--secret-string", "x"),
)


@pytest.mark.parametrize("argv", CALLS, ids=" ".join)
def test_with_an_agent_no_passphrase_is_needed(agent: Agent, stocked: CommandLine, argv: tuple[str, ...]) -> None:
    through = stocked(*argv, unlock=False)
    alone = stocked(*argv, "--no-agent", unlock=False)

    assert (through.code, alone.code) == (0, 3)
    assert "passphrase" not in through.err


@pytest.mark.parametrize("argv", CALLS[:9], ids=" ".join)
def test_the_answer_is_that_without_an_agent(agent: Agent, stocked: CommandLine, argv: tuple[str, ...]) -> None:
    assert stocked(*argv, unlock=False).raw == stocked(*argv, "--no-agent").raw


def test_errors_are_those_without_an_agent(agent: Agent, stocked: CommandLine) -> None:
    for argv in (("get", "none"), ("get", "prod/db#none"), ("get", "prod/db~9"), ("get-secret-value",),
                 ("get-secret-value", "--secret-id", "none")):
        through, alone = stocked(*argv, unlock=False), stocked(*argv, "--no-agent")
        assert (through.code, through.err) == (alone.code, alone.err)


def test_exec_gets_its_values_from_the_agent(
    agent: Agent, stocked: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[Any] = []

    def run(program: str, words: list[str], environment: Any, secrets: dict[str, str]) -> None:
        ran.append(secrets)
        raise SystemExit(0)

    monkeypatch.setattr(execute, "replace_process", run)
    with pytest.raises(SystemExit):
        stocked("exec", "prod/db", "--", sys.executable, unlock=False)
    assert ran == [{"user": "ann", "password": "second", "port": "5432"}]


def test_a_passphrase_for_one_command_or_read_only_opens_the_file(agent: Agent, stocked: CommandLine) -> None:
    assert stocked("ls", "--read-only", unlock=False).code == 3
    assert stocked("ls", "--passphrase-fd", "99", unlock=False).code == 2
    assert agent.request("status")["calls"] == 0


def test_a_protected_context_is_not_changed_through_an_agent(
    agent: Agent, stocked: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    stocked.done("contexts", "add", "team", "--vault", str(stocked.path), "--protect", "read")
    monkeypatch.delenv("SMTUI_VAULT")
    change = ("--context", "team", "delete-secret", "--secret-id", "prod/db")

    assert stocked(*change).code == 4
    assert stocked("--context", "team", "ls", unlock=False).code == 3
    assert agent.request("status")["calls"] == 0
    assert stocked(*change, "--rw", unlock=False).code == 0
    assert agent.request("status")["calls"] == 1


def test_a_locked_agent_gets_the_passphrase_that_the_command_asks_for(
    agent: Agent, stocked: CommandLine, person: Person
) -> None:
    agent.shared.lock()
    assert stocked("get", "prod/text", unlock=False).code == 3

    person.present, person.answers = True, ["wrong", PASSPHRASE]
    found = stocked("get", "prod/text", unlock=False)
    assert (found.code, found.out) == (0, "plain text\n")
    assert len(person.asked) == 2
    person.present = False
    assert stocked("ls", unlock=False).code == 0


def test_lock_unlock_and_status(agent: Agent, stocked: CommandLine) -> None:
    assert "state:     unlocked, locks in 9" in stocked.done("agent", "status")
    stocked.done("lock")

    assert agent.shared.is_locked
    assert "state:     locked. It was locked on request." in stocked.done("agent", "status")
    assert stocked("unlock", unlock=False).code == 3
    assert stocked("unlock", passphrase="wrong").code == 3
    stocked.done("unlock")
    found = json.loads(stocked.done("agent", "status", "--json"))
    assert (found["running"], found["locked"], found["vault"]) == (True, False, str(stocked.path))
    stocked.done("agent", "stop")
    assert agent.ended.is_set()


def test_without_an_agent(stocked: CommandLine) -> None:
    locked = stocked("lock", unlock=False)

    assert (locked.code, locked.err) == (0, "note: no agent is running for this vault, so nothing is unlocked.\n")
    for argv in (("unlock",), ("agent", "status"), ("agent", "stop"), ("credentials",)):
        refused = stocked(*argv, unlock=False)
        assert (refused.code, refused.err.splitlines()[0]) == (1, f"smtui: No agent is running for {stocked.path}.")
    assert json.loads(stocked("agent", "status", "--json").out) == {
        "running": False, "vault": str(stocked.path), "socket": agent_socket.get_socket_path(str(stocked.path))}


def test_a_second_agent_is_refused(agent: Agent, stocked: CommandLine) -> None:
    refused = stocked("agent")
    assert (refused.code, refused.err.splitlines()[0]) == (1, "smtui: An agent for this vault is already running.")


def test_a_dead_socket_is_no_agent(stocked: CommandLine, runtime: Path) -> None:
    (runtime / "smtui").mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(agent_socket.get_socket_path(str(stocked.path)))
    assert stocked("ls", unlock=False).code == 3
    assert stocked("ls").code == 0


@pytest.mark.parametrize(("argv", "words"), [
    (("serve", "--port", "70000"), "a port is at most 65,535"), (("serve", "--port", "x"), "argument --port"),
    (("serve", "--caller", "alice"), "expected NAME=none or NAME=admin"),
    (("serve", "--caller", "a b=none"), "expected NAME=none or NAME=admin"),
    (("serve", "--env", "--", "true"), "omit --env and --detach"),
    (("agent", "--confirm", "--detach"), "omit --detach"),
    (("agent", "begin"), "invalid choice"), (("agent", "--idle-lock", "-1"), "argument --idle-lock"),
])
def test_command_lines_that_are_refused(stocked: CommandLine, argv: tuple[str, ...], words: str) -> None:
    refused = stocked(*argv)
    assert refused.code == 2
    assert words in refused.err


def test_a_command_that_cannot_run_is_refused_before_the_passphrase(stocked: CommandLine, tmp_path: Path) -> None:
    assert stocked("serve", "--", "no-such-program", unlock=False).code == 127
    (tmp_path / "text").write_text("")
    refused = stocked("serve", "--", str(tmp_path / "text"), unlock=False)
    assert (refused.code, refused.err) == (
        126, f"smtui: {tmp_path}/text cannot be run: it is not an executable program.\n")


def test_the_limits_of_a_running_agent_cannot_be_changed_by_serve(agent: Agent, stocked: CommandLine) -> None:
    assert stocked("serve", "--only", "dev/", unlock=False).code == 2
    assert stocked("serve", "--detach", unlock=False).code == 2


def test_the_environment_and_the_credentials_of_a_running_endpoint(agent: Agent, stocked: CommandLine) -> None:
    assert stocked("credentials", unlock=False).err == "smtui: No endpoint is running for this vault.\n"
    endpoint = agent.start_endpoint(0, {"alice": "none"})
    owner, alice = endpoint.callers.owner.keys, endpoint.callers.named["alice"].keys
    lines = stocked("serve", "--env", unlock=False).out.splitlines()
    found = json.loads(stocked("credentials", unlock=False).out)

    assert f"export AWS_ENDPOINT_URL_SECRETS_MANAGER={endpoint.url}" in lines
    assert f"export AWS_ACCESS_KEY_ID={owner.access_key_id}" in lines
    assert {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_TOKEN"} <= {
        line.removeprefix("export ").partition("=")[0] for line in lines}
    assert (found["Version"], found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"]) == (
        1, owner.access_key_id, owner.secret_access_key, owner.session_token)
    other = json.loads(stocked("credentials", "--caller", "alice", unlock=False).out)
    assert other["AccessKeyId"] == alice.access_key_id


def test_of_two_that_serve_a_program_at_once_both_run_it(
    agent: Agent, stocked: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither saw the other's agent before it started its own; each program has an endpoint of its own then."""
    monkeypatch.setattr("smtui.cli.agent_session.find_agent_of", lambda _: None)
    written = tmp_path / "written"
    script = f"import os; open({str(written)!r}, 'w').write(os.environ['AWS_ENDPOINT_URL_SECRETS_MANAGER'])"

    assert stocked("serve", "--port", "0", "--", sys.executable, "-c", script).code == 0
    assert written.read_text() not in [each.url for each in agent.endpoints]
    refused = stocked("serve", "--port", "0")
    assert (refused.code, refused.err) == (1, "smtui: An agent for this vault is already running.\n")


def test_what_the_agent_refuses_is_no_fault_of_the_vault(agent: Agent, stocked: CommandLine) -> None:
    """Exit code 1, as where the command serves itself; 4 would say that the file is missing, damaged or busy."""
    missing = stocked("credentials", unlock=False)
    port = str(agent.start_endpoint(0).server.port)
    unknown = stocked("credentials", "--caller", "nobody", unlock=False)
    in_use = stocked("serve", "--port", port, unlock=False)
    agent._server._permits = lambda _: False  # type: ignore[union-attr]
    unconfirmed = stocked("credentials", unlock=False)

    assert [(each.code, each.err.splitlines()[0]) for each in (missing, unknown, in_use, unconfirmed)] == [
        (1, "smtui: No endpoint is running for this vault."), (1, "smtui: The endpoint has no caller nobody."),
        (1, f"smtui: Port {port} cannot be used: Address already in use."),
        (1, "smtui: The use of the vault by this program was not confirmed at the agent's terminal."),
    ]


def test_serve_runs_a_command_through_the_agent(
    agent: Agent, stocked: CommandLine, tmp_path: Path
) -> None:
    script = "import os, json, sys; json.dump(dict(os.environ), open(sys.argv[1], 'w')); sys.exit(7)"
    answer = stocked("serve", "--", sys.executable, "-c", script, str(tmp_path / "environ"))
    environ = json.loads((tmp_path / "environ").read_text())

    assert answer.code == 7
    assert environ["AWS_ENDPOINT_URL_SECRETS_MANAGER"].startswith("http://127.0.0.1:")
    assert environ["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert "SMTUI_PASSPHRASE" not in environ
    wait_until(lambda: not agent.request("status")["endpoints"], "the end of the endpoint")


@pytest.mark.parametrize("name", ["agent", "lock", "unlock", "credentials"])
def test_windows_is_told_what_it_has_not(
    stocked: CommandLine, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(agent_socket, "IS_SUPPORTED", False)
    refused = stocked(name)
    assert (refused.code, refused.err.splitlines()[0]) == (
        2, "smtui: Windows has no agent, lock, unlock and credentials: they need Unix sockets.")
    assert BY_NAME[name].help


def test_on_windows_nothing_looks_for_a_socket(stocked: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(vault: str) -> str:
        raise AttributeError("geteuid")  # as on Windows

    monkeypatch.setattr(agent_socket, "IS_SUPPORTED", False)
    monkeypatch.setattr(agent_socket, "get_socket_path", fail)
    for action in ("status", "stop"):
        refused = stocked("agent", action)
        assert (refused.code, refused.err.splitlines()) == (
            1, [f"smtui: No agent is running for {stocked.path}.",
                "hint: Windows has no agent: it needs Unix sockets."])
    assert stocked("serve", "--", sys.executable, "-c", "raise SystemExit(7)").code == 7
    assert stocked("ls").code == 0


@pytest.mark.parametrize(("answer", "decision"), [("y", True), ("YES", True), ("", False), ("no", False)])
def test_the_question_about_a_program(person: Person, answer: str, decision: bool) -> None:
    assert not serving.ask_about_program(Peer(0, 7, "/usr/bin/x"))
    person.present, person.answers = True, [answer]

    assert serving.ask_about_program(Peer(0, 7, "/usr/bin/x")) is decision
    assert person.asked == ["Allow /usr/bin/x (process 7) to use the vault until it is locked? [y/N] "]
