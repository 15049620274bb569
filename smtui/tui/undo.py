"""What was changed in this session and what would be sent to take it back. The lock forgets all of it.

A value is never in here: a new version is taken back by moving its labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smtui.shown import Shown

if TYPE_CHECKING:
    from smtui.api.types import Client


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the client: the method's name and its request."""

    method: str
    request: Mapping[str, Any]

    def send(self, client: Client) -> None:
        getattr(client, self.method)(**self.request)


def nothing_in_the_way(client: Client) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was changed, in words, and the calls that take it back, in one Region.

    `obstacle` asks, before they are sent, whether the thing is still as it was left; it answers why not, or "".
    """

    words: Shown
    calls: tuple[Call, ...]
    region: str
    obstacle: Callable[[Client], str] = nothing_in_the_way


class UndoList:
    """Newest last."""

    def __init__(self) -> None:
        self.done: list[Done] = []

    def add(self, done: Done) -> None:
        self.done.append(done)

    @property
    def last(self) -> Done | None:
        return self.done[-1] if self.done else None

    def forget(self, done: Done) -> None:
        """It was taken back, or cannot be any more."""
        self.done = [each for each in self.done if each is not done]
