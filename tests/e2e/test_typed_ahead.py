"""Tests that keys in one read of the terminal have the same effect as single keys."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import smtui
from tests.e2e.terminal import Terminal
from tests.prepared_vault import PASSPHRASE, PreparedVault, prepare_vault

ENTER, CTRL_L = "\r", "\x0c"
LIST, SECRET = "4 secrets", "r to reveal"
NAMES = ("dev/token", "prod/db", "prod/paydb", "prod/web")
SENTENCES = ("delete everything now please", "the old database is dead", "every paydb value", "new key, and delete it")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedVault:
    return prepare_vault(tmp_path_factory.mktemp("prepared") / "team.vault", fill)


def fill(vault: smtui.Vault) -> None:
    for name in NAMES:
        vault.client().create_secret(Name=name, SecretString="text")


@pytest.fixture
def terminal(tmp_path: Path, prepared: PreparedVault) -> Terminal:
    running = Terminal("--vault", str(prepared.copy_to(tmp_path)), home=tmp_path)
    unlock(running)
    running.see(LIST)
    return running


def unlock(terminal: Terminal) -> None:
    terminal.see("Unlock")
    terminal.press(PASSPHRASE, ENTER)


def test_a_filter_typed_at_once_filters(terminal: Terminal) -> None:
    """The list uses `p` for the password generator; in the filter it is a letter."""
    terminal.child.send("/paydb")
    terminal.see_no("prod/web")
    assert "prod/paydb" in terminal.text and terminal.text.count("╭") == 1, "the panel of the list is alone"
    terminal.close()


@pytest.mark.parametrize("place", [LIST, SECRET], ids=["list", "secret"])
def test_a_sentence_typed_at_once_opens_one_dialog(
    terminal: Terminal, prepared: PreparedVault, tmp_path: Path, place: str
) -> None:
    """The first key opens a dialog, which gets all following keys. No secret changes."""
    if place == SECRET:
        terminal.press(ENTER)
    for sentence in SENTENCES:
        terminal.see(place)
        terminal.press(sentence)
        assert terminal.text.count("╭") <= 2, terminal.text  # the panel of the screen, and one dialog
        terminal.press(CTRL_L, CTRL_L)  # the second one discards what is typed
        unlock(terminal)
    terminal.close()
    with prepared.open_copy(tmp_path) as vault:
        assert {each["Name"] for each in vault.client().list_secrets()["SecretList"]} >= set(NAMES)
