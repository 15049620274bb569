"""A plan: the same operation on several secrets, one after the other, each with its own result.

If the service refuses the operation for one secret, the plan continues with the next.
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
    from smtui.tui.client_call import ClientCall

NO_TEXT = SafeText()


class ItemState(Enum):
    """The state of an item. Its text has a sign and a word, so that color is not the only difference."""

    PLANNED = ""
    SKIPPED = "– skipped"
    DONE = "✓ done"
    REFUSED = "✗ refused"


def _read_nothing() -> None:
    """The result of an item whose undo needs to know nothing."""


@dataclass(slots=True)
class Item:
    """One secret of a plan.

    `entry` is its entry of ListSecrets, `note` a fact to show before the plan runs, and `skip_reason` the reason for
    which the plan leaves it out; empty if it does not.
    """

    entry: Mapping[str, Any]
    note: SafeText = NO_TEXT
    skip_reason: SafeText = NO_TEXT
    calls: Sequence[ClientCall] = ()
    find_conflict: Callable[[Client], str] | None = None
    """Runs in the same transaction as the calls, before them. Returns why they must not be made; empty if they may."""
    read_result: Callable[[], Any] = _read_nothing
    """Runs in the same transaction as the calls, after them. Returns what `record_undo` needs to know."""
    record_undo: Callable[[Any], None] | None = None
    """Records the undo entry, given the result; called after the calls succeeded."""
    result: Any = None
    answer: SafeText | None = None
    """The error message, or empty after success; None before the calls were tried."""
    done: bool = False

    def reset(self) -> None:
        """Removes what a plan has set, except for the note."""
        self.skip_reason, self.calls, self.find_conflict, self.record_undo = NO_TEXT, (), None, None
        self.read_result = _read_nothing

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
        """The text to show beside the name: error, skip reason or note."""
        return self.answer or self.skip_reason or self.note


@dataclass(slots=True)
class Plan:
    """The items of a plan. `run` ends before the next item if `stopped` is set."""

    items: Sequence[Item]
    stopped: bool = False
    _is_running: bool = False

    def list_items(self, state: ItemState) -> list[Item]:
        """Lists the items in a state."""
        return [item for item in self.items if item.state is state]

    async def run(self, client: Client, transaction: Transaction, report_progress: Callable[[int], None]) -> None:
        """Runs the planned items in order. It ends early if `stopped` is set, or if the vault itself fails.

        Args:
            transaction: makes the transaction for the conflict check and the calls of an item.
            report_progress: called with the index of each item before it runs.
        """
        self._is_running = True
        try:
            for number, item in enumerate(self.items):
                if self.stopped:
                    return
                if item.state is ItemState.PLANNED:
                    report_progress(number)
                    await self._run_item(item, client, transaction)
        finally:
            self._is_running = False

    def describe_running_work(self) -> str:
        """Says how far the plan is, and that what is done stays; empty if it is not running."""
        if not self._is_running:
            return ""
        done, planned = (len(self.list_items(state)) for state in (ItemState.DONE, ItemState.PLANNED))
        return (f"A plan is running: {done:,} of {format_count(len(self.items))} done. "
                f"Completed changes stay, and the other {planned:,} will not be changed.")

    async def _run_item(self, item: Item, client: Client, transaction: Transaction) -> None:
        try:
            await call(_send, item, client, transaction)
        except ChangedMeanwhileError as error:
            item.answer = sanitize(error.found)
        except SmtuiError as error:
            item.answer = sanitize(error.sentence)
            self.stopped = not isinstance(error, ClientError)
        else:
            item.answer, item.done = NO_TEXT, True


def _send(item: Item, client: Client, transaction: Transaction) -> None:
    """Makes the calls of an item, in the vault's thread.

    Raises:
        ChangedMeanwhileError: the item has a conflict; no call was made.
    """
    def send(_: object) -> None:
        for each in item.calls:
            each.send()
        item.result = item.read_result()

    find_conflict = item.find_conflict
    write_unless(transaction, lambda: find_conflict(client) if find_conflict else "", bool, send)


def format_count(many: int, what: str = "secret") -> str:
    """Formats a count with its noun, such as `1 secret` or `1,200 secrets`."""
    return f"{many:,} {what}" if many == 1 else f"{many:,} {what}s"


def format_names(entries: Sequence[Mapping[str, Any]]) -> SafeText:
    """Formats the name of a single entry, or the count of several."""
    return sanitize(entries[0]["Name"] if len(entries) == 1 else format_count(len(entries)))
