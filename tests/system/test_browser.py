"""Tests of opening a URL: one program with the URL as its argument, a small environment, and an answer if it fails."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from smtui.system.browser import NoBrowserError, open_in_browser

pytestmark = pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="a fake xdg-open")


def make_opener(folder: Path, script: str) -> dict[str, str]:
    tool = folder / "xdg-open"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin", "SMTUI_PASSPHRASE": "x", "BROWSER": "evil", "XDG_CURRENT_DESKTOP": "KDE"}


def test_the_url_is_one_argument(tmp_path: Path) -> None:
    environ = make_opener(tmp_path, f'printf "%s|" "$#" "$1" > {tmp_path}/got; env > {tmp_path}/env')
    open_in_browser("https://x/?a=$(id);b", environ)

    assert (tmp_path / "got").read_text() == "1|https://x/?a=$(id);b|"
    variables = (tmp_path / "env").read_text()
    assert "XDG_CURRENT_DESKTOP=KDE" in variables
    assert "SMTUI" not in variables and "BROWSER=" not in variables


def test_failures_are_said(tmp_path: Path) -> None:
    with pytest.raises(NoBrowserError, match="xdg-open could not open"):
        open_in_browser("https://x", make_opener(tmp_path, "exit 3"))
    with pytest.raises(NoBrowserError, match="No program"):
        open_in_browser("https://x", {"PATH": str(tmp_path / "empty")})
