"""Tests of the first use of the program in a real terminal."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.prepared_vault import PASSPHRASE, PYTHONPATH
from tests.waiting import LIMIT

ENTER, ESC, DOWN, TAB = "\r", "\x1b", "\x1b[B", "\t"
CTRL_L, CTRL_Q, CTRL_S, CTRL_Z = "\x0c", "\x11", "\x13", "\x1a"
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


class Machine:
    """A home directory with one vault, where smtui has not been used before."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.vault = home / "team.vault"

    def terminal(self, *arguments: str, size: tuple[int, int] = (80, 24)) -> Terminal:
        return Terminal("--vault", str(self.vault), *arguments, home=self.home, size=size)

    def command(self, *argv: str) -> str:
        """Runs a command as from another terminal."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        environ = {**kept, "PYTHONPATH": PYTHONPATH, "HOME": str(self.home), "SMTUI_PASSPHRASE": PASSPHRASE,
                   "SMTUI_VAULT": str(self.vault)}
        return subprocess.run(
            [sys.executable, "-m", "smtui", *argv], env=environ, cwd=Path(__file__).parents[2],
            check=True, capture_output=True, text=True, timeout=LIMIT,
        ).stdout  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A vault with secrets from an .env file and from the output of the aws command."""
    machine = Machine(tmp_path_factory.mktemp("prepared"))
    env = machine.home / "app.env"
    env.write_text('DATABASE_URL="postgres://app:pw@db/app"\nAPI_KEY=abc123\n')
    dump = machine.home / "dump.json"
    dump.write_text(json.dumps({"SecretValues": [{
        "ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf", "Name": "prod/db",
        "VersionId": "11111111-1111-4111-8111-111111111111", "VersionStages": ["AWSCURRENT"],
        "SecretString": json.dumps({"username": "app", "password": "first-password"}),
        "CreatedDate": "2026-01-05T10:00:00+00:00",
    }], "Errors": []}))  # fmt: skip
    machine.command("init")
    machine.command("import", str(env), "--prefix", "dev/")
    machine.command("import", str(dump))
    return machine


@pytest.fixture
def used(machine: Machine, prepared: Machine) -> Machine:
    """A copy of the prepared vault, on a machine where it has not been opened before."""
    shutil.copy(prepared.vault, machine.vault)
    return machine


def unlocked(machine: Machine, *arguments: str, size: tuple[int, int] = (80, 24)) -> Terminal:
    terminal = machine.terminal(*arguments, size=size)
    terminal.see("Unlock")
    terminal.press(PASSPHRASE, ENTER)
    terminal.see("secrets ·")
    return terminal


@SIZES
def test_making_a_vault(machine: Machine, size: tuple[int, int]) -> None:
    """The program asks for the passphrase twice, shows the recovery code once, and then an empty list with hints."""
    terminal = machine.terminal(size=size)
    terminal.see("Create a vault")
    terminal.press(PASSPHRASE, ENTER, PASSPHRASE, ENTER)
    terminal.see("Recovery code")
    terminal.press(TAB, ENTER)
    terminal.see("No secrets yet.", "creates one")
    terminal.press("q")

    assert terminal.end() == 0
    assert machine.vault.stat().st_mode & 0o777 == 0o600
    assert "no problems found" in machine.command("check")


@SIZES
def test_a_day(used: Machine, size: tuple[int, int]) -> None:
    """Finds, reveals, stores a version, moves AWSCURRENT back, deletes with 7 days, restores, locks, unlocks, quits."""
    terminal = unlocked(used, size=size)
    terminal.see("dev/API_KEY", "dev/DATABASE_URL", "prod/db")

    terminal.press("/", "prddb")
    terminal.see("1 of ")
    terminal.press(ENTER)
    terminal.see("hidden (r to reveal)")
    terminal.press("r")
    terminal.see("password", "entire value")
    terminal.press("r")
    terminal.see("first-password")
    terminal.press("r")
    terminal.see_no("first-password")

    terminal.press("e")
    terminal.see("New value of prod/db")
    terminal.press("second-password", CTRL_S)
    terminal.see("~ password changed")
    terminal.press(ENTER)
    terminal.see("as AWSCURRENT")
    assert json.loads(used.command("get", "prod/db"))["password"] == "second-password"

    terminal.press("v")
    terminal.see("AWSPREVIOUS")
    terminal.press("m")
    terminal.see("◂ AWSCURRENT ▸")
    terminal.press("j", ENTER)
    terminal.see("Move AWSCURRENT to version", "AWSPREVIOUS moves from")
    terminal.press(ENTER)
    terminal.see_no("Move AWSCURRENT to version")
    shown = used.command("get-secret-value", "--secret-id", "prod/db", "--query", "SecretString", "--output", "text")
    assert json.loads(shown)["password"] == "first-password"

    terminal.press("d")
    terminal.see("Delete prod/db?")
    terminal.press(DOWN * 23)
    terminal.see("Recovery window 7 ")
    terminal.press(TAB, ENTER)
    terminal.see("will be deleted on")
    terminal.see("No matches.")
    terminal.press("x")
    terminal.see("deleted in 7 d")
    terminal.press("U")
    terminal.see("prod/db restored.")
    assert json.loads(used.command("get", "prod/db"))["password"] == "first-password"

    terminal.press(CTRL_L)
    terminal.see("Unlock")
    terminal.see_no("prod/db")
    terminal.press("not the passphrase", ENTER)
    terminal.see("Wrong passphrase")
    terminal.press(PASSPHRASE, ENTER)
    terminal.see("No secrets scheduled for deletion.")
    terminal.press("x")
    terminal.see("1 of ")
    terminal.press(CTRL_Q)

    assert terminal.end() == 0
    assert b"second-password" not in terminal.raw


