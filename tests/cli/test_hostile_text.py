"""Tests of hostile text in all commands that print: terminals get symbols for control characters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import smtui
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE
from tests.hostile_text import BUNDLES, filled, harm_in

POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Sid": "x", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "*",
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:PrincipalTag/\x1b]0;owned\x07": "\u202e"}}}]})  # fmt: skip
COMMANDS = (
    ["ls", "--long"], ["list-secrets"], ["list-secrets", "--output", "text"], ["list-secrets", "--output", "table"],
    ["list-secrets", "--output", "yaml"], ["get-secret-value", "--secret-id", "s/001", "--output", "table"],
    ["get-secret-value", "--secret-id", "s/001", "--output", "yaml"],
    ["list-secrets", "--output", "table", "--query", "SecretList[].[Name,Description]"],
    ["describe-secret", "--secret-id", "s/000"], ["audit", "--all"],
    ["audit", "--json"],
    ["list-secret-version-ids", "--secret-id", "s/000"], ["get", "s/001"], ["get-secret-value", "--secret-id", "s/001"],
    ["get-secret-value", "--secret-id", "s/001", "--query", "SecretString", "--output", "text"], ["keys"], ["check"],
    ["get-resource-policy", "--secret-id", "s/002"], ["policy", "who-can", "GetSecretValue", "s/002"],
    ["policy", "explain", "s/002", "--as", "arn:aws:iam::111122223333:user/\u202ea\x1b[2J"], ["functions"],
    ["get", "\x1b]0;owned\x07"], ["get", "s/000#\x1b[2J"], ["ls", "\x1b[2J\u202e"], ["\x1b[2J"], ["get", "--\x1b[2J"],
    ["get-secret-value", "--secret-id", "\x9b2J"], ["import", "no\x1b[2Jfile"], ["policy", "check", "no\x9b2Jfile"],
    ["backup", "no\x1b[2J/such/folder"], ["audit", "--caller", "\x1b[2J"], ["tag-resource", "--secret-id", "\x1b[2J"],
)  # fmt: skip


@pytest.fixture
def hostile(cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    with smtui.open_vault(cli.path, PASSPHRASE) as vault:
        filled(vault.client())
        vault.keys().create_key(Description=BUNDLES[0])
        vault.client().put_resource_policy(SecretId="s/002", ResourcePolicy=POLICY)
    return cli


@pytest.mark.parametrize("argv", COMMANDS, ids=lambda argv: " ".join(argv).encode("unicode_escape").decode())
def test_nothing_raw_reaches_a_terminal(hostile: CommandLine, argv: list[str]) -> None:
    answer = hostile(*argv, tty=True)

    assert harm_in((answer.out + answer.err).replace("\t", "")) == []


def test_into_a_pipe_everything_is_exact(hostile: CommandLine) -> None:
    for number, bundle in enumerate(BUNDLES):
        if number % 2:
            assert hostile.done("get", f"s/{number:03}") == bundle


@pytest.mark.parametrize("layout", ["text", "table"])
def test_a_line_break_or_tab_forges_no_row_on_a_terminal(cli: CommandLine, layout: str) -> None:
    """In a pipe, where another program reads the rows, they are as the aws CLI writes them."""
    with smtui.open_vault(cli.path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="a", Description="one\nROW\tforged")
    argv = ["list-secrets", "--query", "SecretList[].[Name,Description]", "--output", layout]

    shown = cli(*argv, tty=True)

    assert "one␊ROW␉forged" in shown.out
    assert "control characters are shown as symbols" in shown.err
    assert "one\nROW\tforged" in cli.done(*argv)
