"""The state of a read for a list, pane or table: running, failed or done.

A widget says "nothing here" only after a read is done. `ReadPane` shows a state; `ReadingScreen` delays actions by it.
"""

from __future__ import annotations

from dataclasses import dataclass

from smtui.text.sanitize import SafeText, sanitize

READING_TEXT = SafeText("Reading…")


@dataclass(frozen=True, slots=True)
class ReadState:
    """The state of a read.

    Args:
        is_over: whether the read has ended.
        reason: why it failed, in a sentence or two; empty if it did not fail.
    """

    is_over: bool
    reason: str = ""

    @property
    def has_failed(self) -> bool:
        """Whether the read ended with an error."""
        return bool(self.reason)

    def format_text(self, retry_key: str, *, is_repeated: bool = False) -> SafeText:
        """Formats the text that stands in place of the answer; empty once the read is done.

        Args:
            retry_key: the key that reads again.
            is_repeated: whether an older answer is still shown.
        """
        if not self.is_over:
            return READING_TEXT
        if not self.reason:
            return SafeText("")
        what = "Could not refresh" if is_repeated else "Could not read"
        return sanitize(f"{what}: {self.reason} {retry_key} retries.", lines=True)


READING = ReadState(is_over=False)
READ = ReadState(is_over=True)


def make_failed_state(reason: str) -> ReadState:
    """Makes the state of a read that failed, with the message of its error: each of its lines becomes a sentence."""
    lines = [" ".join(line.split()) for line in reason.splitlines() if line.strip()] or ["unknown reason"]
    return ReadState(is_over=True, reason=" ".join(map(_add_full_stop, lines)))


def _add_full_stop(line: str) -> str:
    """Adds the full stop that messages of AWS lack."""
    return line if line.endswith((".", "!", "?", ":", "…")) else f"{line}."
