"""A timer that hides a revealed value after the time in the settings."""

from __future__ import annotations

from collections.abc import Callable

from textual.message_pump import MessagePump
from textual.timer import Timer


class AutoHide:
    """A countdown in seconds.

    Args:
        node: the screen or widget that owns the timer.
        on_tick: called each second with the seconds that are left; 0 if no countdown runs.
        on_end: called when the time is over. It hides the value.
    """

    def __init__(self, node: MessagePump, on_tick: Callable[[int], None], on_end: Callable[[], None]) -> None:
        self._node = node
        self._on_tick = on_tick
        self._on_end = on_end
        self._timer: Timer | None = None
        self.seconds_left = 0

    def start(self, seconds: int) -> None:
        """Restarts the countdown; with 0 `seconds` the value stays until the user hides it."""
        self.stop()
        self.seconds_left = seconds
        if seconds:
            self._timer = self._node.set_interval(1, self._count_down)
        self._on_tick(seconds)

    def stop(self) -> None:
        """Stops the countdown, because the value is hidden already."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.seconds_left = 0
        self._on_tick(0)

    def _count_down(self) -> None:
        self.seconds_left -= 1
        if self.seconds_left > 0:
            self._on_tick(self.seconds_left)
        else:
            self._on_end()
