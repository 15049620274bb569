"""What is revealed hides itself: after the time in the settings, counted down in sight."""

from __future__ import annotations

from collections.abc import Callable

from textual.message_pump import MessagePump
from textual.timer import Timer


class Hiding:
    """`tell` hears the seconds that are left, 0 when nothing is counted; at the end `hide` is called."""

    def __init__(self, node: MessagePump, tell: Callable[[int], None], hide: Callable[[], None]) -> None:
        self._node = node
        self._tell = tell
        self._hide = hide
        self._timer: Timer | None = None
        self.left = 0

    def begin(self, seconds: int) -> None:
        """Counts anew; with 0 what is revealed stays until somebody hides it."""
        self.end()
        self.left = seconds
        if seconds:
            self._timer = self._node.set_interval(1, self._second)
        self._tell(seconds)

    def end(self) -> None:
        """It is hidden already."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.left = 0
        self._tell(0)

    def _second(self) -> None:
        self.left -= 1
        if self.left > 0:
            self._tell(self.left)
        else:
            self._hide()
