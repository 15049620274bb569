"""Tests of names that are too long for their column."""

from __future__ import annotations

import pytest

from smtui.text.sanitize import SafeText
from smtui.text.truncate import truncate_middle


@pytest.mark.parametrize(("name", "seen"), [
    ("prod/db", "prod/db"), ("prod/payments/token", "prod/p…/token"), ("prod/payments/other", "prod/p…/other"),
    ("prod/payments", "prod/payments"),
])
def test_a_long_name_keeps_both_its_ends(name: str, seen: str) -> None:
    """A long name is shortened in the middle, so that names with the same start differ."""
    assert truncate_middle(SafeText(name), 13) == seen
