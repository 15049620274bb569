"""The line in which the filter of the trail is typed, which completes its words."""

from __future__ import annotations

from textual.suggester import Suggester

from smtui.tui.audit.query import completed
from smtui.tui.widgets.safe_input import Line

PLACEHOLDER = "/ filter: words, only:changes, secret:prod/db, caller:user/alice, since:2d"


class TrailLine(Line):
    """→ takes what is suggested."""

    def __init__(self, *, id: str) -> None:
        super().__init__(placeholder=PLACEHOLDER, compact=True, select_on_focus=False, suggester=_Words(), id=id)


class _Words(Suggester):
    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        return completed(value)
