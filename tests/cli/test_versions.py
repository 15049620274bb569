"""Tests of commands that take a version of a secret, and of those that show, compare and restore versions."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import smtui
from smtui.cli.commands import rollback
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
    assert f"password={value}" in versions.done("export", word, "--format", "dotenv")


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
    assert "prod/db has " in answer.err and "smtui history prod/db" in answer.err


@pytest.mark.parametrize("argv", [
    ["get", "prod/db:"], ["get", "prod/db~x"], ["export", "prod/db~x"], ["exec", "prod/db:", "--", "true"],
    ["get", "prod/db~1", "--version-stage", "blue"], ["set", "prod/db~1", "--generate"],
    ["set", "prod/db:blue#password", "--generate"], ["history", "prod/db#password"], ["history", ""],
    ["rollback", "prod/db#password"], ["export", "prod/db#password"],
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


# diff


def test_a_difference_names_keys_and_hides_values(versions: CommandLine) -> None:
    answer = versions("diff", "prod/db~1", "prod/db")

    assert (answer.code, answer.out, answer.err) == (1, "~ password\n+ port\n", "")
    assert versions("diff", "prod/db", "prod/db~1").out == "~ password\n- port\n"


def test_one_argument_is_compared_with_the_current_version(versions: CommandLine) -> None:
    assert versions("diff", "prod/db").raw == versions("diff", "prod/db~1", "prod/db").raw
    assert versions("diff", "prod/db:blue").raw == versions("diff", "prod/db:blue", "prod/db").raw
    assert versions("diff", "prod/db#password").out == "~ entire value\n"


def test_values_that_are_the_same(versions: CommandLine) -> None:
    versions.done("set", "copy", "-", stdin=b'{"password":"two"}')

    assert versions("diff", "copy", "prod/db:blue").raw == b""
    assert versions("diff", "copy", "prod/db:blue").code == 0
    assert versions("diff", "copy#password", "prod/db#password").code == 1


def test_values_are_shown_on_request(versions: CommandLine) -> None:
    assert versions("diff", "prod/db", "--reveal").out == "~ password\n    - three\n    + four\n+ port\n    + 5432\n"


def test_a_difference_as_json(versions: CommandLine) -> None:
    hidden = json.loads(versions("diff", "prod/db", "--output", "json").out)
    shown = json.loads(versions("diff", "prod/db", "--output", "json", "--reveal").out)

    assert hidden == {"Identical": False, "Differences": [
        {"Key": "password", "Path": ["password"], "Change": "changed"},
        {"Key": "port", "Path": ["port"], "Change": "added"},
    ]}  # fmt: skip
    assert shown["Differences"][0]["Before"] == "three" and shown["Differences"][0]["After"] == "four"
    assert shown["Differences"][1]["Before"] is None


@pytest.mark.parametrize(("before", "after", "says"), [
    (b'{"a": 1}', b'{"a":1}', "formatting only"),
    (b'{"a": 1}', b'{"a": "1"}', "~ a"),
    (b'{"a": {"b": 1, "c": 2}}', b'{"a": {"b": 2, "c": 2}}', "~ a.b\n"),
    (b"text", b"other", "~ entire value"),
    (b'{"a": 1}', b"text", "~ entire value"),
])
def test_other_values(cli: CommandLine, before: bytes, after: bytes, says: str) -> None:
    cli.done("set", "a", "-", stdin=before)
    cli.done("set", "a", "-", stdin=after)

    answer = cli("diff", "a")
    assert answer.code == 1 and says in answer.out
    assert cli("diff", "a", "--reveal").code == 1


def test_lines_of_a_text_and_bytes(cli: CommandLine) -> None:
    cli.done("set", "a", "-", stdin=b"one\ntwo\nthree")
    cli.done("set", "a", "-", stdin=b"one\n2\nthree")
    cli.done("set", "b", "-", "--binary", stdin=b"\xff")

    assert cli("diff", "a", "--reveal").out == "~ entire value\n    - two\n    + 2\n"
    assert cli("diff", "a", "b").code == 1
    assert json.loads(cli("diff", "a", "b", "--reveal", "--output", "json").out)["Differences"][0]["After"] == "/w=="


# history


def test_a_history_lists_all_versions_newest_first(versions: CommandLine) -> None:
    rows = [re.split(" {2,}", line) for line in versions.done("history", "prod/db").splitlines()]

    assert [row[-1] for row in rows] == ["AWSCURRENT", "AWSPREVIOUS", "blue", "(deprecated)"]
    assert rows[0][0] == find_id(versions, "AWSCURRENT")
    assert [versions.done("get", f"prod/db:{row[0][:8]}#password") for row in rows] == ["four", "three", "two", "one"]
    from_blue = versions.done("history", "prod/db:blue").splitlines()
    assert [line.split()[0] for line in from_blue] == [row[0] for row in rows[2:]]
    assert versions("history", "prod/db", tty=True).out.startswith("VERSION ")


def test_a_history_says_who_created_each_version(versions: CommandLine) -> None:
    with smtui.open_vault(versions.path, PASSPHRASE) as vault:
        alice = vault.client(caller="arn:aws:iam::000000000000:user/alice")
        alice.put_secret_value(SecretId="prod/db", SecretString="x", VersionStages=["trial"])
        vault.client().put_secret_value(SecretId="prod/db", SecretString="y")
    rows = [re.split(" {2,}", line) for line in versions.done("history", "prod/db").splitlines()]

    assert [row[2] for row in rows] == ["root", "user/alice", "root", "root", "root", "root"]
    assert json.loads(versions.done("history", "prod/db", "--output", "json"))[1]["CreatedBy"] == "user/alice"


def test_a_history_as_json_has_the_members_of_aws(versions: CommandLine) -> None:
    found = json.loads(versions.done("history", "prod/db~1", "--output", "json"))

    assert [each.get("VersionStages") for each in found] == [["AWSPREVIOUS"], ["blue"], None]
    assert {"VersionId", "CreatedDate"} <= set(found[0])


def test_a_history_of_nothing(cli: CommandLine) -> None:
    answer = cli("history", "nowhere")

    assert answer.code == 1 and "ResourceNotFoundException" in answer.err


# rollback


def test_a_rollback_and_back_again(versions: CommandLine) -> None:
    current, previous = find_id(versions, "AWSCURRENT"), find_id(versions, "AWSPREVIOUS")

    said = versions.done("rollback", "prod/db")

    assert said == f"prod/db: AWSCURRENT moved from {current[:8]} to {previous[:8]}\n"
    assert versions.done("get", "prod/db#password") == "three"
    assert (find_id(versions, "AWSCURRENT"), find_id(versions, "AWSPREVIOUS")) == (previous, current)
    versions.done("rollback", "prod/db")
    assert versions.done("get", "prod/db#password") == "four"


def test_a_rollback_to_a_chosen_version(versions: CommandLine) -> None:
    versions.done("rollback", "prod/db~3")
    assert versions.done("get", "prod/db#password") == "one"
    versions.done("rollback", "prod/db:blue")
    assert versions.done("get", "prod/db#password") == "two"


@pytest.mark.parametrize("word", ["new", "prod/db:AWSCURRENT", "prod/db:green", "nowhere"])
def test_a_rollback_that_is_refused(versions: CommandLine, word: str) -> None:
    versions.done("set", "new", "-", stdin=b"only one")

    answer = versions("rollback", word)

    assert (answer.code, answer.raw) == (1, b"")
    assert answer.err
    assert versions.done("get", "prod/db#password") == "four"
    assert versions.done("get", "new") == "only one"


def test_a_rollback_undoes_no_change_that_came_meanwhile(
    versions: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RemoveFromVersionId makes the service refuse the move, and the newest value stays current."""
    read = rollback.read_labels

    def read_then_change(client: Any, secret_id: str) -> dict[str, str]:
        found = read(client, secret_id)
        with smtui.open_vault(versions.path, PASSPHRASE) as vault:
            vault.client().put_secret_value(SecretId="prod/db", SecretString='{"password":"theirs"}')
        return found

    with monkeypatch.context() as patch:
        patch.setattr(rollback, "read_labels", read_then_change)
        answer = versions("rollback", "prod/db")

    assert answer.code == 1 and "InvalidParameterException" in answer.err
    assert versions.done("get", "prod/db#password") == "theirs"
