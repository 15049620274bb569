"""What was changed in this session and what would be sent to take it back. The lock forgets all of it.

A value is never in here: a new version is taken back by moving its labels.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from smtui.api.arn import replace_key_arns, replace_secret_arns
from smtui.text.sanitize import SafeText, sanitize

if TYPE_CHECKING:
    from smtui.api.types import Client
    from smtui.backends.local import Vault

HIDDEN = SafeText("••••••••")
_VALUES = frozenset({"SecretString", "SecretBinary"})
LONGEST = 200
NOTHING = SafeText("")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the client: the method's name and its request."""

    method: str
    request: Mapping[str, Any]

    def send(self, client: Client) -> None:
        getattr(client, self.method)(**self.request)

    @property
    def operation(self) -> SafeText:
        """As AWS calls it: UntagResource."""
        return sanitize("".join(word.capitalize() for word in self.method.split("_")))

    def members(self) -> Iterator[tuple[SafeText, SafeText]]:
        """The request for a person to read: names and not ARNs, and never a value."""
        for name, member in self.request.items():
            yield sanitize(name), HIDDEN if name in _VALUES else _spelled(member)


def _spelled(member: object) -> SafeText:
    text = member if isinstance(member, str) else json.dumps(member, ensure_ascii=False, default=str)
    text = replace_key_arns(replace_secret_arns(text))
    return sanitize(text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)")


def find_no_conflict(client: Client) -> str:
    return ""


Progress = Callable[[str, int, int], None]
"""Hears what is done, how many of it are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of the secrets of a large change when it is taken back.

    `sections` are sentences, each with the names it is true of; `left` are the names of those that stay as they are,
    each with the reason.
    """

    sections: tuple[tuple[SafeText, tuple[SafeText, ...]], ...] = ()
    left: tuple[tuple[SafeText, SafeText], ...] = ()


class LargeChange(Protocol):
    """A change of many secrets. Each that is still as it was left goes back; the others stay as they are.

    Both are called with a vault of a thread of their own, and may take their time.
    """

    def preview(self, vault: Vault, region: str, progress: Progress) -> Outcome:
        """What `undo` would do now. Writes nothing."""

    def undo(self, vault: Vault, region: str, progress: Progress) -> Outcome:
        """Looks again and does it, all in one transaction; answers what it did."""


@dataclass(frozen=True, slots=True)
class UndoEntry:
    """Something that was changed, in words, and the calls that take it back, in one Region.

    `obstacle` asks, before they are sent, whether the thing is still as it was left; it answers why not, or "".
    `note` says what else is to be known before; where there is no way back, why it is not taken back. A `large` change
    takes itself back, and has no calls.
    """

    words: SafeText
    calls: tuple[Call, ...]
    region: str
    when: datetime
    conflict: Callable[[Client], str] = find_no_conflict
    note: SafeText = NOTHING
    large: LargeChange | None = None

    @property
    def can_undo(self) -> bool:
        return bool(self.calls) or self.large is not None


class UndoList:
    """Newest last."""

    def __init__(self) -> None:
        self.done: list[UndoEntry] = []

    def add(self, done: UndoEntry) -> None:
        self.done.append(done)

    @contextmanager
    def together(self, words: SafeText) -> Iterator[None]:
        """What is added in the block is one thing, and taken back as one, the last of it first."""
        before = len(self.done)
        yield
        added = self.done[before:]
        if len(added) > 1:
            self.done[before:] = [_as_one(words, added)]

    @property
    def last(self) -> UndoEntry | None:
        return self.done[-1] if self.done else None

    def forget(self, done: UndoEntry) -> None:
        """It was taken back, or cannot be any more."""
        self.done = [each for each in self.done if each is not done]

    def forget_newest(self, done: UndoEntry) -> None:
        """Forgets it if it is the newest: the way of an older one may be free again once newer ones are undone."""
        if done is self.last:
            self.forget(done)


def _as_one(words: SafeText, added: Sequence[UndoEntry]) -> UndoEntry:
    """What is in the way of one is in the way of all. A note is kept where it is true of each."""
    def conflict(client: Client) -> str:
        found = ((each, each.conflict(client)) for each in added if each.calls)
        return next((f"{each.words}. {why}" for each, why in found if why), "")

    notes = {each.note for each in added}
    calls = tuple(call for each in reversed(added) for call in each.calls)
    note = notes.pop() if len(notes) == 1 else NOTHING
    return UndoEntry(words, calls, added[-1].region, added[-1].when, conflict, note)
