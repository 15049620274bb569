"""The base class of the screens that read from the vault: the state of the read, and reloading on changes."""

from __future__ import annotations

import asyncio
import inspect
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import getters

from smtui.api.errors import ClientError, ContextError, SmtuiError
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import key_names
from smtui.tui.bridge import background, call, reading
from smtui.tui.notifications import explain_error
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.read_state import READ, READING, ReadState, make_failed_state
from smtui.tui.workarounds import ClosableScreen, is_on_top, is_visible

if TYPE_CHECKING:
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

Answer = TypeVar("Answer")


class ReadingScreen(ClosableScreen[Answer]):
    """A screen that reads from the vault. A subclass implements `load`, which fills its `ReadPane`s.

    Every method `action_...` of a subclass waits until the first read is over. It then runs if this screen is still on
    top; if the read failed, the user sees the error instead. Actions that need no data run at once: each class lists
    its own in `at_once`. Only one action waits at a time; further ones are dropped, because the user cannot see yet
    what they would apply to.
    """

    app: getters.app[Shell]
    opened_by: tuple[str, ...] = ()
    """The methods whose first call the audit log records as the user's access to this screen."""
    tells_itself = False
    """Whether reading continues after `load`, so that the subclass reports the end of the read."""
    at_once: ClassVar[frozenset[str]] = frozenset({"back"})
    """Names of actions, without `action_`, that run before anything is read. Base classes add theirs."""

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
        self.reader = session.make_reader(*self.opened_by)
        self.read_state = READING
        self.has_read = False
        """Whether a read has succeeded. Stays True when a later read fails."""
        self.sign_in_command: tuple[str, ...] = ()
        """The command that signs in to the account again, if the last read failed for want of it."""
        self._over = asyncio.Event()
        self._waiting = False
        self._changes: int | None = None

    @abstractmethod
    async def load(self) -> None:
        """Reads from the vault and shows the result. Runs inside a gesture, so it may use `call`.

        Raises:
            SmtuiError: the data could not be read.
        """

    async def reload(self) -> None:
        """Reads again. If that fails, shows the error and keeps the old content."""
        await self.load_and_tell(self.load)

    async def load_and_tell(self, load: Callable[[], Awaitable[None]]) -> None:
        """Runs `load` and shows the state of the read.

        It gets the change counter before it reads, so that every later change is either in the result or detected.
        """
        self.show_state(READING)
        try:
            self._changes = await call(self.vault.change_count)
            await load()
        except SmtuiError as error:
            self.show_read_error(error)
        else:
            if not self.tells_itself:
                self.show_state(READ)

    def show_read_error(self, error: SmtuiError) -> None:
        """Shows why the read failed.

        After an error of the service the screen reads again on the next change; after any other error, within a second.
        An error because of the lock is ignored, since the lock removes the screen.
        """
        if self.vault.locked:
            return
        if not isinstance(error, ClientError):
            self._changes = None
        self.sign_in_command = error.command if isinstance(error, ContextError) else ()
        self.show_state(make_failed_state(explain_error(error)))

    def show_state(self, state: ReadState) -> None:
        """Shows the state of the read in every pane that has no state of its own."""
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
        """The key that reads again, as text."""
        return self.find_key("everywhere.read_again")

    @property
    def is_on_top(self) -> bool:
        """Whether this screen is on top of the stack and is not about to close."""
        return is_on_top(self) and not self.is_closing

    @background
    async def do_once_read(self, name: str, action: Callable[[], object], *parameters: object) -> None:
        """Waits for the first read and runs `action`, if the read succeeded and this screen is still on top."""
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
            if sentence := self.find_denied_reason(name):
                self.say(sentence, severity="warning")
        elif inspect.isawaitable(answer := action()):
            await answer

    def find_denied_reason(self, action: str) -> SafeText:
        """Returns why an action is impossible for the current content; empty if it is possible or needs no message."""
        return SafeText("")

    # Changes by other processes.

    def on_mount(self) -> None:
        self.start_reading()
        self.set_interval(1, self.look_for_changes)

    @reading
    async def start_reading(self) -> None:
        """Starts to read, in a worker."""
        await self.reload()

    def read_again(self) -> None:
        """Reloads at the user's request, which the audit log records as an access."""
        self.reader.to_record.update(self.opened_by)
        self.start_reading()

    @background
    async def look_for_changes(self) -> None:
        """Reloads if another process or connection has changed the vault. Reads by others do not count as changes."""
        if self.vault.locked or not is_visible(self) or self.busy:
            return
        try:
            count = await call(self.vault.change_count)
            if count == self._changes:
                await self.look_for_more()
                return
            self._changes = count
        except SmtuiError as error:
            self.show_read_error(error)
            return
        await self.load_and_tell(self.load_changes)

    async def load_changes(self) -> None:
        """Reads what others may have changed."""
        await self.load()

    async def look_for_more(self) -> None:
        """Reads what does not count as a change of the vault, such as the audit log. Called every second."""

    @property
    def busy(self) -> bool:
        """Whether the user is in the middle of something that a reload would interrupt."""
        return False

    # Messages.

    def say(self, sentence: str, severity: str = "information") -> None:
        """Shows a notification. Updates the footer too, because the change can now be undone."""
        self.app.notify(sanitize(sentence, lines=True), severity=severity, markup=False)  # type: ignore[arg-type]
        self.refresh_bindings()

    def find_key(self, id: str) -> str:
        """Returns the key that is bound to a shortcut on this screen, as text; empty if there is none."""
        return key_names.find_bound_key(self, id)


def _put_off_until_read(name: str, method: Callable[..., object]) -> Callable[..., object]:
    """Wraps an action: it runs at once if something is read, and otherwise through `do_once_read`."""

    @wraps(method)
    def put_off(screen: ReadingScreen[Any], *parameters: object) -> object:
        if screen.has_read:
            return method(screen, *parameters)
        screen.do_once_read(name, partial(method, screen, *parameters), *parameters)
        return None

    return put_off
