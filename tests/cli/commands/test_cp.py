"""Tests of cp and mv: what a copy has, and that nothing is overwritten, lost or shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

import smtui
from smtui.cli import confirm
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE

POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:DeleteSecret", "Resource": "*",
     "Condition": {"StringEquals": {"aws:PrincipalTag/team": "guest"}}},
]})  # fmt: skip


@pytest.fixture
def db(cli: CommandLine) -> CommandLine:
    """Returns the command line with `prod/db`: four versions, labels, tags, a description, a policy and a key."""
    with smtui.open_vault(cli.path, PASSPHRASE) as vault:
        client = vault.client()
        key = vault.keys().create_key(Description="orders")["KeyMetadata"]["KeyId"]
        client.create_secret(Name="prod/db", SecretString="one", Description="orders", KmsKeyId=key,
                             Tags=[{"Key": "team", "Value": "core"}])
        client.put_secret_value(SecretId="prod/db", SecretString="two", VersionStages=["AWSCURRENT", "blue", "green"])
        client.put_secret_value(SecretId="prod/db", SecretString="three")
        client.put_secret_value(SecretId="prod/db", SecretBinary=b"\x00four", VersionStages=["AWSCURRENT", "red"])
        client.put_resource_policy(SecretId="prod/db", ResourcePolicy=POLICY)
    return cli


def look(cli: CommandLine, name: str) -> dict[str, Any]:
    """What a copy must share with the original: metadata, policy, and the value of each label."""
    with smtui.open_vault(cli.path, PASSPHRASE) as vault:
        client = vault.client()
        secret: Any = client.describe_secret(SecretId=name)
        values = {}
        for version, labels in secret["VersionIdsToStages"].items():
            value: Any = client.get_secret_value(SecretId=name, VersionId=version)
            values |= {label: value.get("SecretString", value.get("SecretBinary")) for label in labels}
        return {"values": values, "policy": client.get_resource_policy(SecretId=name).get("ResourcePolicy"),
                **{member: secret.get(member) for member in ("Description", "Tags", "KmsKeyId", "DeletedDate")}}


def test_a_copy_has_everything_that_belongs_to_the_secret(db: CommandLine) -> None:
    before = look(db, "prod/db")

    assert db.done("cp", "prod/db", "dev/db", "--yes") == "dev/db: created as a copy of prod/db\n"

    assert look(db, "dev/db") == look(db, "prod/db") == before
    assert before["values"] == {"AWSCURRENT": b"\x00four", "red": b"\x00four", "AWSPREVIOUS": "three", "blue": "two",
                                "green": "two"}


@pytest.mark.parametrize("back", ["prod/db", "prod/db:blue"])
def test_a_copy_after_a_rollback(db: CommandLine, back: str) -> None:
    """The current version may be older than others."""
    db.done("rollback", back)

    db.done("cp", "prod/db", "dev/db", "--yes")

    assert look(db, "dev/db") == look(db, "prod/db")


def test_a_copy_without_a_previous_version_gets_none(cli: CommandLine) -> None:
    with smtui.open_vault(cli.path, PASSPHRASE) as vault:
        client = vault.client()
        client.create_secret(Name="a", SecretString="one")
        client.put_secret_value(SecretId="a", SecretString="two", VersionStages=["next"])
        client.create_secret(Name="empty", Description="no value yet")
    cli.done("cp", "a", "b", "--yes")
    cli.done("cp", "empty", "none", "--yes")

    assert look(cli, "b")["values"] == {"AWSCURRENT": "one", "next": "two"}
    assert json.loads(cli.done("describe-secret", "--secret-id", "none"))["Description"] == "no value yet"


def test_a_copy_of_one_version(db: CommandLine) -> None:
    db.done("cp", "prod/db:blue", "dev/db", "--yes")

    assert look(db, "dev/db")["values"] == {"AWSCURRENT": "two"}
    assert look(db, "dev/db")["policy"] == POLICY


def test_the_plan_is_shown_and_asked_without_values(db: CommandLine) -> None:
    db.person.present = True
    db.person.answers = ["yes"]

    db.done("cp", "prod/db", "dev/db")

    (plan,) = db.person.saw
    assert plan.startswith("copy prod/db to dev/db:\n")
    assert "(AWSCURRENT, red)" in plan and "(blue, green)" in plan and "team=core" in plan and "policy" in plan
    assert "three" not in plan and "four" not in plan
    assert db.person.asked == ["Type yes to copy prod/db to dev/db: "]


@pytest.mark.parametrize("command", ["cp", "mv"])
def test_nothing_is_copied_without_a_yes(db: CommandLine, command: str) -> None:
    db.person.present = True
    for answer in ("", "no", "y"):
        db.person.answers = [answer]
        assert db(command, "prod/db", "dev/db").code == 1
    db.person.present = False
    assert db(command, "prod/db", "dev/db").code == 2
    dry = db(command, "prod/db", "dev/db", "--dry-run")
    assert dry.code == 0 and "AWSCURRENT" in dry.out

    assert db.done("ls") == "prod/db\n"


@pytest.mark.parametrize("command", ["cp", "mv"])
@pytest.mark.parametrize(("old", "new"), [
    ("prod/db", "taken"), ("prod/db", "prod/db"), ("prod/db", "empty"), ("prod/db", "going"), ("nowhere", "new"),
    ("prod/db", "bad name"),
])
def test_what_is_refused_changes_nothing(db: CommandLine, command: str, old: str, new: str) -> None:
    """A name that is in use is refused in a dry run too."""
    with smtui.open_vault(db.path, PASSPHRASE) as vault:
        for name in ("taken", "going"):
            vault.client().create_secret(Name=name, SecretString="theirs")
        vault.client().create_secret(Name="empty")
        vault.client().delete_secret(SecretId="going")
    before = db.done("ls", "--all"), look(db, "prod/db"), db.done("get", "taken")

    for option in ("--yes", "--dry-run"):
        assert db(command, old, new, option).code == 1

    assert (db.done("ls", "--all"), look(db, "prod/db"), db.done("get", "taken")) == before


@pytest.mark.parametrize("argv", [
    ["cp", "prod/db", "dev/db:blue"], ["cp", "prod/db", "arn:aws:secretsmanager:us-east-1:000000000000:secret:b"],
    ["cp", "prod/db", ""], ["mv", "prod/db~1", "dev/db"], ["mv", "prod/db", "dev/db", "--days", "3"],
])
def test_words_that_cannot_be_meant(db: CommandLine, argv: list[str]) -> None:
    assert db(*argv, "--yes").code == 2
    assert db.done("ls") == "prod/db\n"


def test_a_change_since_the_plan_was_shown_is_not_missed(db: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(*_: object) -> None:
        with smtui.open_vault(db.path, PASSPHRASE) as vault:
            vault.client().put_secret_value(SecretId="prod/db", SecretString="five")

    with monkeypatch.context() as patch:
        patch.setattr(confirm, "require_confirmation", change)
        answer = db("mv", "prod/db", "dev/db")

    assert answer.code == 1 and "has changed" in answer.err
    assert db.done("ls") == "prod/db\n"
    assert db.done("get", "prod/db") == "five"


def test_a_move_copies_and_schedules_the_deletion(db: CommandLine) -> None:
    before = look(db, "prod/db")

    said = db.done("mv", "prod/db", "dev/db", "--days", "7", "--yes")

    assert said == ("dev/db: created as a copy of prod/db\n"
                    "prod/db: scheduled for deletion; recovery window: 7 days\n")
    assert look(db, "dev/db") == before
    assert db.done("ls") == "dev/db\n"
    db.done("restore-secret", "--secret-id", "prod/db")
    assert look(db, "prod/db") == before


def test_a_move_that_cannot_delete_leaves_no_copy(db: CommandLine) -> None:
    """A primary secret cannot be deleted while it has replicas."""
    db.done("replicate-secret-to-regions", "--secret-id", "prod/db", "--add-replica-regions", "Region=eu-west-1")
    dry = db.done("mv", "prod/db", "dev/db", "--dry-run")

    answer = db("mv", "prod/db", "dev/db", "--yes")

    assert "replicas (eu-west-1)" in dry
    assert answer.code == 1
    assert db.done("ls") == "prod/db\n"
