"""Tests of `smtui compare`: what the words for a side mean, the report and the exit codes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import smtui
from tests.aws_server import ACCOUNT, Aws
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE

MARKERS = ("first", "second", "plain text", "hunter-7")
VERSION = "11111111-1111-4111-8111-111111111111"


def test_a_backup_and_the_vault(stocked: CommandLine, tmp_path: Path) -> None:
    backup = tmp_path / "old.backup"
    shutil.copyfile(stocked.path, backup)
    backup.chmod(0o600)
    before = backup.read_bytes()
    stocked.done("set", "prod/db", "-", stdin=b'{"user":"bob","password":"hunter-7"}')
    stocked.done("set", "new", "-", stdin=b"hunter-7")

    answer = stocked("compare", str(backup), ".")
    as_json = json.loads(
        stocked("compare", str(backup), ".", "--output", "json").out)

    assert (answer.code, answer.out.splitlines()) == (1, [
        "> new", "~ prod/db: value ~user ~password -port; the right side is newer",
        "4 secrets compared: 2 same, 1 different, 1 only on the right"])
    assert not any(marker in answer.out + answer.err + json.dumps(as_json) for marker in MARKERS)
    assert as_json["Counts"] == {"same": 2, "differs": 1, "only right": 1}
    assert as_json["Secrets"][1]["Differences"] == [{"Part": "value", "Keys": [
        {"Key": "user", "Path": ["user"], "Change": "changed"},
        {"Key": "password", "Path": ["password"], "Change": "changed"},
        {"Key": "port", "Path": ["port"], "Change": "removed"}]}]
    assert backup.read_bytes() == before, "it is opened without writing"


def test_the_same_vault_has_no_difference(stocked: CommandLine) -> None:
    answer = stocked("compare", ".", str(stocked.path))

    assert (answer.code, answer.out) == (0, "3 secrets compared: 3 same\n")


def test_regions_and_prefixes(stocked: CommandLine) -> None:
    stocked.done("--region", "eu-west-1", "set", "prod/text", "-", stdin=b"plain text\n")

    regions = stocked("compare", ".@us-east-1", f"{stocked.path}@eu-west-1")
    prefixes = stocked("compare", ".", ".", "--rename", "prod/=dev/")

    assert regions.out.splitlines() == ["< dev/key", "< prod/db", "3 secrets compared: 1 same, 2 only on the left"]
    assert prefixes.out.splitlines()[:3] == ["< prod/db -> dev/db", "> dev/key", "< prod/text -> dev/text"]


def test_a_file_that_can_be_imported(stocked: CommandLine, file: Callable[[str, str], str]) -> None:
    path = file(".env", "text='plain text\n'\ndb=other\n")

    answer = stocked("compare", path, ".", "--rename", "=prod/")

    assert answer.out.splitlines()[0].startswith("~ db -> prod/db: value")
    assert answer.out.splitlines()[1] == "2 secrets compared: 1 same, 1 different"
    assert stocked("compare", path, ".", "--no-values").code == 2


def test_a_vault_with_another_passphrase_is_asked_for(stocked: CommandLine, tmp_path: Path) -> None:
    smtui.create_vault(tmp_path / "other", "another one").close()

    alone = stocked("compare", ".", str(tmp_path / "other"))
    stocked.person.present, stocked.person.answers = True, ["another one"]
    asked = stocked("compare", ".", str(tmp_path / "other"))

    assert (alone.code, asked.code) == (3, 1), asked.err
    assert asked.out.endswith("3 only on the left\n")


def test_accounts(bare: CommandLine, aws: Aws, tmp_path: Path) -> None:
    aws.client().create_secret(Name="dev/db", SecretString="first", ClientRequestToken=VERSION)
    aws.client(region="eu-west-1").create_secret(Name="dev/db", SecretString="first", ClientRequestToken=VERSION)
    aws.proxy.calls.clear()

    same = bare("compare", "a", "a@eu-west-1", "--no-values")
    calls = [*aws.proxy.calls]
    with smtui.create_vault(bare.path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="dev/db", SecretString="hunter-7")
    other = bare("compare", "a", ".", "--output", "json")

    assert (same.code, same.out) == (0, "1 secret compared: 1 same\n")
    assert sorted(calls) == ["GetCallerIdentity", "GetCallerIdentity", "ListSecrets", "ListSecrets"]
    assert json.loads(other.out)["Left"] == {"Name": "a@us-east-1", "Account": ACCOUNT, "Region": "us-east-1"}
    assert not any(marker in other.out + other.err for marker in MARKERS)


def test_very_many_calls_say_first_what_they_cost(
    bare: CommandLine, aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The calls of both accounts, and in a promotion too; the lists alone say nothing."""
    aws.client().create_secret(Name="db", SecretString="first")
    aws.client(region="eu-west-1").create_secret(Name="db", SecretString="second")
    monkeypatch.setattr("smtui.api.context.MANY_CALLS", 1)
    plan = tmp_path / "release.plan"

    listed = bare("compare", "a", "a@eu-west-1", "--no-values")
    compared = bare("compare", "a", "a@eu-west-1", "--plan", str(plan))
    checked = bare("promote", str(plan), "--dry-run")

    assert "calls" not in listed.err
    assert "This takes about 2 calls, $0.00, 0 seconds." in compared.err
    assert "This takes about 7 calls, $0.00, 0 seconds." in checked.err
    assert checked.code == 0, checked.err


def test_mistakes(stocked: CommandLine) -> None:
    for argv, said in (
        (("nothing/there", "."), "neither a context nor a file"), ((".", ".", "--rename", "x"), "FROM=TO"),
        ((".", ".", "--no-values", "--verify"), "Use either"), (("none", "."), "There is no context none"),
        ((".",), "RIGHT"), ((".", ".", "--ignore", "colour"), "invalid choice"),
    ):
        answer = stocked("compare", *argv)

        assert answer.code in (2, 4) and said in answer.err, answer.err


def test_an_empty_vault(cli: CommandLine) -> None:
    answer = cli("compare", ".", ".")

    assert (answer.code, answer.out) == (0, "no secrets to compare\n")
    assert (PASSPHRASE in answer.err) is False
