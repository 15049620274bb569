"""Tests of abbreviated options, and of global options before the command."""

from __future__ import annotations

import json

import pytest

from smtui.__main__ import _is_tui
from smtui.cli.main import split
from tests.cli.conftest import CommandLine


@pytest.mark.parametrize("argv", [
    ["get-secret-value", "--secret", "prod/text", "--q", "SecretString", "--out", "text"],
    ["--out=text", "--q=SecretString", "get-secret-value", "--secret=prod/text"],
    ["get-secret-value", "--sec", "prod/text", "--version-s", "AWSCURRENT", "--q", "SecretString", "--o", "text"],
    ["--reg", "us-east-1", "get", "prod/text"],
])
def test_an_unambiguous_beginning_is_the_option(stocked: CommandLine, argv: list[str]) -> None:
    assert stocked.done(*argv).rstrip() == "plain text"


@pytest.mark.parametrize(("argv", "said"), [
    (["create-secret", "--name", "a", "--secret", "b"], "--secret could match --secret-binary, --secret-string"),
    (["list-secrets", "--max", "3"], "--max could match --max-items, --max-results"),
    (["--cli", "x", "list-secrets"], "--cli could match --cli-auto-prompt, "),
    (["delete-secret", "--secret-id", "a", "--force-delete-without-recovery-now"], "unknown option"),
])
def test_an_ambiguous_beginning_is_refused(stocked: CommandLine, argv: list[str], said: str) -> None:
    """The message has no value: it may be a secret."""
    answer = stocked(*argv)

    assert (answer.code, answer.raw) == (2, b"")
    assert said in answer.err


def test_our_own_options_leave_the_abbreviations_of_the_aws_cli_alone(stocked: CommandLine) -> None:
    """`--re` is --region there; --read-only does not make it ambiguous, and has abbreviations of its own."""
    arn = json.loads(stocked.done("describe-secret", "--secret-id", "prod/db", "--re", "us-east-1"))["ARN"]

    assert ":us-east-1:" in arn
    assert stocked("tag-resource", "--secret-id", "a", "--tags", "Key=a,Value=b", "--read").code == 4
    assert stocked("get", "prod/text", "--allow").code == 2, "what permits debuggers is never abbreviated"


def test_values_are_not_expanded(cli: CommandLine) -> None:
    cli.done("create-secret", "--name", "a", "--description", "--sec and so on", "--tags", "Key=--sec,Value=--re")

    found = json.loads(cli.done("describe-secret", "--secret-id", "a"))
    assert (found["Description"], found["Tags"]) == ("--sec and so on", [{"Key": "--sec", "Value": "--re"}])


def test_words_for_another_program_stay_as_they_are(stocked: CommandLine, capfd: pytest.CaptureFixture[str]) -> None:
    from smtui.cli.command_table import BY_NAME

    parsed = BY_NAME["functions"].make_parser().parse_words(["add", "f", "--time", "5", "--", "tool", "--pass", "--ke"])

    assert (parsed.time_limit, parsed.behind) == (5, ["tool", "--pass", "--ke"])


@pytest.mark.parametrize("argv", [
    ["--vault"], ["--region"], ["--vault", "--read-only"], ["--vault", "--region", "eu-west-1", "ls"], ["--profile"],
    ["--read-only", "--passphrase-fd"], ["--query", "--output", "text", "list-secrets"], ["--vau"],
])
def test_a_global_option_without_its_value_says_so(bare: CommandLine, argv: list[str]) -> None:
    """It is not asked "Which command?", and no vault is opened at a path that is an option."""
    answer = bare(*argv)
    missing = "--vault" if argv[0].startswith("--va") else argv[-1] if len(argv) < 3 else argv[0]

    assert answer.code == 2
    assert f"argument {missing}: expected one argument" in answer.err
    assert not _is_tui(argv)


def test_an_unknown_option_before_the_command(bare: CommandLine) -> None:
    answer = bare("--regoin", "us-east-1", "ls")

    assert answer.code == 2
    assert "unknown option: --regoin" in answer.err
    assert "--region" in answer.err


def test_abbreviations_before_the_command_come_back_in_full() -> None:
    assert split(["--reg=eu-west-1", "--no-pag", "list-secrets", "--q", "x"]) == (
        ["--region=eu-west-1", "--no-paginate"], "list-secrets", ["--q", "x"])
