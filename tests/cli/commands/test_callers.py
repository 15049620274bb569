"""Tests of `smtui callers`."""

from __future__ import annotations

import json

import pytest

from smtui.server.agent import Agent
from tests.cli.conftest import CommandLine


def test_adding_listing_removing(stocked: CommandLine) -> None:
    assert stocked.done("callers") == ""
    added = stocked.done("callers", "add", "alice", "--identity", "none")
    stocked.done("callers", "add", "ci", "--identity", "admin", "--arn", "arn:aws:iam::000000000000:role/ci")
    name, identity, key, arn = added.split()

    assert (name, identity, arn) == ("alice", "none", "arn:aws:iam::000000000000:user/alice")
    assert key.startswith("AKIA")
    assert stocked.done("callers", "list").splitlines()[0] == added.rstrip("\n")
    assert stocked.done("callers").splitlines()[1].endswith(":role/ci")
    assert stocked.done("callers", "rm", "alice") == "alice: removed\n"
    assert stocked("callers", "rm", "alice").code == 1


@pytest.mark.parametrize("argv", [
    ("add",), ("add", "alice"), ("add", "--identity", "none"), ("list", "alice"), ("rm",),
    ("rm", "alice", "--identity", "none"), ("rm", "alice", "--arn", "x"), ("add", "alice", "--identity", "some"),
    ("drop", "alice"),
])
def test_what_is_not_a_command(stocked: CommandLine, argv: tuple[str, ...]) -> None:
    assert stocked("callers", *argv).code == 2


@pytest.mark.parametrize("argv", [("a b",), ("alice", "--arn", "arn:aws:s3:::bucket-of-somebody")])
def test_what_is_refused(stocked: CommandLine, argv: tuple[str, ...]) -> None:
    answer = stocked("callers", "add", *argv, "--identity", "none")
    assert answer.code in (1, 2)
    assert stocked.done("callers") == ""


def test_the_credentials_of_a_stored_caller(stocked: CommandLine, agent: Agent) -> None:
    key = stocked.done("callers", "add", "alice", "--identity", "none").split()[2]
    agent.start_endpoint(0)
    found = json.loads(stocked.done("credentials", "--caller", "alice"))

    assert (found["Version"], found["AccessKeyId"]) == (1, key)
    assert len(found["SecretAccessKey"]) == 40
    assert "SessionToken" not in found
    assert stocked("credentials", "--caller", "bob").code == 1
