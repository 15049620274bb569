"""Tests of commands that take a version of a secret, and of those that show, compare and restore versions."""

from __future__ import annotations

import json
from typing import Any

import pytest

import smtui
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE


@pytest.fixture
def versions(cli: CommandLine) -> CommandLine:
    """Returns the command line with `prod/db` in four versions, of which the second has the label `blue`."""
    with smtui.open_vault(cli.path, PASSPHRASE) as vault:
        client = vault.client()
        client.create_secret(Name="prod/db", SecretString='{"password":"one"}')
        client.put_secret_value(
            SecretId="prod/db", SecretString='{"password":"two"}', VersionStages=["AWSCURRENT", "blue"]
        )
        client.put_secret_value(SecretId="prod/db", SecretString='{"password":"three"}')
        client.put_secret_value(SecretId="prod/db", SecretString='{"password":"four","port":5432}')
    return cli


def find_id(cli: CommandLine, label: str) -> str:
    answer = json.loads(cli.done("describe-secret", "--secret-id", "prod/db"))
    return next(str(version) for version, labels in answer["VersionIdsToStages"].items() if label in labels)


@pytest.mark.parametrize(("word", "value"), [
    ("prod/db", "four"), ("prod/db~1", "three"), ("prod/db~", "three"), ("prod/db~2", "two"), ("prod/db~3", "one"),
    ("prod/db:AWSCURRENT", "four"), ("prod/db:blue", "two"), ("prod/db:blue~1", "one"),
])
def test_every_command_that_reads_a_value_takes_a_version(versions: CommandLine, word: str, value: str) -> None:
    assert versions.done("get", f"{word}#password") == value
    assert json.loads(versions.done("get", word))["password"] == value
    assert json.loads(json.loads(versions.done("export", word))[0]["SecretString"])["password"] == value
    assert f"password='{value}'" in versions.done("export", word, "--format", "dotenv")


def test_a_version_by_its_id_or_arn(versions: CommandLine) -> None:
    arn = json.loads(versions.done("describe-secret", "--secret-id", "prod/db"))["ARN"]

    assert versions.done("get", f"{arn}:blue#password") == "two"
    assert versions.done("get", f"{arn}~1#password") == "three"
    assert versions.done("get", f"prod/db:{find_id(versions, 'blue')[:8]}#password") == "two"


def test_a_key_may_contain_the_characters_of_versions(cli: CommandLine) -> None:
    cli.done("set", "a", "-", stdin=b'{"x:y~1#z": "odd"}')

    assert cli.done("get", "a#x:y~1#z") == "odd"
    assert cli.done("get", "a:AWSCURRENT#x:y~1#z") == "odd"


@pytest.mark.parametrize("argv", [["get", "prod/db:green"], ["copy", "prod/db~9"], ["export", "prod/db~9"],
                                  ["exec", "prod/db:green", "--", "true"]])
def test_a_version_that_is_not_there(versions: CommandLine, argv: list[str]) -> None:
    answer = versions(*argv)

    assert (answer.code, answer.raw) == (1, b"")
    assert "prod/db has no version" in answer.err and "smtui history prod/db" in answer.err


@pytest.mark.parametrize("argv", [
    ["get", "prod/db:"], ["get", "prod/db~x"], ["export", "prod/db~x"], ["exec", "prod/db:", "--", "true"],
    ["get", "prod/db~1", "--version-stage", "blue"], ["set", "prod/db~1", "--generate"],
    ["set", "prod/db:blue#password", "--generate"],
])
def test_words_that_cannot_be_meant(versions: CommandLine, argv: list[str]) -> None:
    assert versions(*argv).code == 2
    assert versions.done("get", "prod/db#password") == "four"


def test_two_versions_of_one_secret_never_become_one_variable(versions: CommandLine) -> None:
    answer = versions("exec", "prod/db", "prod/db~1", "--", "true")

    assert answer.code == 1
    assert "both from prod/db#password and from prod/db~1#password" in answer.err


@pytest.mark.parametrize("format", ["json", "dotenv", "aws"])
def test_an_export_holds_one_version_of_a_secret(versions: CommandLine, tmp_path: Any, format: str) -> None:
    answer = versions("export", "prod/db", "prod/db~1", "--format", format, "--output", str(tmp_path / "out"))

    assert answer.code == 1
    assert "Two versions of prod/db" in answer.err
    assert not (tmp_path / "out").exists()