def test_a_password_for_a_new_secret(used: Machine) -> None:
    """The key `a`, a name and the generator create a secret; the command line reads the generated password."""
    terminal = unlocked(used)
    terminal.press("a")
    terminal.see("New secret")
    terminal.press("prod/api", TAB, TAB, "token", TAB, "\x07")
    terminal.see("Password generator", " bits")
    terminal.press(CTRL_S)
    terminal.see_no("Password generator")
    terminal.press(CTRL_S)
    terminal.see("prod/api created.")
    terminal.press("q")

    assert terminal.end() == 0
    assert len(json.loads(used.command("get", "prod/api"))["token"]) == 32


def test_what_another_terminal_changes_appears(used: Machine) -> None:
    terminal = unlocked(used)
    used.command("create-secret", "--name", "by/another", "--description", "from beside")
    terminal.see("by/another")
    terminal.press("q")

    assert terminal.end() == 0


def test_nothing_hostile_reaches_the_terminal(used: Machine) -> None:
    """Descriptions, tags and values with control characters are shown with symbols in their place."""
    hostile = "\x1b]52;c;ZXZpbA==\x07\x1b[31mred\x9b2J\u202egnp.exe [@click=app.quit]x[/]"
    value = used.home / "value"
    value.write_text(json.dumps({"note": hostile}, ensure_ascii=False))
    used.command("create-secret", "--name", "hostile", "--description", hostile, "--secret-string", f"file://{value}",
                 "--tags", json.dumps([{"Key": "x", "Value": "a[/red]@"}]))
    terminal = unlocked(used)
    terminal.press("/", "hostile", ENTER)
    terminal.see("r to reveal")
    terminal.press("r")
    terminal.see("note")
    terminal.press("r")
    terminal.see("ZXZpbA==")
    terminal.press("q")

    assert terminal.end() == 0
    for sequence in (b"\x1b]52;", b"\x1b[31mred", b"\xc2\x9b", "\u202e".encode(), b"\x9b2J"):
        assert sequence not in terminal.raw


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_leaves_the_terminal_as_it_was(used: Machine, name: str) -> None:
    """On a signal, the program locks the vault, restores the screen and exits with the signal's code."""
    terminal = unlocked(used)
    terminal.child.kill(getattr(signal, name))

    assert terminal.end() == 128 + getattr(signal, name)
    assert terminal.raw.rstrip().endswith(b"\x1b[?25h") or b"\x1b[?1049l" in terminal.raw
    assert "prod/db" in used.command("ls")


def test_a_terminal_that_cannot_show_screens(used: Machine) -> None:
    """One message points to the commands."""
    terminal = Terminal("--vault", str(used.vault), home=used.home, TERM="dumb")

    assert terminal.end() == 2
    assert "smtui --help" in terminal.text


def test_without_colours(used: Machine) -> None:
    """With NO_COLOR, the output contains no colour."""
    terminal = Terminal("--vault", str(used.vault), home=used.home, NO_COLOR="1")
    terminal.see("Unlock")
    terminal.press(PASSPHRASE, ENTER)
    terminal.see("prod/db")
    terminal.press("q")

    assert terminal.end() == 0
    sent = re.findall(rb"\x1b\[([0-9;]*)m", terminal.raw)
    numbers = {int(number) for each in sent for number in each.split(b";") if number}
    assert not numbers & {*range(30, 38), *range(40, 48), 38, 48, *range(90, 98), *range(100, 108)}


def test_the_shell_finds_nothing_open(used: Machine) -> None:
    """Ctrl+Z locks the vault and restores the terminal before it stops; `fg` shows the passphrase prompt."""
    terminal = unlocked(used)
    terminal.press(CTRL_Z)
    terminal.put_aside()
    terminal.child.kill(signal.SIGCONT)

    terminal.see("Locked before suspending.")
