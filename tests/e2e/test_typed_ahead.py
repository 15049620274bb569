"""Tests that keys in one read of the terminal have the same effect as single keys."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import smtui
from tests.e2e.terminal import Terminal

PASSPHRASE = "seven green otters under a bridge"
ENTER = "\r"
NAMES = ("dev/token", "prod/db", "prod/paydb", "prod/web")
SENTENCES = ("delete everything now please", "the old database is dead", "every paydb value", "new key, and delete it")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    with smtui.create_vault(tmp_path / "team.vault", PASSPHRASE) as vault:
        for name in NAMES:
            vault.client().create_secret(Name=name, SecretString="text")
    running = Terminal("--vault", str(tmp_path / "team.vault"), home=tmp_path)
    running.see("Unlock")
    running.press(PASSPHRASE, ENTER)
    running.see("4 secrets")
    return running


def test_a_filter_typed_at_once_filters(terminal: Terminal) -> None:
    """The list uses `p` for the password generator; in the filter it is a letter."""
    terminal.child.send("/paydb")
    terminal.see_no("prod/web")
    assert "prod/paydb" in terminal.text and "╭" not in terminal.text
    terminal.close()


@pytest.mark.parametrize("place", ["list", "secret"])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_typed_at_once_opens_one_dialog(
    terminal: Terminal, tmp_path: Path, place: str, sentence: str
) -> None:
    """The first key opens a dialog, which gets all following keys. No secret changes."""
    if place == "secret":
        terminal.press(ENTER)
        terminal.see("not read yet")
    terminal.press(sentence)
    assert terminal.text.count("╭") <= 1, terminal.text
    terminal.close()
    with smtui.open_vault(tmp_path / "team.vault", PASSPHRASE) as vault:
        assert {each["Name"] for each in vault.client().list_secrets()["SecretList"]} >= set(NAMES)
