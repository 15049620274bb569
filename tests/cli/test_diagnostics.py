"""Tests of hints: none recommends the command that has just run."""

from __future__ import annotations

import pytest

from smtui.cli.diagnostics import remove_command
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE


@pytest.mark.parametrize(("hint", "command", "shown"), [
    ("Run smtui check, and open a backup.", "check", "Open a backup."),
    ("Run smtui check, and open a backup.", "get", "Run smtui check, and open a backup."),
    ("Run: smtui check", "check", ""),
    ("Create one with: smtui init", "init", ""),
    ("Wait a moment. Then run smtui check.", "check", "Wait a moment."),
    ("If the file is being copied, try again. If this persists, lock, run smtui check, and open a backup.", "check",
     "If the file is being copied, try again. Open a backup."),
    ("To see and allow it: smtui functions allow f", "functions", "To see and allow it: smtui functions allow f"),
    ("smtui functions lists them.", "functions", "smtui functions lists them."),
    ("Redirect it to a file: smtui get NAME > FILE", "get", "Redirect it to a file: smtui get NAME > FILE"),
    ("", "check", ""),
])
def test_a_hint_without_the_command_that_runs(hint: str, command: str, shown: str) -> None:
    assert remove_command(hint, command) == shown


@pytest.mark.parametrize("command", ["check", "ls"])
def test_a_damaged_file(cli: CommandLine, command: str) -> None:
    cli.done("set", "db", "-", stdin=b"v")
    content = bytearray(cli.path.read_bytes())
    for page in range(1, len(content) // 4096):
        content[page * 4096 + 200] ^= 1
    cli.path.write_bytes(content)

    answer = cli(command)

    assert answer.code == 4
    assert "backup" in answer.err
    assert ("smtui check" in answer.err) == (command != "check")
    assert PASSPHRASE not in answer.err
