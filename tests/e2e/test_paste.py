"""Tests of pastes from tmux: the text arrives as copied, with any encoding of line breaks."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import smtui
from tests.e2e.tmux import Tmux

PASSPHRASE = "seven green otters under a bridge"
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
PEM = "\n".join(["-----BEGIN PRIVATE KEY-----", BODY, BODY[::-1], "", "-----END PRIVATE KEY-----", ""])
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal"),
    pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux"),
]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Tmux]:
    smtui.create_vault(tmp_path / "team.vault", PASSPHRASE).close()
    running = Tmux("--vault", str(tmp_path / "team.vault"), home=tmp_path)
    yield running
    running.close()


def paste(terminal: Tmux, home: Path, text: str, *how: str) -> None:
    """Pastes like `prefix ]`: tmux sends CR for each LF of its buffer, unless `-r` is given."""
    file = home / "to-paste"
    file.write_bytes(text.encode())
    terminal.ask("load-buffer", str(file))
    terminal.ask("paste-buffer", *how)


@pytest.mark.parametrize("text", [PEM, PEM.replace("\n", "\r\n")], ids=["LF", "CRLF"])
@pytest.mark.parametrize("how", [("-p",), ("-p", "-r"), (), ("-r",)], ids=lambda how: " ".join(how) or "plain")
def test_a_key_in_pem_form_arrives_exactly(terminal: Tmux, tmp_path: Path, how: tuple[str, ...], text: str) -> None:
    """Tests with and without bracketed paste (`-p`), and line breaks as CR, LF and CRLF."""
    if how != ("-r",) and how != ("-p", "-r") and "\r" in text:
        pytest.skip("tmux makes two CR of CR LF here, which is two line breaks")
    terminal.see("Unlock")
    terminal.press(PASSPHRASE, "Enter")
    terminal.see("0 secrets")
    terminal.press("a", "tls/key", "C-t")
    terminal.see("smtui")
    paste(terminal, tmp_path, text, *how)
    terminal.press("C-s")
    terminal.see("tls/key is stored.")
    terminal.press("C-q")
    assert terminal.wait_for_end() == 0

    with smtui.open_vault(tmp_path / "team.vault", PASSPHRASE) as vault:
        assert vault.client().get_secret_value(SecretId="tls/key")["SecretString"] == PEM


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
    terminal.see("Only one line fits here")
    paste(terminal, tmp_path, "three\n", "-p")
    assert "one" not in terminal.see(" three").splitlines()[1]
