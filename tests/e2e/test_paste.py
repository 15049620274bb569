"""Tests of pastes from tmux: the text arrives as copied, with any encoding of line breaks."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.tmux import Tmux
from tests.prepared_vault import PASSPHRASE, PreparedVault, prepare_vault

BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
PEM = "\n".join(["-----BEGIN PRIVATE KEY-----", BODY, BODY[::-1], "", "-----END PRIVATE KEY-----", ""])
CRLF = PEM.replace("\n", "\r\n")
# Without `-r`, tmux sends two CR for each CR LF, which are two line breaks.
PASTES = {
    "lf/bracketed": (PEM, ("-p",)), "lf/bracketed-raw": (PEM, ("-p", "-r")), "lf/plain": (PEM, ()),
    "lf/raw": (PEM, ("-r",)), "crlf/bracketed-raw": (CRLF, ("-p", "-r")), "crlf/raw": (CRLF, ("-r",)),
}
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal"),
    pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux"),
]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedVault:
    return prepare_vault(tmp_path_factory.mktemp("prepared") / "team.vault")


@pytest.fixture
def terminal(tmp_path: Path, prepared: PreparedVault) -> Iterator[Tmux]:
    running = Tmux("--vault", str(prepared.copy_to(tmp_path)), home=tmp_path)
    yield running
    running.close()


def paste(terminal: Tmux, home: Path, text: str, *how: str) -> None:
    """Pastes like `prefix ]`: tmux sends CR for each LF of its buffer, unless `-r` is given."""
    file = home / "to-paste"
    file.write_bytes(text.encode())
    terminal.ask("load-buffer", str(file))
    terminal.ask("paste-buffer", *how)


def test_a_key_in_pem_form_arrives_exactly(terminal: Tmux, prepared: PreparedVault, tmp_path: Path) -> None:
    """Tests with and without bracketed paste (`-p`), and line breaks as CR, LF and CRLF."""
    terminal.see("Unlock")
    terminal.press(PASSPHRASE, "Enter")
    terminal.see("0 secrets")
    for name, (text, how) in PASTES.items():
        terminal.press("a", name, "C-t")
        terminal.see("smtui")
        paste(terminal, tmp_path, text, *how)
        terminal.press("C-s")
        terminal.see(f"{name} created.")
        terminal.press("Escape")
        terminal.see("by name ↑")
    terminal.press("C-q")
    assert terminal.wait_for_end() == 0

    with prepared.open_copy(tmp_path) as vault:
        stored = {name: vault.client().get_secret_value(SecretId=name)["SecretString"] for name in PASTES}
    assert stored == dict.fromkeys(PASTES, PEM)


def test_a_passphrase_is_pasted_with_the_line_break_at_its_end(terminal: Tmux, tmp_path: Path) -> None:
    terminal.see("Unlock")
    paste(terminal, tmp_path, PASSPHRASE + "\n", "-p")
    terminal.press("Enter")
    terminal.see("0 secrets")


def test_several_lines_are_refused_by_a_field_of_one(terminal: Tmux, tmp_path: Path) -> None:
    """The filter refuses several lines with a message, and accepts one line with a trailing line break."""
    terminal.see("Unlock")
    terminal.press(PASSPHRASE, "Enter")
    terminal.see("0 secrets")
    terminal.press("/")
    paste(terminal, tmp_path, "one\ntwo\n", "-p")
    terminal.see("only a single line is allowed here")
    paste(terminal, tmp_path, "three\n", "-p")
    assert "one" not in terminal.see(" three").splitlines()[1]
