"""What every module below the app may name of it: session, settings, notifications, copying, dialogs, jobs, places.

`Shell` knows no screen. What it only declares is done by `app`, which alone knows them all.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from textual.reactive import var
from textual.screen import ModalScreen, Screen
from textual.worker import Worker, get_current_worker

from smtui.api.errors import SmtuiError, VaultLockedError
from smtui.clipboard.clipboard import Clipboard
from smtui.system.settings import Settings
from smtui.tui.bridge import gesture, must_be_on_top
from smtui.tui.clipboard_app import CopyingApp
from smtui.tui.input_queue import InputQueue
from smtui.tui.jobs.job import JobStatus
from smtui.tui.session import Session

if TYPE_CHECKING:
    from smtui.backends.local import Vault

Result = TypeVar("Result")
Task = Callable[["Shell", Session], Awaitable[None]]
"""A coroutine function that asks the user, runs jobs and reports."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one can go from anywhere in a session: one row of the menu "Go to".

    Attributes:
        key: the letter that goes there from the menu.
        words: its name.
        tooltip: what is there.
    """

    key: str
    words: str
    tooltip: str


@dataclass(frozen=True, slots=True)
class VaultTask:
    """A task for the whole vault: one row of the place "Vault"; `screens` loads its function.

    Attributes:
        title: the name of the task.
        tooltip: what it is for.
        changes: whether a read-only session has to refuse it.
    """

    title: str
    tooltip: str
    changes: bool = False


class Shell(CopyingApp):
    """The app as its screens see it.

    Args:
        path: the vault file that is open, or to be opened.
        settings: what the user chose.
        pasteboard: the clipboard; the one of the system where none is given.
        read_only: whether sessions refuse to change anything.
        ansi_color: see Textual's `App`.
    """

    job_status: var[JobStatus | None] = var(None)
    """How far the job of this session is; None while none runs."""
    keys_waiting: var[int] = var(0)
    """How many keys have waited for a while because a slow gesture is under way."""

    def __init__(
        self, path: Path, settings: Settings, pasteboard: Clipboard | None, *,
        read_only: bool = False, ansi_color: bool | None = None,
    ) -> None:
        super().__init__(settings, pasteboard, ansi_color=ansi_color)
        self.path = path
        self.read_only = read_only
        self.session: Session | None = None
        self.input = InputQueue(self, super().on_event, self._show_waiting_keys)

    def _show_waiting_keys(self, count: int) -> None:
        self.keys_waiting = count

    def on_unmount(self) -> None:
        self.input.close()

    def report(self, error: SmtuiError) -> None:
        """Shows an error. What the lock cut short needs no words."""
        if self.session is not None or not isinstance(error, VaultLockedError):
            super().report(error)

    # Dialogs.

    def push_screen(self, screen: Any, *args: Any, **how: Any) -> Any:
        """A dialog over a screen that is a card itself hides it."""
        beneath = self.screen_stack[-1] if self.screen_stack else None
        if isinstance(screen, ModalScreen) and beneath is not None and beneath.query(".card"):
            screen.add_class("-over-card")
        return super().push_screen(screen, *args, **how)

    async def push_screen_wait(  # type: ignore[override]  # screens are never named here
        self, screen: Screen[Result], *, mode: str | None = None
    ) -> Result:
        """Shows a dialog and waits for its answer; the keys are for the dialog meanwhile.

        No dialog opens over another screen than the one it belongs to: see `bridge`.
        """
        must_be_on_top(self)
        with self.input.asking(get_current_worker(), screen):
            return await super().push_screen_wait(screen, mode=mode)

    # The session.

    @property
    @abstractmethod
    def hint(self) -> str:
        """How the vault that this program began with is opened, where that is no secret."""

    @abstractmethod
    async def enter(self, vault: Vault) -> None:
        """The session begins: from here on `vault` is open and its secrets are on the screen."""

    @abstractmethod
    async def lock(self, notice: str = "") -> None:
        """The session ends; the next screen, which unlocks, begins with `notice`."""

    @abstractmethod
    def verify(self) -> None:
        """Begins to verify every row of the vault, beside everything else."""

    @abstractmethod
    def use(self, settings: Settings) -> None:
        """From now on these settings hold."""

    @abstractmethod
    def rotate_due(self) -> Worker[None]:
        """What is due is rotated beside everything else, and said when it is done."""

    @abstractmethod
    def rotate_queued(self) -> None:
        """What was begun on a screen, or by an undo, is carried out: each by itself, all at once."""

    # Jobs.

    @gesture
    async def run_task(self, task: Task) -> None:
        """Runs `task` with the session. It continues when the user leaves the screen on which it started."""
        if self.session is not None:
            await task(self, self.session)

    @abstractmethod
    def run_vault_task(self, task: VaultTask) -> None:
        """Runs a task for the whole vault. A read-only session refuses those that change something."""

    @abstractmethod
    def refresh_job(self) -> None:
        """Shows the progress of the session's job, or removes the dialog of one that is over."""

    @abstractmethod
    def show_job(self) -> None:
        """Opens the dialog with the progress of the session's job."""

    # Where one can go.

    @abstractmethod
    async def show_only(self, screen: Screen[None]) -> None:
        """`screen` and nothing beneath it: every other screen is removed, not hidden."""

    @abstractmethod
    def show_only_soon(self, screen: Screen[None]) -> None:
        """For a screen that is itself removed by it."""

    @abstractmethod
    async def go_to(self, place: Place) -> None:
        """To a place of the session, with nothing left open of what was before."""

    @abstractmethod
    async def open_tab(self, session: Session, number: int, secret_id: str) -> int | None:
        """Shows a tab of a secret that has a screen of its own; answers the number of the one to go to instead."""

    @abstractmethod
    def look_again(self) -> None:
        """Every screen of the session shows the vault as it is now."""

    @abstractmethod
    def look_at_region(self, region: str, secret_id: str = "", part: int = 1) -> Worker[None]:
        """The list of secrets of a Region, or one of them over it."""

    @abstractmethod
    def create_secret(self, value: str) -> None:
        """Opens the form of a new secret with this value."""

    @abstractmethod
    def choose_another(self) -> Worker[None]:
        """Asks which other vault to open, and opens it."""

    @abstractmethod
    def open_another(self, path: Path) -> None:
        """Locks this vault, and goes to where another is unlocked, or made."""
