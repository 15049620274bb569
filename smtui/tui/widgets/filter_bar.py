"""The line in which the filter is typed."""

from __future__ import annotations

from textual.message import Message

from smtui.tui import keys
from smtui.tui.widgets.line import Line


class FilterBar(Line):
    """Down and Enter leave it for the list."""

    BINDINGS = keys.of("filter")

    class Left(Message):
        """The person goes on in the list."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(placeholder="/ filter: words, name:prod/, tag:team=web, !word, deleted:only", compact=True,
                         select_on_focus=False, id=id)

    def action_leave(self) -> None:
        self.post_message(self.Left())
