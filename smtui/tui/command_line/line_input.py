"""The input of the command line, with completion and history."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.message import Message
from textual.suggester import Suggester

from smtui.tui import keys
from smtui.tui.widgets.safe_input import SafeInput
from smtui.tui.widgets.tab_completion import TabCompletion

LONGEST = 1024


class LineInput(SafeInput):
    """An input that completes with Tab and recalls earlier lines with ↑ and ↓.

    Args:
        history: the lines that ran before, oldest first.
        list_completions: lists the lines that complete a line.
    """

    BINDINGS = keys.list_bindings("command")

    class Closed(Message):
        """The user leaves the line without a command."""

    def __init__(self, history: Sequence[str], list_completions: Callable[[str], list[str]]) -> None:
        super().__init__(max_length=LONGEST, compact=True, select_on_focus=False, id="line",
                         suggester=_FirstCompletion(list_completions))
        self._lines = [*history, ""]
        self._at = len(history)
        self._completion = TabCompletion(list_completions)

    def action_complete(self) -> None:
        found = self._completion.find_next(self.value)
        if found is not None:
            self._fill(found)

    def action_recall(self, by: int) -> None:
        """Shows the previous or the next line. What was typed is the last one."""
        if self._at == len(self._lines) - 1:
            self._lines[-1] = self.value
        at = self._at + by
        if 0 <= at < len(self._lines):
            self._at = at
            self._fill(self._lines[at])

    def _fill(self, text: str) -> None:
        self.value = text
        self.cursor_position = len(text)

    def action_close(self) -> None:
        self.post_message(self.Closed())

    async def action_run(self) -> None:
        await self.action_submit()

    def on_key(self, event: events.Key) -> None:
        """Ends a completion, and closes an empty line with Backspace, as vim does."""
        if event.key != "tab":
            self._completion.reset()
        if event.key == "backspace" and not self.value:
            event.stop()
            self.action_close()


class _FirstCompletion(Suggester):
    """Shows the first completion behind the cursor; → accepts it."""

    def __init__(self, list_completions: Callable[[str], list[str]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._list_completions = list_completions

    async def get_suggestion(self, value: str) -> str | None:
        first = next(iter(self._list_completions(value)), None) if value else None
        return first if first is not None and first.startswith(value) else None
