"""Tests of hostile text in a real terminal: its control sequences have no effect, and harmless text is readable."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.e2e.test_first_day import CTRL_Q, DOWN, ENTER, ESC
from tests.hostile_text import CONTROLS, filled
from tests.prepared_vault import PASSPHRASE, PreparedVault, prepare_vault

# The shape of the mouse pointer, which Textual sets.
POINTER = re.compile(rb"\x1b\]22;[a-z-]*(?:\x07|\x1b\\\\)")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedVault:
    return prepare_vault(
        tmp_path_factory.mktemp("prepared") / "team.vault", lambda vault: filled(vault.client(), [*CONTROLS.values()]))


@pytest.fixture
def home(tmp_path: Path, prepared: PreparedVault) -> Path:
    prepared.copy_to(tmp_path)
    return tmp_path


def test_nothing_in_a_secret_commands_the_terminal(home: Path) -> None:
    """Opens list, preview, value, labels and duplicate, with the cursor on every control sequence in turn."""
    terminal = Terminal("--vault", str(home / "team.vault"), home=home, size=(120, 36))
    terminal.see("Unlock")
    terminal.press(PASSPHRASE, ENTER)
    terminal.see("secrets ·")
    for _ in CONTROLS:
        terminal.press(DOWN)
    terminal.press(ENTER)
    terminal.see("r to reveal")
    terminal.press("r", "2", ESC, "d", ESC, CTRL_Q)

    assert terminal.end() == 0
    sent = POINTER.sub(b"", terminal.raw)
    for name, text in CONTROLS.items():
        assert text.encode() not in sent, name
    for sequence in (b"\x1b]", b"\x1bP", b"\x1b_", b"\x1bc", b"\x07", b"\x00", b"\xc2\x9b", b"\xe2\x80\xae"):
        assert sequence not in sent, sequence


def test_what_is_harmless_can_be_read(home: Path) -> None:
    """The words around a control character remain, and a symbol replaces it."""
    terminal = Terminal("--vault", str(home / "team.vault"), home=home, size=(120, 36))
    terminal.see("Unlock")
    terminal.press(PASSPHRASE, ENTER)
    terminal.see("secrets ·", "ab␛[2Jcd", "ab␇cd")
    terminal.press(CTRL_Q)
    terminal.end()
