"""A list to pick from: moved through with the keys of every list, and by the letters that its rows begin with."""

from __future__ import annotations

import re
from collections.abc import Sequence

from textual import events
from textual.content import Content

from smtui.tui.widgets.row_list import RowList


class PickList(RowList):
    """A letter or digit goes to the next row of which a word begins with it, and round at the end.

    Keys that mean something here, as `j`, `k`, `g` and `G` do, keep their meaning.
    """

    def __init__(self, rows: Sequence[Content] = (), *, taken: str = "") -> None:
        """`taken` are characters that mean something else there."""
        super().__init__(compact=True)
        self._taken = taken
        self._words: list[list[str]] = []
        self.put(list(rows), 0)

    def put(self, rows: list[Content], cursor: int | None) -> None:
        self._words = [re.findall(r"[^\W_]+", row.plain.casefold()) for row in rows]
        super().put(rows, cursor)

    def on_key(self, event: events.Key) -> None:
        letter = (event.character or "").casefold()
        if not letter.isalnum() or letter in self._taken or event.key in self.screen.active_bindings:
            return
        event.stop()
        order = [*range(self.cursor + 1, len(self._words)), *range(self.cursor + 1)]
        found = next((row for row in order if any(word.startswith(letter) for word in self._words[row])), None)
        if found is not None:
            self.highlighted = found
