"""Says on standard error what very many calls to an account cost, before they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtui.api.context import describe_many_calls
from smtui.cli import diagnostics

if TYPE_CHECKING:
    from smtui.api.context import Context


def note_many_calls(context: Context, calls: int) -> None:
    """Writes a note if the calls cost time and money, and there are more than `MANY_CALLS` of them."""
    if sentence := describe_many_calls(context.can, calls):
        diagnostics.note(sentence)
