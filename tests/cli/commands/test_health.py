"""Tests of `smtui health`: its groups, counts, exit codes and limits, and that no value is read or shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import smtui
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE

OPEN = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"},
]})  # fmt: skip


@pytest.fixture
def ailing(cli: CommandLine) -> CommandLine:
    """Returns the command line with a public secret, two weak and equal ones, and one without a description."""
    with smtui.open_vault(cli.path, PASSPHRASE) as vault:
        client = vault.client()
        client.create_secret(Name="b", SecretString='{"password":"letmein"}', Description="b")
        client.create_secret(Name="a", SecretString='{"password":"letmein"}', Description="a")
        client.create_secret(Name="open", SecretString="tR7$vK2!pW9@xQ4%", Description="c")
        client.create_secret(Name="plain", SecretString="pW9@xQ4%tR7$vK2!")
        client.put_resource_policy(SecretId="open", ResourcePolicy=OPEN, BlockPublicPolicy=False)
    return cli


def list_reads(cli: CommandLine) -> set[str]:
    log = cli.done("audit", "--all", "--json", "--limit", "0")
    return {json.loads(line)["eventName"] for line in log.splitlines()}


def test_findings_are_grouped_worst_first(ailing: CommandLine) -> None:
    answer = ailing("health")
    lines = answer.out.splitlines()

    assert answer.code == 0 and answer.err == ""
    assert lines[0] == "alert: public (1)"
    assert lines[1].startswith("  open: its policy grants broad access")
    assert lines[2:] == ["note: undescribed (1)", "  plain: no description or tags",
                         "4 secrets checked: 1 alert, 1 note"]
    assert ailing("health").raw == answer.raw


def test_values_are_read_only_on_request_and_never_shown(ailing: CommandLine) -> None:
    ailing.done("health")
    before = list_reads(ailing)
    answer = ailing("health", "--values")

    assert "BatchGetSecretValue" not in before and "GetSecretValue" not in before
    assert "BatchGetSecretValue" in list_reads(ailing)
    assert "alert: weak (2)\n  a: password: about " in answer.out
    assert "warning: repeated (2)\n  a: password: the same as in b\n  b: password: the same as in a\n" in answer.out
    assert "letmein" not in answer.out + answer.err


@pytest.mark.parametrize(("argv", "code"), [
    (["--fail"], 1), (["--fail", "alert"], 1), (["--fail", "note"], 1), ([], 0),
])
def test_ci_can_fail(ailing: CommandLine, argv: list[str], code: int) -> None:
    assert ailing("health", *argv).code == code


@pytest.mark.parametrize(("level", "code"), [("alert", 0), ("warning", 0), ("note", 1)])
def test_a_note_fails_only_on_request(cli: CommandLine, level: str, code: int) -> None:
    cli.done("set", "plain", "--generate")

    assert cli("health", "--fail", level).code == code
    assert cli("health", "--fail").code == 0
    assert cli("health", "--fail", "nonsense").code == 2


def test_nothing_to_report(cli: CommandLine) -> None:
    assert cli("health", "--fail", "note").out == "0 secrets checked: no findings\n"


def test_findings_as_json(ailing: CommandLine) -> None:
    answer: Any = json.loads(ailing("health", "--values", "--output", "json").out)

    assert answer["Region"] == "us-east-1" and answer["Secrets"] == 4
    assert answer["Counts"] == {"alert": 3, "warning": 2, "note": 1}
    assert [(each["Level"], each["Kind"], each["Count"]) for each in answer["Groups"]] == [
        ("alert", "public", 1), ("alert", "weak", 2), ("warning", "repeated", 2), ("note", "undescribed", 1),
    ]  # fmt: skip
    assert answer["Groups"][0]["Findings"][0]["Name"] == "open"
    assert answer["Groups"][0]["Findings"][0]["ARN"].startswith("arn:aws:secretsmanager:us-east-1:")


def test_the_limits_are_settings(ailing: CommandLine, home: Path) -> None:
    config = home / "config" / "config.toml"
    config.parent.mkdir()
    config.write_text("health_weak_bits = 0\n")

    assert "weak" not in ailing("health", "--values").out
