"""Tests of `smtui keys`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from tests.cli.conftest import CommandLine


@pytest.fixture
def orders(stocked: CommandLine) -> str:
    """Returns the id of the key alias/orders, which encrypts both versions of prod/db."""
    key_id = stocked.done("keys", "create", "orders", "--description", "The orders database").partition(":")[0]
    stocked.done("update-secret", "--secret-id", "prod/db", "--kms-key-id", "alias/orders")
    return key_id


def test_a_region_s_keys_are_listed(stocked: CommandLine, orders: str) -> None:
    heading, managed, made = stocked.done("keys").splitlines()

    assert heading.split() == ["KEY", "STATE", "DELETION", "VERSIONS", "ALIASES", "DESCRIPTION"]
    assert managed.split()[1:] == ["Enabled", "-", "2", "alias/aws/secretsmanager"]
    assert made.split(maxsplit=5) == [orders, "Enabled", "-", "2", "alias/orders", "The orders database"]
    assert len(stocked.done("keys", "--region", "eu-west-1").splitlines()) == 1


@pytest.mark.parametrize("name", ["orders", "alias/orders", "{key}", "arn:aws:kms:us-east-1:000000000000:key/{key}"])
def test_a_key_is_described_as_kms_does(stocked: CommandLine, orders: str, name: str) -> None:
    described = json.loads(stocked.done("keys", "describe", name.format(key=orders)))["KeyMetadata"]

    assert (described["KeyId"], described["KeyState"]) == (orders, "Enabled")


def test_a_disabled_key_says_what_it_locks(stocked: CommandLine, orders: str) -> None:
    assert "2 versions of 1 secret cannot be read" in stocked.done("keys", "disable", "orders")
    answer = stocked("get", "prod/db")
    assert (answer.code, "DecryptionFailure" in answer.err) == (1, True)

    stocked.done("keys", "enable", orders)

    assert stocked.done("get", "prod/db#user") == "ann"


def test_a_deletion_says_what_is_lost_and_how_to_stop_it(stocked: CommandLine, orders: str) -> None:
    said = stocked.done("keys", "delete", "orders", "--days", "7")

    assert "2 versions of 1 secret will then be permanently lost" in said
    assert re.search(r"PendingDeletion +\d{4}-\d\d-\d\d", stocked.done("keys"))
    stocked.done(*said.splitlines()[1].partition("smtui ")[2].split())
    assert json.loads(stocked.done("keys", "describe", "orders"))["KeyMetadata"]["KeyState"] == "Disabled"


def test_aliases_are_made_turned_and_removed(stocked: CommandLine, orders: str) -> None:
    other = stocked.done("keys", "create").partition(":")[0]
    stocked.done("keys", "alias", orders, "--alias", "second")
    stocked.done("keys", "alias", other, "--alias", "orders")
    stocked.done("keys", "unalias", "second")

    assert json.loads(stocked.done("keys", "describe", "orders"))["KeyMetadata"]["KeyId"] == other
    assert stocked("keys", "describe", "second").code == 1


@pytest.mark.parametrize(("argv", "code", "said"), [
    (["describe"], 2, "Which key?"),
    (["list", "orders"], 2, "list takes no key"),
    (["enable", "orders", "--days", "7"], 2, "--days goes with delete"),
    (["alias", "orders"], 2, "Which name?"),
    (["delete", "orders", "--days", "6"], 1, "greater than or equal to 7"),
    (["describe", "nothing"], 1, "alias/nothing is not found"),
    (["delete", "alias/aws/secretsmanager"], 1, "is not authorized to perform: kms:ScheduleKeyDeletion"),
    (["create", "orders"], 1, "already exists"),
])
def test_refusals(stocked: CommandLine, orders: str, argv: list[str], code: int, said: str) -> None:
    before = stocked.done("keys")
    answer = stocked("keys", *argv)

    assert (answer.code, answer.raw) == (code, b""), answer.err
    assert said in answer.err
    assert stocked.done("keys") == before


def test_the_policy_of_a_key(stocked: CommandLine, orders: str, file: Callable[[str, str | bytes], str]) -> None:
    """It is printed as KMS has it, and replaced from a file; one that locks its writer out is refused."""
    default = json.loads(stocked.done("keys", "policy", "orders"))
    assert default["Statement"][0]["Principal"] == {"AWS": "arn:aws:iam::000000000000:root"}
    default["Statement"][0]["Sid"] = "Changed"

    assert stocked.done("keys", "policy", "orders", "--policy", f"file://{file('p.json', json.dumps(default))}") == (
        f"{orders}: policy changed\n")
    assert json.loads(stocked.done("keys", "policy", "orders")) == default
    default["Statement"][0]["Action"] = "kms:Decrypt"
    refused = stocked("keys", "policy", "orders", "--policy", "-", stdin=json.dumps(default).encode())
    assert (refused.code, "MalformedPolicyDocumentException" in refused.err) == (1, True)
    assert stocked("keys", "policy", "orders", "--policy", "{}").code == 1
    assert stocked("keys", "tags", "orders", "--policy", "{}").code == 2


def test_the_tags_of_a_key(stocked: CommandLine, orders: str) -> None:
    assert stocked.done("keys", "tags", "orders") == f"{orders}: no tags\n"
    stocked.done("keys", "tags", "orders", "--add", "team=core", "env=prod=1")
    stocked.done("keys", "tags", "orders", "--remove", "team", "--add", "env=dev")

    assert stocked.done("keys", "tags", "orders") == "env=dev\n"
    assert stocked("keys", "tags", "orders", "--add", "team").code == 2
    assert "TagException" in stocked("keys", "tags", "orders", "--add", "aws:x=1").err
