"""Tests of shell completion with real shells: a key press in bash and zsh, and fish's own answer."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import smtui
from smtui.backends import stored_key
from smtui.cli.command_table import COMMANDS
from smtui.cli.completion.scripts import write_script
from smtui.cli.completion.table import Kind, make_tables
from smtui.server.agent import Agent
from smtui.system.settings import Settings
from tests.cli.conftest import CommandLine, Person
from tests.conftest import PASSPHRASE

END = "\x07"
"""The key that ends a shell, bound to a command that writes the line to a file."""
BASH_SETUP = "PS1=''; source {script}; bind -x '\"\\C-g\": printf %s \"$READLINE_LINE\" > {result}; exit'\n"
ZSH_SETUP = """PS1=''; unsetopt global_rcs; autoload -Uz compinit; compinit -u -D; source {script}
finish() {{ print -rn -- "$BUFFER" > {result}; exit; }}
zle -N finish; bindkey '^G' finish; bindkey '^I' complete-word
"""
CASES = [
    ("smtui get-secret-v", "smtui get-secret-value "),
    ("smtui --vault other.vault list-secret-v", "smtui --vault other.vault list-secret-version-ids "),
    ("smtui --vault=other.vault list-secret-v", "smtui --vault=other.vault list-secret-version-ids "),
    ("smtui secretsmanager list-secret-v", "smtui secretsmanager list-secret-version-ids "),
    ("smtui list-secrets --sort-o", "smtui list-secrets --sort-order "),
    ("smtui list-secrets --sort-by last-a", "smtui list-secrets --sort-by last-accessed-date "),
    ("smtui get --vault other.vault --ot", "smtui get --vault other.vault --otp "),
    ("smtui import --dry", "smtui import --dry-run "),
    ("smtui import pass", "smtui import passwords.kdbx "),
    ("smtui import a.env pass", "smtui import a.env passwords.kdbx "),
    ("smtui --vault pass", "smtui --vault passwords.kdbx "),
    ("smtui ls --vault pass", "smtui ls --vault passwords.kdbx "),
    ("smtui import --key-file=pass", "smtui import --key-file=passwords.kdbx "),
    ("smtui import --key-file pass", "smtui import --key-file passwords.kdbx "),
    ("smtui import --format keep", "smtui import --format keepass "),
    ("smtui import --format=keep", "smtui import --format=keepass "),
    ("smtui keyring stor", "smtui keyring store "),
    ("smtui exec --prefix dev/ -- ./my-serv", "smtui exec --prefix dev/ -- ./my-server "),
    ("smtui serve -- unusual-prog", "smtui serve -- unusual-program "),
    ("smtui help get-secret-v", "smtui help get-secret-value "),
]
needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
needs_zsh = pytest.mark.skipif(shutil.which("zsh") is None, reason="needs zsh")
needs_fish = pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files to complete and a program to run, which a shell works in."""
    folder = tmp_path / "work"
    programs = tmp_path / "programs"
    folder.mkdir()
    programs.mkdir()
    (folder / "passwords.kdbx").touch()
    for program in (folder / "my-server", programs / "unusual-program"):
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    launcher = programs / "smtui"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m smtui "$@"\n')
    launcher.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    return folder


def press_tab(shell: str, line: str, folder: Path) -> str:
    """What a shell makes of a line when Tab is pressed at its end."""
    script, result = folder.parent / f"smtui.{shell}", folder.parent / "result"
    script.write_text(write_script(shell))
    setup = (ZSH_SETUP if shell == "zsh" else BASH_SETUP).format(script=script, result=result)
    startup = folder.parent / ".zshrc"
    startup.write_text(setup)
    command = ["zsh", "-i"] if shell == "zsh" else ["bash", "--noprofile", "--rcfile", str(startup), "-i"]
    main, terminal = pty.openpty()
    with os.fdopen(main, "wb", buffering=0) as keyboard:
        process = subprocess.Popen(command, stdin=terminal, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   cwd=folder, start_new_session=True,
                                   env={**os.environ, "ZDOTDIR": str(folder.parent), "TERM": "xterm"})
        os.close(terminal)
        keyboard.write(f"{line}\t{END}".encode())
        process.wait()
    return result.read_text()


