"""Where a recovery code is typed, from paper."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import var

from smtui.text.sanitize import sanitize
from smtui.tui.unlock.passphrase import CURSOR, Passphrase

GROUP = 6
LENGTH = 84
"""Letters and digits in a code, its dashes not counted."""


class CodeField(Passphrase):
    """Hidden like a passphrase, for the code is as good as one; `readable` shows it in the groups it is written in."""

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
        """What counts of what is typed."""
        return "".join(letter for letter in bytes(self.peek()).decode("utf-8", "replace").upper() if letter.isalnum())

    def render(self) -> Content:
        if not self.count:
            return super().render()
        letters = self.letters
        seen = sanitize(letters) if self.readable else "•" * len(letters)
        groups = [seen[start : start + GROUP] for start in range(0, len(seen), GROUP)]
        cursor = CURSOR if self.has_focus else ""
        return Content.assemble("  ".join(groups), cursor, (f"  {len(letters)} of {LENGTH}", "$text-muted"))
