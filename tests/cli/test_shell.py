"""Tests of shell completion, the progress bar, and the report of a check."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from smtui.backends.local import CheckFinding, CheckReport
from smtui.backends.maintenance import Maintenance
from smtui.cli import diagnostics
from smtui.cli.command_table import COMMANDS
from tests.cli.conftest import CommandLine, Stream


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "tcsh"])
def test_completion_knows_every_command(bare: CommandLine, shell: str) -> None:
    """The script is printed without opening a vault."""
    script = bare("completion", shell)

    assert script.code == 0
    assert all(command.name in script.out for command in COMMANDS)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["smtui", "get-s"], {"get-secret-value"}),
        (["smtui", "list-secrets", "--sort-o"], {"--sort-order"}),
        (["smtui", "import", "--dry"], {"--dry-run"}),
        (["smtui", "keyring", "st"], {"store", "status"}),
    ],
)
def test_bash_completes(bare: CommandLine, typed: list[str], offered: set[str]) -> None:
    """The script completes commands, options and actions in bash."""
    script = bare("completion", "bash").out
    words = " ".join(f"'{word}'" for word in typed)
    press_tab = f'COMP_WORDS=({words}); COMP_CWORD={len(typed) - 1}; _shtab_smtui; printf "%s\\n" "${{COMPREPLY[@]}}"'

    done = subprocess.run(["bash", "-c", f"{script}\n{press_tab}"], capture_output=True, text=True, check=False)

    assert set(done.stdout.split()) == offered, done.stderr


def test_a_bar_counts_on_a_terminal_and_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Stream(tty=True)
    monkeypatch.setattr(sys, "stderr", seen)

    with diagnostics.show_progress() as bar:
        assert bar is not None
        for done in range(0, 1001):
            bar("importing", done, 1000)

    drawn = seen.taken().decode().split("\r")
    assert drawn[1].startswith("importing [....")
    assert drawn[-2].startswith("importing [####")
    assert drawn[-1] == "\x1b[K"
    assert len(drawn) < 40


def test_no_bar_where_nobody_would_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Stream())

    with diagnostics.show_progress() as bar:
        assert bar is None


def test_findings_of_a_check_are_exit_4(stocked: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    report = CheckReport({"pages": 7}, (CheckFinding("audit log", "event 3 does not fit the ones before it"),))
    monkeypatch.setattr(Maintenance, "check", lambda self, progress=None: report)

    answer = stocked("check")

    assert answer.code == 4
    assert answer.out == "pages: 7 checked\naudit log: event 3 does not fit the ones before it\n1 problem\n"
