"""The screen that covers everything while the terminal is smaller than the layout needs."""

from __future__ import annotations

import asyncio

from textual import events
from textual.app import ComposeResult
from textual.geometry import Size
from textual.widgets import Static

from smtui.tui.workarounds import ClosableModalScreen, is_on_top

LEAST = Size(60, 16)


class TooSmallScreen(ClosableModalScreen[None]):
    """Closes when the terminal is large enough again. Dialogs wait for that (`wait_until_large`)."""

    DEFAULT_CSS = """
    TooSmallScreen {
        align: center middle;
        background: $background;
    }
    TooSmallScreen Static {
        width: auto;
        text-align: center;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._is_large = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Static(f"Terminal too small\n(needs {LEAST.width}×{LEAST.height}).")

    def on_resize(self, event: events.Resize) -> None:
        self._leave_if_it_fits(event.size)

    def on_screen_resume(self) -> None:
        self._leave_if_it_fits(self.app.size)

    def on_unmount(self) -> None:
        self._is_large.set()

    async def wait_until_large(self) -> None:
        """Waits until the terminal is large enough."""
        await self._is_large.wait()

    def _leave_if_it_fits(self, size: Size) -> None:
        if is_large_enough(size) and is_on_top(self):
            self.dismiss()


def is_large_enough(size: Size) -> bool:
    """Whether the layout fits into a terminal of this size."""
    return size.width >= LEAST.width and size.height >= LEAST.height
