"""What is pasted by a real terminal multiplexer arrives as it was copied, whichever way line breaks are sent."""

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
    """As `prefix ]` does: tmux sends CR for each LF of its buffer unless `-r` is given."""
    file = home / "to-paste"
    file.write_bytes(text.encode())
    terminal.ask("load-buffer", str(file))
    terminal.ask("paste-buffer", *how)


@pytest.mark.parametrize("text", [PEM, PEM.replace("\n", "\r\n")], ids=["LF", "CRLF"])
@pytest.mark.parametrize("how", [("-p",), ("-p", "-r"), (), ("-r",)], ids=lambda how: " ".join(how) or "plain")
def test_a_key_in_pem_form_arrives_exactly(terminal: Tmux, tmp_path: Path, how: tuple[str, ...], text: str) -> None:
    """With bracketed paste (`-p`) and typed out without it; line breaks as CR, LF and both."""
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
    assert terminal.ended() == 0

    with smtui.open_vault(tmp_path / "team.vault", PASSPHRASE) as vault:
        assert vault.client().get_secret_value(SecretId="tls/key")["SecretString"] == PEM


def test_a_passphrase_is_pasted_with_the_line_break_at_its_end(terminal: Tmux, tmp_path: Path) -> None:
    terminal.see("Unlock")
    paste(terminal, tmp_path, PASSPHRASE + "\n", "-p")
    terminal.press("Enter")
    terminal.see("0 secrets")


def test_several_lines_are_refused_by_a_field_of_one(terminal: Tmux, tmp_path: Path) -> None:
    """As a whole, with a sentence; one line with its line break is taken by the filter."""
    terminal.see("Unlock")
    terminal.press(PASSPHRASE, "Enter")
    terminal.see("0 secrets")
    terminal.press("/")
    paste(terminal, tmp_path, "one\ntwo\n", "-p")
    terminal.see("Only one line fits here")
    paste(terminal, tmp_path, "three\n", "-p")
    assert "one" not in terminal.see(" three").splitlines()[1]
