"""Tests of notifications that expire while another screen opens."""

from __future__ import annotations

from textual.notifications import Notification
from textual.widgets._toast import Toast, ToastHolder

from tests.tui.conftest import MakeApp, until
from tests.tui.driver import see


def test_the_time_of_a_notification_that_is_just_over_is_not_negative() -> None:
    """A timer with a negative interval never waits, and the program would hang."""
    assert Toast(Notification("late", timeout=-1))._timeout > 0


async def test_a_notification_that_is_just_over_goes(app: MakeApp) -> None:
    """The program goes on meanwhile."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await see(pilot, "secrets")
        await running.screen.mount(ToastHolder(Toast(Notification("late", timeout=-1))))
        await pilot.press("slash", "m")
        await until(pilot, lambda: not running.screen.query(Toast))

        assert running.focused is not None and running.focused.id == "filter"
