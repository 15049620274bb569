"""What every screen of an unlocked vault shares: its session, the read-only rule, and noticing what others change."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, TypeVar

from textual import getters
from textual.screen import Screen

from smtui.api.errors import ChangedMeanwhileError
from smtui.compare_and_swap import write_unless
from smtui.shown import shown
from smtui.tui import keys
from smtui.tui.bridge import background, call, gesture, reading
from smtui.tui.dialogs.undo_preview import UndoPreview
from smtui.tui.widgets.frame import Masthead

if TYPE_CHECKING:
    from smtui.api.types import Client
    from smtui.tui.app import SmtuiApp
    from smtui.tui.session import Session
    from smtui.tui.undo import Done

READ_ONLY = "This session only reads: nothing was changed."
Answer = TypeVar("Answer")


class SessionScreen(Screen[Answer]):
    """`reload` shows the vault as it is now; it runs when the screen is first shown and after others' changes."""

    app: getters.app[SmtuiApp]
    opened_by: tuple[str, ...] = ()
    """The methods whose first call is the access of whoever opens this screen, and is recorded as such."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.vault = session.vault
        self.client = session.client()
        self.reader = session.reader(*self.opened_by)
        self._changes: int | None = None
        self._leaving = self._left = False

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

    @reading
    async def first_look(self) -> None:
        """Counted before it is read: what is written from now on is either in it or noticed."""
        self._changes = await call(self.vault.change_count)
        await self.reload()

    @background
    async def look_for_changes(self) -> None:
        """Another process or another connection may have changed the vault. That somebody read it is no change."""
        if self.vault.locked or not self.is_current or self.busy:
            return
        before, self._changes = self._changes, await call(self.vault.change_count)
        if before != self._changes:
            await self.reload_changes()
        else:
            await self.look_for_more()

    async def reload_changes(self) -> None:
        """Shows the vault as it is after others have changed it."""
        await self.reload()

    async def look_for_more(self) -> None:
        """For what is shown and is no content of the vault, such as its audit log. Asked every second."""

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
        """What is said mostly follows something done, which can now be undone: the footer tells."""
        self.app.notify(shown(sentence, lines=True), severity=severity, markup=False)  # type: ignore[arg-type]
        self.refresh_bindings()

    async def done(self, sentence: str) -> None:
        """Says what was done, and shows the vault as it is now."""
        self.say(sentence)
        self.refresh_bindings()
        await self.reload()

    @gesture
    async def take_back(self, done: Done | None) -> None:
        """Shows what would be sent to undo it, and sends it, unless something is in the way."""
        if self.refuses_to_write():
            return
        if done is None:
            self.say("There is nothing to undo.")
            return
        client = self.session.everything(done.region)
        if obstacle := await call(done.obstacle, client) if done.calls else done.note:
            self.say(f"“{done.words}” cannot be undone. {obstacle}", severity="warning")
            self._forget_if_newest(done)
        elif await self.app.push_screen_wait(UndoPreview(done, away=done.region != self.session.region)):
            try:
                await call(self._send_back, done, client)
                self.session.undo.forget(done)
                self.say(f"Undone: {done.words.rstrip('.')}.")
            except ChangedMeanwhileError as error:
                self.say(f"“{done.words}” cannot be undone. {error.found}", severity="warning")
                self._forget_if_newest(done)
            finally:
                self.app.look_again()

    def _send_back(self, done: Done, client: Client) -> None:
        """In the vault's thread: looks once more for what is in the way, and sends all calls, in one transaction."""
        def send(_: str) -> None:
            for each in done.calls:
                each.send(client)

        write_unless(self.vault.all_or_nothing, lambda: done.obstacle(client), bool, send)
        for each in done.calls:
            if each.method == "rotate_secret":  # begun in a transaction, it is carried out after its end
                self.session.rotator.ask(each.request["SecretId"], done.region)

    def _forget_if_newest(self, done: Done) -> None:
        """An older one may have its way free again once newer ones are taken back; the newest will not."""
        if done is self.session.undo.last:
            self.session.undo.forget(done)
            self.first_look()

    def key_of(self, id: str) -> str:
        """The key that does it here, which may be one of the person's own."""
        bound = [key for key, active in self.active_bindings.items() if active.binding.id == id]
        return keys.spell(bound[0]) if bound else ""

    def action_back(self) -> None:
        self.leave()

    def leave(self, answer: Answer | None = None) -> None:
        """Goes away, once; where something lies over it, as soon as that is gone."""
        if self._left or self.app.screen is not self:
            self._leaving = True
            return
        self._left = True
        self.dismiss(answer)

    def on_screen_resume(self) -> None:
        if self._leaving:
            self.leave()
