"""Something that is to be done to several secrets: to each of them the same, one after the other, each with its answer.

What is refused for one is said of that one, and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from smtui.api.errors import ChangedMeanwhileError, ClientError, SmtuiError
from smtui.rules.compare_and_swap import Transaction, write_unless
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call

if TYPE_CHECKING:
    from smtui.api.types import Client

Call = tuple[str, Mapping[str, Any]]
"""The name of a method of the client, and its request."""


NO_TEXT = SafeText()


class ItemState(Enum):
    """Each has a sign and a word, so that no colour is needed to tell them apart."""

    PLANNED = ""
    SKIPPED = "– left out"
    DONE = "✓ done"
    REFUSED = "✗ refused"


@dataclass(slots=True)
class Item:
    """One secret of a plan: `note` is what one should know before; `skip_reason`, why it is left out."""

    entry: Mapping[str, Any]
    note: SafeText = NO_TEXT
    skip_reason: SafeText = NO_TEXT
    calls: Sequence[Call] = ()
    find_conflict: Callable[[Client], str] | None = None
    """Says, in the same transaction as the calls, why they may not be made any more; empty where they may."""
    record_undo: Callable[[], None] | None = None
    """Remembers the way back; called when it is done."""
    answer: SafeText | None = None
    """What was answered; None before it was tried."""
    done: bool = False

    @property
    def name(self) -> SafeText:
        return sanitize(self.entry["Name"])

    @property
    def arn(self) -> str:
        return str(self.entry["ARN"])

    @property
    def state(self) -> ItemState:
        if self.answer is not None:
            return ItemState.DONE if self.done else ItemState.REFUSED
        return ItemState.SKIPPED if self.skip_reason else ItemState.PLANNED

    @property
    def message(self) -> SafeText:
        """What is to be read beside its name."""
        return self.answer or self.skip_reason or self.note


@dataclass(slots=True)
class Plan:
    """`stopped` before it was carried out to its end."""

    items: Sequence[Item]
    stopped: bool = False

    def list_items(self, state: ItemState) -> list[Item]:
        return [item for item in self.items if item.state is state]

    async def run(self, client: Client, transaction: Transaction, report_progress: Callable[[int], None]) -> None:
        """`tell` hears which number is next. Ends early when it is stopped, or when the vault itself fails."""
        for number, item in enumerate(self.items):
            if self.stopped:
                return
            if item.state is ItemState.PLANNED:
                report_progress(number)
                await self._run_item(item, client, transaction)

    async def _run_item(self, item: Item, client: Client, transaction: Transaction) -> None:
        try:
            await call(_send, item, client, transaction)
        except ChangedMeanwhileError as error:
            item.answer = sanitize(error.found)
        except SmtuiError as error:
            item.answer = sanitize(getattr(error, "message", None) or str(error))
            self.stopped = not isinstance(error, ClientError)
        else:
            item.answer, item.done = NO_TEXT, True


def _send(item: Item, client: Client, transaction: Transaction) -> None:
    """In the vault's thread."""
    def send(_: object = None) -> None:
        for method, request in item.calls:
            getattr(client, method)(**request)

    find_conflict = item.find_conflict
    if find_conflict is None:
        send()
    else:
        write_unless(transaction, lambda: find_conflict(client), bool, send)


def format_count(many: int, what: str = "secret") -> str:
    return f"{many:,} {what}" if many == 1 else f"{many:,} {what}s"


def format_names(entries: Sequence[Mapping[str, Any]]) -> SafeText:
    """The one by its name, several by their number."""
    return sanitize(entries[0]["Name"] if len(entries) == 1 else format_count(len(entries)))
