"""How far the reading of what a list, pane or table shows is: under way, refused or broken off, or done.

Only of what was read can be said that there is nothing. Widgets show a state through `ReadPane`; a screen keeps its own
in `SessionScreen`, which waits with what its user does until there is something to do it with.
"""

from __future__ import annotations

from dataclasses import dataclass

from smtui.text.sanitize import SafeText, sanitize

READING_TEXT = SafeText("Reading…")


@dataclass(frozen=True, slots=True)
class ReadState:
    """`is_over` says whether the reading has ended; `reason`, a sentence or two, why it has brought nothing."""

    is_over: bool
    reason: str = ""

    @property
    def has_failed(self) -> bool:
        return bool(self.reason)

    def format_text(self, retry_key: str, *, is_repeated: bool = False) -> SafeText:
        """What stands where the answer would; `again` where an older answer still does. Empty once it is there."""
        if not self.is_over:
            return READING_TEXT
        if not self.reason:
            return SafeText("")
        what = "Could not be read again" if is_repeated else "Could not be read"
        return sanitize(f"{what}: {self.reason} {retry_key} tries again.", lines=True)


READING = ReadState(is_over=False)
READ = ReadState(is_over=True)


def make_failed_state(reason: str) -> ReadState:
    """The reading ended without an answer; `reason` is what an error says of it."""
    return ReadState(is_over=True, reason=" ".join(reason.split()) or "nobody knows why.")
