"""A list to choose from, with the keys of lists and a search by first letter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from textual import events
from textual.content import Content

from smtui.tui.widgets.row_list import RowList


class PickList(RowList):
    """A list to choose from. A letter or digit moves to the next row with a word that begins with it, and wraps around.

    Keys with a binding, such as `j`, `k`, `g` and `G`, keep their meaning.
    """

    def __init__(self, rows: Sequence[Content] = (), *, taken: str = "") -> None:
        """Creates the list.

        Args:
            rows: the rows.
            taken: characters that have another meaning on the screen.
        """
        super().__init__(compact=True)
        self._taken = taken
        self._words: list[list[str]] = []
        self.put(list(rows), 0)

    def put(self, rows: list[Content], cursor: int | None) -> None:
        """Replaces the rows and the words that the search by letter uses."""
        self._words = [re.findall(r"[^\W_]+", row.plain.casefold()) for row in rows]
        super().put(rows, cursor)

    def on_key(self, event: events.Key) -> None:
        letter = (event.character or "").casefold()
        if not letter.isalnum() or letter in self._taken or event.key in self.screen.active_bindings:
            return
        event.stop()
        rows = range(len(self._words))
        order = [*rows[self.cursor + 1 :], *rows[: self.cursor + 1]]
        found = next((row for row in order if any(word.startswith(letter) for word in self._words[row])), None)
        if found is not None:
            self.highlighted = found
