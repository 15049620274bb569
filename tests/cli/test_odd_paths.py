"""Tests of paths that no file can have: each command refuses them with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.system.test_paths import NO_HOME, ODD


@pytest.mark.parametrize("typed", ODD)
@pytest.mark.parametrize("command", [
    ("ls", "--vault"), ("import",), ("import", "--format", "env"), ("export", "--output"), ("backup",),
    ("set", "new", "--file"),
])
def test_a_command_answers_an_odd_path(
    cli: CommandLine, command: tuple[str, ...], typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused; a backup is written into a folder that is called like the missing home folder."""
    monkeypatch.chdir(tmp_path)

    answer = cli(*command, typed)

    assert answer.code in ((0,) if command == ("backup",) and typed == NO_HOME else (1, 2, 4))
    assert "internal error" not in answer.err
