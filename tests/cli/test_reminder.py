"""Tests of the reminder to verify the vault: on standard error, at most once a day."""

from __future__ import annotations

import pytest

from smtui.system.ambient import Ambient
from tests.cli.conftest import CommandLine
from tests.conftest import Clock


@pytest.fixture
def clock(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(Ambient, "with_clock", lambda _: Ambient(clock, lambda: clock().timestamp()))
    return clock


def test_a_check_is_long_ago(clock: Clock, cli: CommandLine) -> None:
    """The reminder appears after 30 days, also for a vault that was never verified; a check resets it."""
    clock.forward(days=3650)  # later than the creation of the vault
    assert cli("ls").err == ""
    clock.forward(days=29)
    assert cli("ls").err == ""
    clock.forward(days=2)
    assert "known this vault for 31 days and never verified it" in cli("ls").err
    assert cli("ls").err == ""
    clock.forward(days=1)
    assert "smtui check" in cli("ls").err

    assert cli("check").code == 0
    clock.forward(days=30)
    assert cli("ls").err == ""
    clock.forward(days=1)
    answer = cli("ls")
    assert "last verified on" in answer.err and "31 days ago. Verify it with: smtui check" in answer.err
    assert answer.out == "" and answer.code == 0
