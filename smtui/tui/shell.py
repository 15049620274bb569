"""The app as the screens see it: session, settings, notifications, clipboard, dialogs, jobs and places.

`Shell` imports no screen of a session. `app` implements its abstract methods, since it may import all screens.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from textual.app import App
from textual.reactive import var
from textual.screen import ModalScreen, Screen
from textual.worker import Worker, get_current_worker

from smtui.api.context import Feature
from smtui.api.errors import SmtuiError, VaultLockedError
from smtui.clipboard.clipboard import Clipboard
from smtui.system.settings import Settings
from smtui.tui.bridge import gesture, must_be_on_top
from smtui.tui.contexts_app import ContextsApp
from smtui.tui.input_queue import ACCOUNT_PATIENCE, READ_PATIENCE, InputQueue
from smtui.tui.jobs.job import JobStatus
from smtui.tui.session import Session
from smtui.tui.too_small import TooSmallScreen

Result = TypeVar("Result")
Task = Callable[["Shell", Session], Awaitable[None]]
"""A coroutine function that asks the user, runs jobs and reports the result."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that the menu "Go to" offers in a session.

    Attributes:
        key: the letter that selects it in the menu.
        words: its name.
        tooltip: what it shows.
        command: its names on the command line, separated by spaces.
        needs: what a context must have for it; without it, the menu says why.
    """

    key: str
    words: str
    tooltip: str
    command: str
    needs: Feature | None = None


@dataclass(frozen=True, slots=True)
class VaultTask:
    """A task for the whole vault, shown on the screen "Vault". `screens` loads its function.

    Attributes:
        title: the name of the task.
        tooltip: its purpose.
        command: its name on the command line.
        changes: whether a read-only session must refuse it.
    """

    title: str
    tooltip: str
    command: str
    changes: bool = False


class Shell(ContextsApp):
    """The app as its screens see it.

    Args:
        path: the vault file that is open or will be opened.
        settings: the user's settings.
        pasteboard: the clipboard; None means the clipboard of the system.
        read_only: whether sessions refuse to change anything.
        ansi_color: see Textual's `App`.
    """

    job_status: var[JobStatus | None] = var(None)
    """The progress of the session's job; None if none runs."""
    locks_in: var[int] = var(0)
    """The seconds until the idle lock while it is near; otherwise 0."""
    keys_waiting: var[int] = var(0)
    """The number of keys that wait for a slow gesture."""

    draws_plain: bool = False
    """Whether the app draws with ASCII characters only."""

    def __init__(
        self, path: Path, settings: Settings, pasteboard: Clipboard | None, *,
        read_only: bool = False, ansi_color: bool | None = None,
    ) -> None:
        super().__init__(settings, pasteboard, read_only=read_only, ansi_color=ansi_color)
        self.path = path
        self.key_file = ""
        """The path of the key file that was given or used last, for the unlock screen."""
        self.session: Session | None = None
        self.input = InputQueue(self, super().on_event, self._show_waiting_keys, self._get_read_patience)

    def _show_waiting_keys(self, count: int) -> None:
        self.keys_waiting = count

    def _get_read_patience(self) -> float:
        return ACCOUNT_PATIENCE if self.session is not None and self.session.vault.can.has_costs else READ_PATIENCE

    def on_unmount(self) -> None:
        self.input.close()

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """A context in which another program has the terminal. Drops what was typed before its end.

        Raises:
            SuspendNotSupported: this terminal cannot be handed over.
        """
        with super().suspend():
            yield
        self.input.drop_typed_ahead()

    def report(self, error: SmtuiError) -> None:
        """Shows an error. Ignores the errors of calls that the lock interrupted."""
        if self.session is not None or not isinstance(error, VaultLockedError):
            super().report(error)

    # Dialogs.

    def push_screen(self, screen: Any, *args: Any, **how: Any) -> Any:
        """Shows a screen. A dialog above a screen with a card gets the class that hides the card.

        The screen has the classes of its size before it is laid out. Textual adds them afterwards, which would style,
        lay out and draw each screen twice.
        """
        if isinstance(screen, Screen):
            screen.update_classes(list_size_classes(self), update=False)
        beneath = self.screen_stack[-1] if self.screen_stack else None
        if isinstance(screen, ModalScreen) and beneath is not None and beneath.query(".card"):
            screen.add_class("-over-card")
        return super().push_screen(screen, *args, **how)

    async def push_screen_wait(  # type: ignore[override]  # screens are never named here
        self, screen: Screen[Result], *, mode: str | None = None, always: bool = False
    ) -> Result:
        """Shows a dialog and returns its answer. Keys go to the dialog meanwhile.

        It opens once the terminal is large enough.

        Args:
            screen: the dialog.
            mode: as in Textual; not used here.
            always: whether it opens even if the screen of the gesture is no longer on top, because it shows what
                would otherwise be lost.

        Raises:
            ScreenLeftError: the screen of the gesture is no longer on top (see `bridge`).
        """
        while isinstance(self.screen, TooSmallScreen):
            await self.screen.wait_until_large()
        if not always:
            must_be_on_top()
        with self.input.let_keys_through(get_current_worker(), screen):
            return await super().push_screen_wait(screen, mode=mode)

    # The session.

    @property
    @abstractmethod
    def hint(self) -> str:
        """How to open the vault with which the program started, if that is no secret; otherwise empty."""

    @abstractmethod
    def use(self, settings: Settings) -> None:
        """Applies new settings."""

    @abstractmethod
    def rotate_due(self) -> Worker[None]:
        """Rotates, in the background, the secrets whose rotation is due, and reports the results."""

    @abstractmethod
    def rotate_queued(self) -> None:
        """Starts the rotations that a screen or an undo has queued. They run concurrently."""

    # Jobs.

    @gesture
    async def run_task(self, task: Task) -> None:
        """Runs `task` with the session. It continues when the user leaves the screen on which it started."""
        if self.session is not None:
            await task(self, self.session)

    @abstractmethod
    def run_vault_task(self, task: VaultTask) -> None:
        """Runs a task for the whole vault. A read-only session refuses tasks that change something."""

    @abstractmethod
    def refresh_job(self) -> None:
        """Updates the progress of the session's job, and closes its dialog once the job is over."""

    @abstractmethod
    def show_job(self) -> None:
        """Opens the dialog with the progress of the session's job."""

    # Navigation.

    @abstractmethod
    async def show_only(self, screen: Screen[None]) -> None:
        """Removes all screens and shows `screen`."""

    @abstractmethod
    def show_only_soon(self, screen: Screen[None]) -> None:
        """Runs `show_only` in a worker, for a screen that this removes."""

    @abstractmethod
    async def go_to(self, place: Place, filter_text: str = "") -> None:
        """Closes the screens above the list of secrets, and opens the screen of `place`.

        Args:
            place: where to go.
            filter_text: the filter with which the screen opens, if it has one.
        """

    @abstractmethod
    def visit(self, place: Place, secret_id: str = "") -> Worker[None]:
        """Goes to `place` and, above it, to a secret if one is given. Asks before it discards unsaved changes."""

    @abstractmethod
    async def open_tab(
        self, session: Session, number: int, secret_id: str, prepare: Callable[[Any], None] | None = None
    ) -> int | None:
        """Opens a tab of a secret that has its own screen. Returns the number of the tab to open next, or None.

        Args:
            session: the session that shows the secret.
            number: the number of the tab.
            secret_id: the ARN or name of the secret.
            prepare: is called with the screen as soon as its widgets are mounted.
        """

    @abstractmethod
    def look_again(self) -> None:
        """Reloads every screen of the session."""

    @abstractmethod
    def look_at_region(self, region: str, secret_id: str = "", part: int = 1) -> Worker[None]:
        """Shows the list of secrets of a Region and, above it, the secret if one is given. `part` is the tab."""

    @abstractmethod
    def create_secret(self, value: str) -> None:
        """Opens the form of a new secret with this value."""

    @abstractmethod
    def choose_another(self) -> Worker[None]:
        """Asks for another vault and opens it."""


def list_size_classes(app: App[Any]) -> dict[str, bool]:
    """Whether a screen has each class of the breakpoints of the app in a terminal of this size."""
    lengths = (app.size.width, app.HORIZONTAL_BREAKPOINTS), (app.size.height, app.VERTICAL_BREAKPOINTS)
    reached = {max(each for each in points if each[0] <= length) for length, points in lengths if points}
    return {each[1]: each in reached for _, points in lengths for each in points or ()}