@needs_bash
@pytest.mark.parametrize(("line", "completed"), CASES)
def test_bash_completes_at_a_key_press(folder: Path, line: str, completed: str) -> None:
    assert press_tab("bash", line, folder) == completed


@needs_zsh
@pytest.mark.parametrize(("line", "completed"), CASES)
def test_zsh_completes_at_a_key_press(folder: Path, line: str, completed: str) -> None:
    assert press_tab("zsh", line, folder) == completed


@needs_fish
@pytest.mark.parametrize(("line", "completed"), CASES)
def test_fish_completes(folder: Path, line: str, completed: str) -> None:
    script = folder.parent / "smtui.fish"
    script.write_text(write_script("fish"))

    done = subprocess.run(["fish", "--no-config", "-c", f"source {script}; complete -C '{line}'"], cwd=folder,
                          capture_output=True, text=True, check=False)

    assert [row.partition("\t")[0] for row in done.stdout.splitlines()] == [completed.split()[-1]], done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_valid(folder: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")

    done = subprocess.run([shell, "-n"], input=write_script(shell), capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_is_known_by_its_options_and_words() -> None:
    tables = make_tables()

    assert tables.keys() >= {command.name for command in COMMANDS}
    [files] = [row for row in tables["import"] if row.name == "*"]
    assert files.kind is Kind.FILE
    for command in ("exec", "serve"):
        assert "--" in {row.name for row in tables[command]}
    for command in ("get", "set", "rollback", "get-secret-value", "batch-get-secret-value"):
        assert Kind.SECRET in {row.kind for row in tables[command]}


# Names of secrets.


@pytest.fixture
def allow_names(home: Path) -> None:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "config.toml").write_text("complete_names = true\n")


def test_names_are_off_by_default(agent: Agent, stocked: CommandLine) -> None:
    assert Settings().complete_names is False
    assert stocked("completion", "names", "prod/", unlock=False).out == ""


@pytest.mark.usefixtures("allow_names")
def test_an_agent_gives_names(agent: Agent, stocked: CommandLine) -> None:
    assert stocked("completion", "names", "prod/", unlock=False).out == "prod/db\nprod/text\n"
    assert stocked("completion", "names", "--", "", unlock=False).out == "dev/key\nprod/db\nprod/text\n"
    assert stocked("completion", "names", "PROD/", unlock=False).out == ""


@pytest.mark.usefixtures("allow_names")
def test_a_stored_key_gives_names_and_records_no_read(
    stocked: CommandLine, monkeypatch: pytest.MonkeyPatch, runtime: Path
) -> None:
    with smtui.open_vault(stocked.path, PASSPHRASE) as vault:
        key = vault.unlock_key()
    before = stocked.path.read_bytes()
    monkeypatch.setattr(stored_key, "load", lambda path: key)

    answer = stocked("completion", "names", "prod/", unlock=False)

    assert answer.out == "prod/db\nprod/text\n"
    assert stocked.path.read_bytes() == before


@pytest.mark.usefixtures("allow_names")
def test_a_vault_that_would_ask_gives_nothing_and_asks_nothing(
    agent: Agent, stocked: CommandLine, person: Person
) -> None:
    person.present = True
    stocked.done("lock")

    for argv in ((), ("--vault", "missing.vault"), ("--context", "missing"), ("--no-agent",)):
        answer = stocked("completion", "names", *argv, "prod/", unlock=False)
        assert (answer.code, answer.out, answer.err, person.asked) == (0, "", "", [])


@pytest.mark.usefixtures("allow_names")
@pytest.mark.parametrize(("line", "completed"), [
    ("smtui get prod/te", "smtui get prod/text"),
    ("smtui exec KEY=prod/te", "smtui exec KEY=prod/text"),
    ("smtui get-secret-value --secret-id prod/te", "smtui get-secret-value --secret-id prod/text"),
])
@pytest.mark.parametrize("shell", [pytest.param("bash", marks=needs_bash), pytest.param("zsh", marks=needs_zsh)])
def test_a_shell_completes_names(
    agent: Agent, stocked: CommandLine, folder: Path, shell: str, line: str, completed: str
) -> None:
    assert press_tab(shell, line, folder) == completed
