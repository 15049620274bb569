"""What every screen of an unlocked vault shares: its session, the read-only rule, and noticing what others change."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, TypeVar

from textual import getters
from textual.screen import Screen

from smtui.shown import shown
from smtui.tui.bridge import call, gesture
from smtui.tui.widgets.frame import Masthead

if TYPE_CHECKING:
    from smtui.tui.app import SmtuiApp
    from smtui.tui.session import Session

READ_ONLY = "This session only reads: nothing was changed."
Answer = TypeVar("Answer")


class SessionScreen(Screen[Answer]):
    """`reload` shows the vault as it is now; it runs when the screen is first shown and after others' changes."""

    app: getters.app[SmtuiApp]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.vault = session.vault
        self.client = session.client()
        self._changes: int | None = None

    @abstractmethod
    async def reload(self) -> None:
        """Shows what there is now. Runs inside a gesture, so it may `call` and raise."""

    def masthead(self) -> Masthead:
        """The line at the top: the vault, the Region where it is not the home Region, and whether we only read."""
        session = self.session
        away = [] if session.region == session.vault.region_name else [shown(session.region)]
        flags = [*away, *([shown("read-only")] if session.read_only else [])]
        return Masthead(shown(session.vault.path.name), *flags)

    # What others change.

    def on_mount(self) -> None:
        self.first_look()
        self.set_interval(1, self.look_for_changes)

    @gesture
    async def first_look(self) -> None:
        """Counted before it is read: what is written from now on is either in it or noticed."""
        self._changes = await call(self.vault.change_count)
        await self.reload()

    @gesture
    async def look_for_changes(self) -> None:
        """Another process or another connection may have changed the vault."""
        if self.vault.locked or not self.is_current or self.busy:
            return
        before, self._changes = self._changes, await call(self.vault.change_count)
        if before != self._changes:
            await self.reload()

    @property
    def busy(self) -> bool:
        """Whether something is in the person's hand that a reload would take out of it."""
        return False

    # What is done and said.

    @property
    def read_only(self) -> bool:
        return self.session.read_only

    def refuses_to_write(self) -> bool:
        """Asked first by every gesture that changes something; says so where this session only reads."""
        if self.read_only:
            self.say(READ_ONLY, severity="warning")
        return self.read_only

    def say(self, sentence: str, severity: str = "information") -> None:
        self.app.notify(shown(sentence, lines=True), severity=severity, markup=False)  # type: ignore[arg-type]

    async def done(self, sentence: str) -> None:
        """Says what was done, and shows the vault as it is now."""
        self.say(sentence)
        await self.reload()

    def action_back(self) -> None:
        self.leave()

    def leave(self) -> None:
        if self.is_current:
            self.dismiss()
