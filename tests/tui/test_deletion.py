"""The plan of a deletion."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from smtui.shown import shown
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.deletion import Deletion, DeletionPlan
from tests.tui.conftest import screen_text, types, until

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
READ_ON = datetime(2026, 2, 1, 12, tzinfo=UTC)
NAME = "prod/payments/stripe"
ARN = f"arn:aws:secretsmanager:us-east-1:000000000000:secret:{NAME}-AbCdEf"
NOTHING_YET: Any = "nothing yet"


class Asked:
    """An app that shows the dialog, and what it answers."""

    def __init__(self, folder: Path, read_on: datetime | None = None) -> None:
        self.app = SmtuiApp(folder / "none.vault")
        self.plan = DeletionPlan(shown(NAME), shown(ARN), NOW, read_on)
        self.answer: Deletion | None = NOTHING_YET

    async def show(self, pilot: Pilot[None]) -> None:
        self.app.push_screen(self.plan, lambda answer: setattr(self, "answer", answer))
        await until(pilot, lambda: self.plan.is_current)


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    return Asked(tmp_path)


async def test_the_first_answer_changes_nothing(asked: Asked) -> None:
    """Whoever presses Enter without reading keeps the secret."""
    async with asked.app.run_test(size=(80, 24)) as pilot:
        await asked.show(pilot)
        await pilot.press("enter")
        await pilot.pause()

    assert asked.answer is None


async def test_escape_changes_nothing(asked: Asked) -> None:
    async with asked.app.run_test(size=(80, 24)) as pilot:
        await asked.show(pilot)
        await pilot.press("down", "escape")
        await pilot.pause()

    assert asked.answer is None


@pytest.mark.parametrize(
    ("keys", "days", "date"),
    [
        ((), 30, "2026-04-01"),
        (("up",), 30, "2026-04-01"),
        (("down",) * 2, 28, "2026-03-30"),
        (("down",) * 40, 7, "2026-03-09"),
        (("down",) * 40 + ("up",), 8, "2026-03-10"),
    ],
)
async def test_the_window(asked: Asked, keys: tuple[str, ...], days: int, date: str) -> None:
    """Arrow keys change it within 7 to 30 days, and the date follows."""
    async with asked.app.run_test(size=(80, 24)) as pilot:
        await asked.show(pilot)
        await pilot.press(*keys)
        await pilot.pause()
        assert f"Deleted on {date}." in screen_text(asked.app)
        await pilot.press("tab", "enter")
        await pilot.pause()

    assert asked.answer == Deletion(days, False)
    assert asked.answer.request(ARN) == {"SecretId": ARN, "RecoveryWindowInDays": days}


@pytest.mark.parametrize(("typed", "possible"), [("14", True), ("6", False), ("31", False), ("", False), ("-7", True)])
async def test_a_typed_window(asked: Asked, typed: str, possible: bool) -> None:
    """What is out of bounds is said, and cannot be chosen."""
    async with asked.app.run_test(size=(80, 24)) as pilot:
        await asked.show(pilot)
        asked.plan.days.focus()
        await pilot.press("end", "ctrl+u")
        await types(pilot, typed)
        await pilot.pause()

        assert asked.plan.go.disabled is not possible
        assert ("The window is 7 to 30 days." in screen_text(asked.app)) is not possible


async def test_deleting_at_once_needs_the_name(asked: Asked) -> None:
    """All of it, as it is."""
    async with asked.app.run_test(size=(80, 24)) as pilot:
        await asked.show(pilot)
        asked.plan.force.focus()
        await pilot.press("space")
        await pilot.pause()
        assert "Nothing brings it back." in screen_text(asked.app)
        asked.plan.typed.focus()
        await types(pilot, NAME[:-1])
        await pilot.press("enter")
        assert asked.plan.go.disabled
        asked.plan.typed.focus()
        await pilot.press("end")
        await types(pilot, NAME[-1])
        await pilot.press("enter")
        assert asked.plan.go.has_focus
        await pilot.press("enter")
        await pilot.pause()

    assert asked.answer == Deletion(None, True)
    assert asked.answer.request(ARN) == {"SecretId": ARN, "ForceDeleteWithoutRecovery": True}


async def test_changing_ones_mind_about_at_once(asked: Asked) -> None:
    """The window is back as it was."""
    async with asked.app.run_test(size=(80, 24)) as pilot:
        await asked.show(pilot)
        await pilot.press("down")
        asked.plan.force.toggle()
        await pilot.press("down")
        asked.plan.force.toggle()
        await pilot.pause()

        assert "Deleted on 2026-03-31." in screen_text(asked.app)
        assert not asked.plan.go.disabled


@pytest.mark.parametrize(
    ("read_on", "sentence"), [(READ_ON, "Last read on 2026-02-01."), (None, "No reading of it is recorded.")]
)
async def test_when_it_was_read_last(tmp_path: Path, read_on: datetime | None, sentence: str) -> None:
    """What one wants to know before deleting."""
    asked = Asked(tmp_path, read_on)
    async with asked.app.run_test(size=(80, 24)) as pilot:
        await asked.show(pilot)

        assert sentence in screen_text(asked.app)
        assert NAME in screen_text(asked.app)
