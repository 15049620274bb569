"""The clipboard as the program uses it: what is copied is said, counted down, and cleared."""

from __future__ import annotations

from textual.reactive import var

from smtui.clipboard.clipboard import Cleared, Clipboard
from smtui.system.settings import Settings
from smtui.text.sanitize import sanitize
from smtui.tui.bridge import call, gesture
from smtui.tui.notifications import TellingApp


class CopyingApp(TellingApp):
    """Copies values and text by one way, and clears both after the same time."""

    clears_in: var[int] = var(0)
    """Whole seconds until the clipboard is cleared; 0 when it holds nothing of ours."""

    def __init__(self, settings: Settings, pasteboard: Clipboard | None, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self.settings = settings
        self.pasteboard = pasteboard or Clipboard()
        if pasteboard is None:
            self.use_clipboard()

    def use_clipboard(self) -> None:
        """By the ways that the settings allow."""
        self.pasteboard.osc52 = self.write_to_terminal if self.settings.osc52 else None

    def count_down(self) -> None:
        """Once a second."""
        self.pasteboard.clear_overdue()
        left = self.pasteboard.seconds_left()
        if self.clears_in and not left:
            self.inner_clipboard = ""
        self.clears_in = left

    async def copy(self, value: str | bytes, what: str) -> None:
        """Puts `value` on the clipboard and says by which way; `what` names it for the person, without its value."""
        data = value.encode() if isinstance(value, str) else value
        copied = await call(self.pasteboard.copy, data, self.settings.clipboard_timeout)
        self.clears_in = self.pasteboard.seconds_left()
        self.notify(sanitize(f"{what}: {copied.sentence}"), markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Textual's own copying (Ctrl+C in a field) goes the same way as ours, and is cleared as ours is."""
        self.inner_clipboard = text
        self.copy_text(text)

    @gesture
    async def copy_text(self, text: str) -> None:
        await self.copy(text, "Text")

    async def clear_clipboard(self) -> Cleared:
        """Every copy that was put anywhere, and what Ctrl+V would paste."""
        self.inner_clipboard = ""
        cleared = await call(self.pasteboard.clear)
        self.clears_in = 0
        return cleared

    @gesture
    async def action_clear_clipboard(self) -> None:
        cleared = await self.clear_clipboard()
        self.notify(cleared.sentence, severity="warning" if cleared.has_failed else "information")

    def write_to_terminal(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)
