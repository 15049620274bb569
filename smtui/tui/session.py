"""The time between unlock and lock: the open vault, and how long nobody has touched a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from smtui.ambient import seconds_awake
from smtui.tui.rotator import Rotator

if TYPE_CHECKING:
    from smtui.backends.local import Vault


class Session:
    """`idle_lock` in seconds; 0 means never. Time spent suspended counts as idle."""

    def __init__(self, vault: Vault, idle_lock: float, steady: Callable[[], float] = seconds_awake) -> None:
        self.vault = vault
        self.rotator = Rotator(vault)
        self._idle_lock = idle_lock
        self._steady = steady
        self._touched = steady()

    def touch(self) -> None:
        self._touched = self._steady()

    @property
    def overdue(self) -> bool:
        return self._idle_lock > 0 and self._steady() - self._touched >= self._idle_lock


class Opened(Message):
    """A screen has opened a vault; the app begins a session with it and removes that screen."""

    def __init__(self, vault: Vault) -> None:
        super().__init__()
        self.vault = vault
