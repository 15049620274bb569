"""Tests of the counts of an outlook."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from smtui.health.outlook import DELETIONS, KEY_DELETIONS, OUTLOOK_DAYS, ROTATIONS, Outlook

NOW = datetime(2026, 11, 24, 12).astimezone()


def make_entry(changed: float = 0, **members: Any) -> Any:
    """An entry of ListSecrets that was last changed `changed` days ago."""
    made = NOW - timedelta(days=500)
    return {"CreatedDate": made, "LastChangedDate": NOW - timedelta(days=changed), **members}


@pytest.mark.parametrize(("days", "day"), [
    (-40, 0), (0, 0), (0.4, 0), (0.6, 1), (59, 59), (59.6, None), (400, None),
])
def test_an_event_counts_on_its_day(days: float, day: int | None) -> None:
    outlook = Outlook(NOW)
    outlook.add_event(KEY_DELETIONS, NOW + timedelta(days=days))

    assert [number for number, count in enumerate(outlook.events[KEY_DELETIONS]) if count] == (
        [] if day is None else [day]
    )
    assert outlook.has_events == (day is not None)
    assert len(outlook.events[KEY_DELETIONS]) == OUTLOOK_DAYS


def test_only_rotation_that_is_on_counts() -> None:
    outlook, due = Outlook(NOW), NOW + timedelta(days=3)
    outlook.add_secret(make_entry(NextRotationDate=due, RotationEnabled=True))
    outlook.add_secret(make_entry(NextRotationDate=due, RotationEnabled=False))
    outlook.add_secret(make_entry(NextRotationDate=due))

    assert sum(outlook.events[ROTATIONS]) == outlook.events[ROTATIONS][3] == 1


def test_a_secret_scheduled_for_deletion_counts_only_as_a_deletion() -> None:
    outlook = Outlook(NOW)
    outlook.add_secret(make_entry(
        DeletedDate=NOW + timedelta(days=7), NextRotationDate=NOW + timedelta(days=1), RotationEnabled=True))

    assert outlook.events[DELETIONS][7] == 1
    assert sum(outlook.events[ROTATIONS]) == sum(outlook.ages) == 0


@pytest.mark.parametrize(("days", "group"), [
    (-1, 0), (0, 0), (30, 0), (30.1, 1), (90, 1), (91, 2), (181, 3), (365, 3), (366, 4), (3000, 4),
])
def test_ages_end_where_their_names_say(days: float, group: int) -> None:
    outlook = Outlook(NOW)
    outlook.add_secret(make_entry(days))

    assert outlook.ages.index(1) == group


def test_without_a_change_the_age_is_that_of_the_secret() -> None:
    outlook, entry = Outlook(NOW), make_entry()
    del entry["LastChangedDate"]
    outlook.add_secret(entry)

    assert outlook.ages == [0, 0, 0, 0, 1]
