"""Tests of typed paths: none of them raises."""

from __future__ import annotations

from pathlib import Path

import pytest

from smtui.system.paths import expand_home, is_absent, is_file, is_folder, is_taken

NO_HOME = "~nobody-of-this-name/x"
TOO_LONG = "/" + "x" * 300
ODD = [NO_HOME, TOO_LONG, "/" + "x/" * 3000, "/dev/null/x"]


@pytest.mark.parametrize("typed", ODD)
def test_nothing_is_at_an_odd_path(typed: str) -> None:
    path = expand_home(typed)

    assert not (is_file(path) or is_folder(path) or is_taken(path))


def test_a_home_folder_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert expand_home("~/x") == tmp_path / "x"
    assert str(expand_home(NO_HOME)) == NO_HOME


def test_only_what_the_system_denies_is_absent(tmp_path: Path) -> None:
    """A broken link is something; a name that the system cannot look up may be something."""
    (tmp_path / "link").symlink_to(tmp_path / "gone")

    assert is_absent(tmp_path / "gone")
    assert is_absent(Path("/dev/null/x"))
    assert not is_absent(tmp_path / "link")
    assert not is_absent(Path(TOO_LONG))
