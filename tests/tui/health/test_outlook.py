"""Tests of the drawing of an outlook."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import smtui
from smtui.health.outlook import DELETIONS, ROTATIONS, Outlook
from smtui.tui.health.outlook import draw_outlook
from tests.conftest import Clock
from tests.tui.conftest import MakeApp, screen_text, until
from tests.tui.health.test_checks import at_health

NOW = datetime(2026, 11, 28, 12).astimezone()


def draw(outlook: Outlook, width: int) -> list[str]:
    return draw_outlook(outlook, width).plain.splitlines()


@pytest.mark.parametrize("width", [58, 78, 118, 198])
def test_every_event_is_seen_in_its_row_and_nothing_is_wider_than_the_screen(width: int) -> None:
    outlook = Outlook(NOW)
    for day in range(0, 60, 20):
        outlook.add_event(DELETIONS, NOW + timedelta(days=day))
    for _ in range(1234):
        outlook.add_event(ROTATIONS, NOW)
    outlook.add_event(ROTATIONS, NOW + timedelta(days=59))
    axis, rotations, deletions, *_ = draw(outlook, width)

    assert rotations.split()[:2] == ["rotations", "1,235"] and deletions.split()[:2] == ["deletions", "3"]
    assert "█" in rotations and "▁" in rotations
    assert max(len(line) for line in (axis, rotations, deletions)) <= width


def test_the_axis_has_the_dates_of_some_weeks() -> None:
    outlook = Outlook(NOW)
    outlook.add_event(ROTATIONS, NOW + timedelta(days=14))
    axis, rotations, *_ = draw(outlook, 150)

    assert [date.strip() for date in axis.split("╷")[1:4]] == ["Nov 28", "Dec 5", "Dec 12"]
    assert rotations.index("█") == axis.index("╷Dec 12")


def test_nothing_scheduled_is_said() -> None:
    assert "nothing scheduled" in draw(Outlook(NOW), 80)[0]


def test_ages_are_numbers_and_parts_of_a_bar() -> None:
    outlook = Outlook(NOW)
    outlook.ages[:] = [30, 10, 0, 0, 1]
    line = draw(outlook, 120)[-1]

    assert "≤ 30 d 30" in line and "≤ 90 d 10" in line and "> 1 y 1" in line and "≤ 1 y" not in line
    assert line.count("█") >= 3


async def test_health_shows_what_is_scheduled(app: MakeApp, vault: smtui.Vault, client: Any, clock: Clock) -> None:
    """A deletion and a rotation are in the timeline; on a low screen the findings have its rows."""
    for name in ("old", "rotated"):
        client.create_secret(Name=name, SecretString="x")
    clock.forward(days=40)
    client.create_secret(Name="gone", SecretString="x")
    client.delete_secret(SecretId="gone", RecoveryWindowInDays=20)
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await at_health(pilot, running)
        await until(pilot, lambda: "Next 60 days" in screen_text(running))
        text = screen_text(running)
        assert "deletions          1" in text and "≤ 90 d 2" in text and "rotations" not in text

        await pilot.resize_terminal(60, 16)
        await until(pilot, lambda: "Next 60 days" not in screen_text(running))
