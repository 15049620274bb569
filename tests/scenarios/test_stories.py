"""Each text beside this file is a session, and happens as it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from smtui.system.ambient import Ambient
from tests.cli.conftest import CommandLine
from tests.conftest import Clock
from tests.scenarios.story import Story

STORIES = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_it_happens_as_told(
    path: Path, bare: CommandLine, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ambient, "with_clock", lambda _: Ambient(clock, lambda: clock().timestamp()))
    monkeypatch.chdir(tmp_path)

    Story(bare, clock, tmp_path).tell(path.read_text())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("$ smtui --version\n  smtui 9", "other output"),
        ("$ smtui --version\n  smtui ...\nexit 1", "exit 0, not 1"),
        ("$ smtui nonsense\nexit 2", "unexpected words"),
        ("$ smtui nonsense\n! something else\nexit 2", "missing on standard error"),
        ("sings: a song", "no such line"),
    ],
)
def test_a_story_that_is_not_true_is_noticed(
    text: str, complaint: str, bare: CommandLine, clock: Clock, tmp_path: Path
) -> None:
    with pytest.raises(AssertionError, match=complaint):
        Story(bare, clock, tmp_path).tell(text)
