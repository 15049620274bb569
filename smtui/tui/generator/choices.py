"""A list of passwords with one selected."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from smtui.text.sanitize import SafeText, sanitize

MASK = "•"
SPACE = "␣"
CHOSEN = "› "


class PasswordChoices(Widget):
    """A list with one password in each line. `hidden` masks the passwords and shows only their lengths."""

    DEFAULT_CSS = """
    PasswordChoices {
        height: auto;
        min-height: 1;
        padding: 0 1;
        background: $panel;
    }
    """

    passwords: reactive[Sequence[str]] = reactive((), layout=True)
    place: reactive[int] = reactive(0)
    hidden: reactive[bool] = reactive(False)

    @property
    def selected(self) -> str:
        """The selected password; empty if there are no passwords."""
        return self.passwords[self.place] if self.passwords else ""

    def put(self, passwords: Sequence[str]) -> None:
        """Replaces the passwords and selects the first one."""
        self.passwords, self.place = passwords, 0

    def move(self, by: int) -> None:
        """Moves the selection by a number of lines, and stops at the ends."""
        self.place = max(0, min(self.place + by, len(self.passwords) - 1))

    def on_click(self, event: events.Click) -> None:
        self.place = max(0, min(event.y, len(self.passwords) - 1))

    def render(self) -> Content:
        return Content("\n").join(self._render_line(place, password) for place, password in enumerate(self.passwords))

    def _render_line(self, place: int, password: str) -> Content:
        chosen = place == self.place
        line = Content(CHOSEN if chosen else " " * len(CHOSEN)) + Content(self._format_password(password))
        fitting = line.truncate(max(1, self.content_size.width), ellipsis=True)
        return fitting.stylize("bold $accent" if chosen else "$text-muted")

    def _format_password(self, password: str) -> SafeText:
        return SafeText(MASK * len(password)) if self.hidden else sanitize(password.replace(" ", SPACE))
