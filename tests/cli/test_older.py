"""Tests of commands on a file that is older than the last seen state: the user must accept it."""

from __future__ import annotations

import re

import pytest

import smtui
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE


@pytest.fixture
def older(cli: CommandLine) -> CommandLine:
    """Returns the vault before two changes of a password."""
    cli.done("set", "db", "-", stdin=b"first")
    before = cli.path.read_bytes()
    for value in (b"second", b"third"):
        cli.done("set", "db", "-", stdin=value)
    assert cli.done("get", "db") == "third"
    cli.path.write_bytes(before)
    return cli


def test_a_script_is_refused(older: CommandLine) -> None:
    """Without a terminal, the command prints a message with the remedy and exits with 4, without the old password."""
    answer = older("get", "db")

    assert (answer.code, answer.out) == (4, "")
    assert "2 changes are missing" in answer.err
    assert len(re.findall(r"^  \d{4}-\d\d-\d\d [\d:]{8} UTC  \w+ +db$", answer.err, re.MULTILINE)) == 2
    assert "--accept-older" in answer.err


def test_all_that_is_missing_is_counted(cli: CommandLine) -> None:
    """The newest changes are listed, and the number of the others follows."""
    cli.done("set", "db", "-", stdin=b"first")
    before = cli.path.read_bytes()
    with smtui.open_vault(cli.path, passphrase=PASSPHRASE) as vault:
        for number in range(60):
            vault.client().put_secret_value(SecretId="db", SecretString=f"{number}")
    cli.path.write_bytes(before)

    answer = cli("get", "db")

    assert "60 changes are missing" in answer.err
    assert len(re.findall(r" UTC  PutSecretValue +db$", answer.err, re.MULTILINE)) == 20
    assert "and 40 more" in answer.err


def test_a_script_may_say_once_that_it_is_meant(older: CommandLine) -> None:
    answer = older("get", "db", "--accept-older")
    assert (answer.code, answer.out) == (0, "first")

    again = older("get", "db")
    assert (again.code, again.out, again.err) == (0, "first", "")


@pytest.mark.parametrize(("said", "code"), [("yes", 0), ("Y ", 0), ("", 4), ("no", 4)])
def test_a_person_is_asked(older: CommandLine, said: str, code: int) -> None:
    """The question is repeated after a no, and not after a yes."""
    older.person.present = True
    older.person.answers = [said, said]

    assert older("get", "db").code == code
    assert "restored on purpose" in older.person.asked[0]
    assert older("get", "db").code == code
    assert len(older.person.asked) == (1 if code == 0 else 2)


def test_a_vault_that_is_the_newest_takes_the_word_as_well(cli: CommandLine) -> None:
    assert cli("ls", "--accept-older").code == 0
