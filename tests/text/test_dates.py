"""Tests of lengths of time as text."""

from __future__ import annotations

import pytest

from smtui.text.dates import format_duration


@pytest.mark.parametrize(("seconds", "text"), [
    (0, "0 seconds"), (0.4, "0 seconds"), (1, "1 second"), (45, "45 seconds"), (60, "60 seconds"), (90, "90 seconds"),
    (150, "150 seconds"), (300, "5 minutes"), (3600, "60 minutes"), (5400, "90 minutes"), (36_000, "10 hours"),
    (86_400, "24 hours"), (172_800, "2 days"), (57_600 * 60, "40 days"), (57_600 * 60 - 40, "40 days"),
    (1000 * 86_400, "1,000 days"),
])
def test_a_length_of_time_has_a_sensible_unit(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text
