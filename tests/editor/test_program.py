"""Which editor is run, and what it gets to see of us."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from smtui.editor.program import EditorError, edit, find_editor


def test_visual_comes_before_editor() -> None:
    assert find_editor({"VISUAL": "code --wait", "EDITOR": "vi"}) == ["code", "--wait"]
    assert find_editor({"VISUAL": "", "EDITOR": "'/opt/my editor/bin' -n"}) == ["/opt/my editor/bin", "-n"]


def test_an_open_quote_is_told() -> None:
    with pytest.raises(EditorError, match=r"\$EDITOR is not valid"):
        find_editor({"EDITOR": "vi 'x"})


def test_without_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(EditorError, match="No editor was found"):
        find_editor({})


def test_one_that_cannot_be_run(tmp_path: Path) -> None:
    with pytest.raises(EditorError, match="cannot be run"):
        edit(tmp_path / "value", [str(tmp_path / "absent")])


def test_it_sees_nothing_of_our_environment_but_what_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTUI_PASSPHRASE", "opensesame")
    seen = tmp_path / "seen"
    code = f"import json, os; open({str(seen)!r}, 'w').write(json.dumps(dict(os.environ)))"

    assert edit(tmp_path / "value", [sys.executable, "-c", code]) == 0
    assert "SMTUI_PASSPHRASE" not in json.loads(seen.read_text())
    assert json.loads(seen.read_text())["PATH"] == os.environ["PATH"]


def test_its_exit_code_is_told(tmp_path: Path) -> None:
    assert edit(tmp_path / "value", [sys.executable, "-c", "raise SystemExit(3)"]) == 3
