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

Sent = tuple[str, Mapping[str, Any]]
"""The name of a method of the client, and its request."""


NOTHING = SafeText()


class State(Enum):
    """Each has a sign and a word, so that no colour is needed to tell them apart."""

    PLANNED = ""
    LEFT_OUT = "– left out"
    DONE = "✓ done"
    REFUSED = "✗ refused"


@dataclass(slots=True)
class Item:
    """One secret of a plan: `note` is what one should know before; `obstacle`, why it is left out."""

    entry: Mapping[str, Any]
    note: SafeText = NOTHING
    obstacle: SafeText = NOTHING
    calls: Sequence[Sent] = ()
    check: Callable[[Client], str] | None = None
    """Says, in the same transaction as the calls, why they may not be made any more; empty where they may."""
    remember: Callable[[], None] | None = None
    """Remembers the way back; called when it is done."""
    said: SafeText | None = None
    """What was answered; None before it was tried."""
    done: bool = False

    @property
    def name(self) -> SafeText:
        return sanitize(self.entry["Name"])

    @property
    def arn(self) -> str:
        return str(self.entry["ARN"])

    @property
    def state(self) -> State:
        if self.said is not None:
            return State.DONE if self.done else State.REFUSED
        return State.LEFT_OUT if self.obstacle else State.PLANNED

    @property
    def words(self) -> SafeText:
        """What is to be read beside its name."""
        return self.said or self.obstacle or self.note


@dataclass(slots=True)
class Plan:
    """`stopped` before it was carried out to its end."""

    items: Sequence[Item]
    stopped: bool = False

    def of(self, state: State) -> list[Item]:
        return [item for item in self.items if item.state is state]

    async def carry_out(self, client: Client, transaction: Transaction, tell: Callable[[int], None]) -> None:
        """`tell` hears which number is next. Ends early when it is stopped, or when the vault itself fails."""
        for number, item in enumerate(self.items):
            if self.stopped:
                return
            if item.state is State.PLANNED:
                tell(number)
                await self._do(item, client, transaction)

    async def _do(self, item: Item, client: Client, transaction: Transaction) -> None:
        try:
            await call(_send, item, client, transaction)
        except ChangedMeanwhileError as error:
            item.said = sanitize(error.found)
        except SmtuiError as error:
            item.said = sanitize(getattr(error, "message", None) or str(error))
            self.stopped = not isinstance(error, ClientError)
        else:
            item.said, item.done = NOTHING, True


def _send(item: Item, client: Client, transaction: Transaction) -> None:
    """In the vault's thread."""
    def send(_: object = None) -> None:
        for method, request in item.calls:
            getattr(client, method)(**request)

    check = item.check
    if check is None:
        send()
    else:
        write_unless(transaction, lambda: check(client), bool, send)


def counted(many: int, what: str = "secret") -> str:
    return f"{many:,} {what}" if many == 1 else f"{many:,} {what}s"


def named(entries: Sequence[Mapping[str, Any]]) -> SafeText:
    """The one by its name, several by their number."""
    return sanitize(entries[0]["Name"] if len(entries) == 1 else counted(len(entries)))
