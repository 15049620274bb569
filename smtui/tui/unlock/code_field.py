"""The input field for a recovery code."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import var

from smtui.text.sanitize import sanitize
from smtui.tui.widgets.passphrase import CURSOR, Passphrase

GROUP = 6
LENGTH = 84
"""The number of letters and digits of a code, without its dashes."""


class CodeField(Passphrase):
    """Hides the code like a passphrase. `readable` shows it in the groups in which it is printed."""

    DEFAULT_CSS = """
    CodeField {
        height: auto;
        min-height: 5;
    }
    """

    readable: var[bool] = var(False)

    def __init__(self) -> None:
        super().__init__("Recovery code")

    def watch_readable(self) -> None:
        self.refresh(layout=True)

    def watch_count(self) -> None:
        self.refresh(layout=True)

    @property
    def letters(self) -> str:
        """The typed letters and digits, in upper case and without separators."""
        return "".join(letter for letter in bytes(self.peek()).decode("utf-8", "replace").upper() if letter.isalnum())

    def render(self) -> Content:
        if not self.count:
            return super().render()
        letters = self.letters
        seen = sanitize(letters) if self.readable else "•" * len(letters)
        groups = [seen[start : start + GROUP] for start in range(0, len(seen), GROUP)]
        cursor = CURSOR if self.has_focus else ""
        return Content.assemble("  ".join(groups), cursor, (f"  {len(letters)} of {LENGTH}", "$text-muted"))
