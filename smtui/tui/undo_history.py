"""The undo history of a session. The lock forgets it.

It contains no secret values: undo of a new version moves its labels back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from smtui.text.sanitize import SafeText, sanitize

if TYPE_CHECKING:
    from smtui.api.vault_client import VaultClient
    from smtui.backends.local import Vault
    from smtui.tui.client_call import ClientCall

NOTHING = SafeText("")


def find_no_conflict(client: VaultClient) -> str:
    """The conflict check of a change that nothing can conflict with."""
    return ""


Left = tuple[tuple[SafeText, SafeText], ...]
"""What stays as it is: the name of a secret, or the words of a change, each with the reason."""
Progress = Callable[[str, int, int], None]
"""Is called with the step, the number of items done, and their total number."""


@dataclass(frozen=True, slots=True)
class UndoOutcome:
    """What the undo of a large change does, or did, with its secrets.

    Attributes:
        sections: sentences, each with the names of the secrets to which it applies.
        left: the names of the secrets that stay as they are, each with the reason.
    """

    sections: tuple[tuple[SafeText, tuple[SafeText, ...]], ...] = ()
    left: Left = ()


class LargeChange(Protocol):
    """A change of many secrets. Undo restores those that are unchanged since, and leaves the others.

    A job calls both methods in a thread of its own.
    """

    def preview(self, vault: Vault, region: str, progress: Progress) -> UndoOutcome:
        """Returns what `undo` would do now. Writes nothing."""

    def undo(self, vault: Vault, region: str, progress: Progress) -> UndoOutcome:
        """Checks again, restores all it can in one transaction, and returns what it did."""


@dataclass(frozen=True, slots=True)
class UndoEntry:
    """A change in one Region and how to undo it.

    Attributes:
        words: describes the change.
        calls: the requests that undo it; empty if it cannot be undone, or if it is large.
        region: the Region of the change.
        when: the time of the change.
        conflict: returns why the change cannot be undone now; empty if it can.
        note: a remark for the preview; without calls, why the change cannot be undone.
        large: the object that undoes a change of many secrets.
        parts: the changes that were made together as this one, in their order. Each is undone by itself.
    """

    words: SafeText
    calls: tuple[ClientCall, ...]
    region: str
    when: datetime
    conflict: Callable[[VaultClient], str] = find_no_conflict
    note: SafeText = NOTHING
    large: LargeChange | None = None
    parts: tuple[UndoEntry, ...] = ()

    def check(self, client: VaultClient) -> UndoCheck:
        """Finds which parts can be undone now. Runs in the vault's thread."""
        parts = [each for each in reversed(self.parts or (self,)) if each.calls]
        conflicts = [each.conflict(client) for each in parts]
        return UndoCheck(
            tuple(each for each, why in zip(parts, conflicts, strict=True) if not why),
            tuple((each.words, sanitize(why)) for each, why in zip(parts, conflicts, strict=True) if why),
        )

    @property
    def can_undo(self) -> bool:
        """Whether there is a way to undo the change."""
        return bool(self.calls) or self.large is not None


@dataclass(frozen=True, slots=True)
class UndoCheck:
    """The parts of a change that can be undone, in the order in which they are undone, and those that cannot."""

    ready: tuple[UndoEntry, ...]
    left: Left


class UndoList:
    """The changes of a session, in `done`, newest last."""

    def __init__(self) -> None:
        self.done: list[UndoEntry] = []

    def add(self, done: UndoEntry) -> None:
        """Adds the newest entry."""
        self.done.append(done)

    @contextmanager
    def combine(self, words: SafeText) -> Iterator[None]:
        """Combines the entries that the block adds into one entry. Its parts are undone in reverse order."""
        before = len(self.done)
        yield
        added = self.done[before:]
        if len(added) > 1:
            self.done[before:] = [_combine_entries(words, added)]

    @property
    def last(self) -> UndoEntry | None:
        """The newest entry; None if there is none."""
        return self.done[-1] if self.done else None

    def forget(self, done: UndoEntry) -> None:
        """Removes an entry that was undone or can no longer be."""
        self.done = [each for each in self.done if each is not done]

    def forget_newest(self, done: UndoEntry) -> None:
        """Removes the entry if it is the newest. An older one may become possible once newer ones are undone."""
        if done is self.last:
            self.forget(done)


def _combine_entries(words: SafeText, added: Sequence[UndoEntry]) -> UndoEntry:
    """Combines entries. A note is kept only if all entries share it."""
    notes = {each.note for each in added}
    calls = tuple(call for each in reversed(added) for call in each.calls)
    note = notes.pop() if len(notes) == 1 else NOTHING
    return UndoEntry(words, calls, added[-1].region, added[-1].when, note=note, parts=tuple(added))
