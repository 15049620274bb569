"""The part of the app that copies to the clipboard, shows the countdown, and clears the clipboard."""

from __future__ import annotations

from textual.reactive import var

from smtui.clipboard.clipboard import Cleared, Clipboard
from smtui.system.settings import Settings
from smtui.text.sanitize import sanitize
from smtui.tui.bridge import call, gesture, must_be_on_top
from smtui.tui.notifications import TellingApp


class CopyingApp(TellingApp):
    """Copies values and text to the clipboard, and clears them after the configured time."""

    clears_in: var[int] = var(0)
    """Whole seconds until the clipboard is cleared; 0 if it holds nothing that smtui copied."""

    def __init__(self, settings: Settings, pasteboard: Clipboard | None, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self.settings = settings
        self.pasteboard = pasteboard or Clipboard()
        if pasteboard is None:
            self.use_clipboard()

    def use_clipboard(self) -> None:
        """Switches copying with the OSC 52 sequence on or off, as the settings say."""
        self.pasteboard.osc52 = self.write_to_terminal if self.settings.osc52 else None

    def count_down(self) -> None:
        """Updates the countdown, and clears what is overdue. Called every second."""
        self.pasteboard.clear_overdue()
        left = self.pasteboard.count_seconds_left()
        if self.clears_in and not left:
            self.inner_clipboard = ""
        self.clears_in = left

    async def copy(self, value: str | bytes, what: str) -> None:
        """Copies `value` to the clipboard and notifies the user.

        Args:
            value: the text, or its UTF-8 bytes.
            what: names the value in the notification, without revealing it.

        Raises:
            ScreenLeftError: the screen of the gesture is no longer on top (see `bridge`).
        """
        must_be_on_top()
        data = value.encode() if isinstance(value, str) else value
        copied = await call(self.pasteboard.copy, data, self.settings.clipboard_timeout)
        self.clears_in = self.pasteboard.count_seconds_left()
        self.notify(sanitize(f"{what}: {copied.sentence}"), markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Overrides Textual's copying (Ctrl+C in a field), so that this copy is cleared as well."""
        self.inner_clipboard = text
        self.copy_text(text)

    @gesture
    async def copy_text(self, text: str) -> None:
        """Copies text from a field and notifies the user."""
        await self.copy(text, "Text")

    async def clear_clipboard(self) -> Cleared:
        """Clears every copy that smtui made, including the text that Ctrl+V pastes. Returns what was cleared."""
        self.inner_clipboard = ""
        cleared = await call(self.pasteboard.clear)
        self.clears_in = 0
        return cleared

    @gesture
    async def action_clear_clipboard(self) -> None:
        cleared = await self.clear_clipboard()
        self.notify(cleared.sentence, severity="warning" if cleared.has_failed else "information")

    def write_to_terminal(self, sequence: str) -> None:
        """Writes an escape sequence to the terminal."""
        if self._driver is not None:
            self._driver.write(sequence)
