"""The input line for the audit log filter, with completion of its words."""

from __future__ import annotations

from textual.suggester import Suggester

from smtui.tui.audit.query import complete_text
from smtui.tui.widgets.safe_input import SafeInput

PLACEHOLDER = "/ filter: words, only:changes, secret:prod/db, caller:user/alice, since:2d"


class AuditFilterLine(SafeInput):
    """An input line in which → accepts the suggestion."""

    def __init__(self, *, id: str) -> None:
        super().__init__(
            placeholder=PLACEHOLDER, compact=True, select_on_focus=False, suggester=_WordSuggester(), id=id
        )


class _WordSuggester(Suggester):
    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        return complete_text(value)
