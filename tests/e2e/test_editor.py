"""Tests of an external editor in a real terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal

ENTER, CTRL_C = "\r", "\x03"
EDITOR = """
import pathlib, sys
path = pathlib.Path(sys.argv[1])
print("an editor has", path.name, "of mode", oct(path.stat().st_mode & 0o777), flush=True)
try:
    input()
except KeyboardInterrupt:
    print("interrupted, and still here", flush=True)
    input()
path.write_text(json.dumps({**json.loads(path.read_text()), "host": "elsewhere"}) + "\\n")
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


def test_the_editor_has_the_terminal(tmp_path: Path) -> None:
    """The editor gets Ctrl+C and has the screen alone. Afterwards, the program shows its question."""
    script = tmp_path / "editor.py"
    script.write_text(f"import json{EDITOR}")
    memory = tmp_path / "memory"
    memory.mkdir()
    terminal = Terminal("--demo", home=tmp_path, VISUAL=f"{sys.executable} {script}", XDG_RUNTIME_DIR=str(memory))
    terminal.see("10 secrets")
    terminal.press("j", "j", ENTER)
    terminal.see("r to reveal")
    terminal.press("E")
    terminal.see("Editors may keep copies of their own")
    terminal.press(ENTER)
    terminal.see("an editor has value.json of mode 0o600")
    terminal.press(CTRL_C)
    terminal.see("interrupted, and still here")
    terminal.press(ENTER)
    terminal.see("Store a new version?", "~ host changed")
    terminal.press(ENTER)
    terminal.see("stored as AWSCURRENT.", "prod/payments/db")
    terminal.press("q")

    assert terminal.end() == 0
    assert json.dumps("elsewhere").encode() not in terminal.raw
