"""Tests of whole workflows in tmux, with the keyboard only and the default terminal size."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import smtui
from tests.e2e.tmux import Tmux
from tests.prepared_vault import PASSPHRASE, ROOT, PreparedVault, prepare_vault

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal"),
    pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux"),
]
Start = Callable[..., Tmux]
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedVault:
    """Returns a vault with three secrets, one of which has two versions."""
    return prepare_vault(tmp_path_factory.mktemp("prepared") / "team.vault", fill)


def fill(vault: smtui.Vault) -> None:
    client = vault.client()
    client.create_secret(Name="dev/token", SecretString="a token", Description="Reads packages")
    client.create_secret(Name="prod/api", SecretString="another", Tags=[{"Key": "team", "Value": "web"}])
    client.create_secret(Name="prod/db", SecretString='{"user": "app", "password": "first-word"}')
    client.put_secret_value(SecretId="prod/db", SecretString='{"user": "app", "password": "second-word"}')


@pytest.fixture
def home(tmp_path: Path, prepared: PreparedVault) -> Path:
    prepared.copy_to(tmp_path)
    return tmp_path


@pytest.fixture
def ask(home: Path, prepared: PreparedVault) -> Ask:
    """Returns a function that opens the vault in another session for a client call."""

    def by(method: str, **request: Any) -> Any:
        with prepared.open_copy(home) as vault:
            return getattr(vault.client(), method)(**request)

    return by


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    running: list[Tmux] = []

    def one(*arguments: str, size: tuple[int, int] = (80, 24), locked: bool = False, **environ: str) -> Tmux:
        terminal = Tmux("--vault", str(home / "team.vault"), *arguments, home=home, size=size, **environ)
        running.append(terminal)
        if not locked:
            terminal.see("Unlock")
            terminal.press(PASSPHRASE, "Enter")
            terminal.see("3 secrets ·")
        return terminal

    yield one
    for terminal in running:
        terminal.close()


def test_the_first_run(tmp_path: Path) -> None:
    """The first start shows a generated passphrase, the recovery code and an empty list; then a secret is created.

    The keys are derived at the real cost.
    """
    terminal = Tmux("--vault", str(tmp_path / "new.vault"), home=tmp_path, PYTHONPATH=str(ROOT))
    try:
        terminal.see("Create a vault")
        terminal.press("C-g")
        words = re.findall(r"^ *│ *([a-z-]+(?: [a-z-]+){5}) *│", terminal.see("Write the words down"), re.MULTILINE)
        terminal.press(words[0], "Enter")
        terminal.see("Recovery code")
        terminal.press("Tab", "Enter")
        terminal.see("No secrets yet.")
        terminal.press("a")
        terminal.see("New secret")
        terminal.press("first/one", "Tab", "Tab", "k", "Tab", "v", "C-s")
        terminal.see("first/one created.")
        terminal.press("C-q")
        assert terminal.wait_for_end() == 0
    finally:
        terminal.close()


def test_finding_and_copying(start: Start) -> None:
    """The keys /, three letters and Ctrl+Y copy a value into the tmux buffer, and the screen does not show it."""
    terminal = start(SSH_TTY="/dev/pts/9")
    terminal.press("/", "tok", "C-y")
    terminal.see("1 of ", "dev/token")
    terminal.see("clipboard ")

    assert "a token" not in terminal.text
    assert terminal.ask("show-buffer") == "a token"
    terminal.press("Escape", "Y")
    terminal.see("The clipboard is empty.")
    assert "a token" not in terminal.ask("list-buffers")


def test_one_key_is_shown_for_a_while(start: Start, home: Path) -> None:
    (home / "config.toml").write_text("reveal_timeout = 2\n")
    terminal = start()
    terminal.press("G", "Enter")
    terminal.see("r to reveal")
    terminal.press("r")
    terminal.see("password")
    terminal.press("r")
    terminal.see("second-word")

    terminal.see_no("second-word")


def test_carrying_a_label_and_taking_it_back(start: Start, ask: Ask) -> None:
    """The keys m, j and Enter preview the moves of AWSCURRENT and AWSPREVIOUS; Enter applies them and u undoes them."""
    terminal = start()
    terminal.press("G", "Enter")
    terminal.see("r to reveal")
    terminal.press("2", "m")
    terminal.see("◂ AWSCURRENT ▸")
    terminal.press("j", "Enter")
    terminal.see("Move AWSCURRENT to version", "AWSPREVIOUS moves from")
    terminal.press("Enter")
    terminal.see_no("Move AWSCURRENT to version")
    assert "first-word" in ask("get_secret_value", SecretId="prod/db")["SecretString"]
    terminal.press("u")
    terminal.see("Undo?")
    terminal.press("Enter")
    terminal.see_no("Undo?")

    assert "second-word" in ask("get_secret_value", SecretId="prod/db")["SecretString"]


def test_rolling_back(start: Start, ask: Ask) -> None:
    terminal = start()
    terminal.press("G", "Enter")
    terminal.see("r to reveal")
    terminal.press("2", "b")
    terminal.see("Roll back to the previous version?")
    terminal.press("Enter")
    terminal.see_no("Roll back to the previous version?")

    assert "first-word" in ask("get_secret_value", SecretId="prod/db")["SecretString"]


def test_a_new_value_shows_which_keys_change(start: Start, ask: Ask) -> None:
    terminal = start()
    terminal.press("G", "Enter")
    terminal.see("r to reveal")
    terminal.press("r")
    terminal.see("password")
    terminal.press("e")
    terminal.see("New value of prod/db")
    terminal.press("third-word", "C-s")
    terminal.see("~ password changed")
    assert "third-word" not in terminal.text
    terminal.press("Enter")
    terminal.see("as AWSCURRENT")

    assert json.loads(ask("get_secret_value", SecretId="prod/db")["SecretString"])["password"] == "third-word"


def test_a_deletion_that_is_cancelled(start: Start, ask: Ask) -> None:
    """The cancel button has the focus. Until the deletion date, U restores the secret."""
    terminal = start()
    terminal.press("d")
    terminal.see("Delete dev/token?")
    terminal.press("Enter")
    terminal.see_no("Delete dev/token?")
    terminal.press("d")
    terminal.see("Delete dev/token?")
    terminal.press("Tab", "Enter")
    terminal.see("will be deleted on")
    terminal.press("x")
    terminal.see("deleted in 30 d")
    terminal.press("g", "U")
    terminal.see("dev/token restored.")

    assert "DeletedDate" not in ask("describe_secret", SecretId="dev/token")


def test_every_size_has_its_picture(start: Start) -> None:
    """Wide terminals show list and preview, narrow ones the list, too small ones a message; the state remains."""
    terminal = start(size=(120, 36))
    terminal.press("G")
    terminal.see("prod/db", "Versions")
    terminal.resize(80, 24)
    terminal.see_no("Versions")
    terminal.resize(50, 12)
    terminal.see("60")
    terminal.resize(120, 36)
    terminal.see("3 secrets ·", "Versions")
    terminal.press("Enter")

    terminal.see("r to reveal")


def test_only_reading(start: Start, home: Path) -> None:
    """In read-only mode nothing changes until the user allows changes."""
    terminal = start("--read-only")
    terminal.see("read-only")
    terminal.press("d")
    terminal.see("Read-only session")
    terminal.press(":")
    terminal.press("rw", "Enter")
    terminal.see("Leave read-only mode?")
    terminal.press("Tab", "Enter")
    terminal.see_no("read-only")
    terminal.see("3 secrets ·")
    terminal.press("d")
    terminal.see("Delete dev/token?")


def test_the_lock_and_the_end(start: Start) -> None:
    """Ctrl+L clears the screen, a wrong passphrase gives a message, and Ctrl+Q restores the terminal."""
    terminal = start()
    terminal.press("C-l")
    terminal.see("Unlock")
    terminal.see_no("prod/db")
    terminal.press("not it", "Enter")
    terminal.see("Wrong passphrase")
    terminal.press(PASSPHRASE, "Enter")
    terminal.see("3 secrets ·")
    terminal.press("C-q")

    assert terminal.wait_for_end() == 0
    assert "prod/db" not in terminal.text
