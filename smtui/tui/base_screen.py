"""What every screen of an unlocked vault shares: its session, the read-only rule, and noticing what others change."""

from __future__ import annotations

import asyncio
import inspect
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import getters
from textual.screen import Screen

from smtui.api.errors import ChangedMeanwhileError, ClientError, SmtuiError
from smtui.rules.compare_and_swap import write_unless
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.bridge import background, call, gesture, reading
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.notifications import explain_error
from smtui.tui.undo.preview import UndoPreview
from smtui.tui.widgets.chrome import Header
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.read_state import READ, READING, ReadState, make_failed_state

if TYPE_CHECKING:
    from smtui.api.types import Client
    from smtui.tui.session import Session
    from smtui.tui.shell import Place, Shell
    from smtui.tui.undo.history import UndoEntry

READ_ONLY = "This session only reads: nothing was changed."
Answer = TypeVar("Answer")


class SessionScreen(Screen[Answer]):
    """A subclass reads in `load` what its `ReadPane`s show; `reload` does that, and says how it went.

    What a user does here waits until there is something to do it with: every `action_…` of a subclass is put off until
    the first reading is over, and then done if this screen is still the one on top, or, where nothing could be read,
    answered with the reason. Only what needs nothing that is read is done at once: each class names its own in
    `at_once`. While one thing waits, a second is not put behind it: nobody has seen yet what it would be done to.
    """

    app: getters.app[Shell]
    place: ClassVar[Place | None] = None
    """Which place of the menu this is; None for a screen that is opened from another."""
    opened_by: tuple[str, ...] = ()
    """The methods whose first call is the access of whoever opens this screen, and is recorded as such."""
    tells_itself = False
    """Whether reading goes on after `load`, and this screen shows the state by itself when it is over."""
    at_once: ClassVar[frozenset[str]] = frozenset({"back"})
    """Names of actions, without `action_`, that are done before anything is read; base classes name theirs."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        at_once = frozenset[str]().union(*(vars(each).get("at_once", ()) for each in cls.__mro__))
        for name, method in tuple(vars(cls).items()):
            if name.startswith("action_") and name.removeprefix("action_") not in at_once:
                setattr(cls, name, _put_off_until_read(name.removeprefix("action_"), method))

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.vault = session.vault
        self.client = session.client()
        self.reader = session.reader(*self.opened_by)
        self.read_state = READING
        self.has_read = False
        """Whether there has been an answer: it stays when a later reading fails."""
        self._over = asyncio.Event()
        self._waiting = False
        self._changes: int | None = None
        self._leaving = self._left = False

    @abstractmethod
    async def load(self) -> None:
        """Reads and shows what there is now. Runs inside a gesture, so it may `call` and raise."""

    async def reload(self) -> None:
        """Shows the vault as it is now; where it cannot be read, why not, and whatever was here before."""
        await self.load_and_tell(self.load)

    async def load_and_tell(self, load: Callable[[], Awaitable[None]]) -> None:
        """Counted before it is read: what is written from now on is either in it or noticed."""
        self.show_state(READING)
        try:
            self._changes = await call(self.vault.change_count)
            await load()
        except SmtuiError as error:
            self.could_not_read(error)
        else:
            if not self.tells_itself:
                self.show_state(READ)

    def could_not_read(self, error: SmtuiError) -> None:
        """Says so. What was refused is refused until something changes; what the file was too busy for is read soon.

        What the lock cut short needs no words: the screen is as good as gone.
        """
        if self.vault.locked:
            return
        if not isinstance(error, ClientError):
            self._changes = None
        self.show_state(make_failed_state(explain_error(error)))

    def show_state(self, state: ReadState) -> None:
        """How far the reading is, in every pane that has no state of its own."""
        self.read_state, self.has_read = state, self.has_read or state == READ
        if self.has_read or state.is_over:
            self._over.set()
        else:
            self._over.clear()
        retry_key = self.retry_key if state.has_failed else ""
        for pane in self.query(ReadPane):
            if not pane.own_state:
                pane.show_state(state, retry_key)

    @property
    def retry_key(self) -> str:
        """The key that reads again."""
        return self.key_of("everywhere.read_again")

    @property
    def is_on_top(self) -> bool:
        """Whether this is what the user looks at, and will be."""
        return self.app.screen is self and not self._leaving

    @background
    async def do_once_read(self, name: str, action: Callable[[], object], *parameters: object) -> None:
        """Does it when the first reading is over, if that brought something and this screen is still on top."""
        if self._waiting:
            return
        self._waiting = True
        try:
            await self._over.wait()
        finally:
            self._waiting = False
        if not self.is_on_top:
            return
        if not self.has_read:
            self.say(self.read_state.format_text(self.retry_key), severity="error")
        elif not self.check_action(name, parameters):
            if sentence := self.denied_reason_now(name):
                self.say(sentence, severity="warning")
        elif inspect.isawaitable(answer := action()):
            await answer

    def denied_reason_now(self, action: str) -> SafeText:
        """Why an action is not possible with what is shown; empty where it is, or where that needs no words."""
        return SafeText("")

    def create_header(self) -> Header:
        """The line at the top: the vault, the Region where it is not the home Region, and whether we only read."""
        session = self.session
        away = [] if session.region == session.vault.region_name else [sanitize(session.region)]
        flags = [*away, *([sanitize("read-only")] if session.read_only else [])]
        return Header(sanitize(session.vault.path.name), *flags)

    # What others change.

    def on_mount(self) -> None:
        self.first_look()
        self.set_interval(1, self.look_for_changes)

    @reading
    async def first_look(self) -> None:
        await self.reload()

    def read_again(self) -> None:
        """Somebody asks for it: that is an access of what this screen shows."""
        self.reader.to_record.update(self.opened_by)
        self.first_look()

    @background
    async def look_for_changes(self) -> None:
        """Another process or another connection may have changed the vault. That somebody read it is no change."""
        if self.vault.locked or not self.is_current or self.busy:
            return
        try:
            before, self._changes = self._changes, await call(self.vault.change_count)
            if before == self._changes:
                await self.look_for_more()
                return
        except SmtuiError as error:
            self.could_not_read(error)
            return
        await self.reload_changes()

    async def reload_changes(self) -> None:
        """Shows the vault as it is after others have changed it."""
        await self.load_and_tell(self.load_changes)

    async def load_changes(self) -> None:
        """Reads what others may have changed."""
        await self.load()

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
        self.app.notify(sanitize(sentence, lines=True), severity=severity, markup=False)  # type: ignore[arg-type]
        self.refresh_bindings()

    async def done(self, sentence: str) -> None:
        """Says what was done, and shows the vault as it is now."""
        self.say(sentence)
        self.refresh_bindings()
        await self.reload()

    @gesture
    async def undo_change(self, done: UndoEntry | None) -> None:
        """Shows what would be sent to undo it, and sends it, unless something is in the way."""
        if self.refuses_to_write():
            return
        if done is None:
            self.say("There is nothing to undo.")
            return
        if done.large is not None:
            from smtui.tui.undo.bulk_undo import undo_large

            self.app.run_task(partial(undo_large, done=done, large=done.large))
            return
        client = self.session.everything(done.region)
        conflict = await self._find_undo_conflict(done, client)
        if conflict is None:
            return
        if conflict:
            self.say(f"“{done.words}” cannot be undone. {conflict}", severity="warning")
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

    async def _find_undo_conflict(self, done: UndoEntry, client: Client) -> str | None:
        """Why it cannot be undone; empty where it can, and None where the user does not wait for that to be read."""
        if not done.calls:
            return done.note
        return await read_for_dialog(self.app, sanitize(f"Undo “{done.words}”"), lambda: call(done.conflict, client))

    def _send_back(self, done: UndoEntry, client: Client) -> None:
        """In the vault's thread: looks once more for what is in the way, and sends all calls, in one transaction."""
        def send(_: str) -> None:
            for each in done.calls:
                each.send(client)

        write_unless(self.vault.transaction, lambda: done.conflict(client), bool, send)
        for each in done.calls:
            if each.method == "rotate_secret":  # begun in a transaction, it is carried out after its end
                self.session.rotation_worker.enqueue(each.request["SecretId"], done.region)

    def _forget_if_newest(self, done: UndoEntry) -> None:
        """An older one may have its way free again once newer ones are taken back; the newest will not."""
        self.session.undo.forget_newest(done)
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


def _put_off_until_read(name: str, method: Callable[..., object]) -> Callable[..., object]:
    """An action that is done at once where something was read, and else by `do_once_read`."""

    @wraps(method)
    def put_off(screen: SessionScreen[Any], *parameters: object) -> object:
        if screen.has_read:
            return method(screen, *parameters)
        screen.do_once_read(name, partial(method, screen, *parameters), *parameters)
        return None

    return put_off
