"""Work that takes its time, done beside the screens, so that no key press waits for it.

    async def check(app: Shell, session: Session) -> None:
        report = await long(app, SafeText("Check"), lambda vault, tell: vault.maintenance.check(tell))
        await app.push_screen_wait(CheckReport(report))

Such a deed is begun by `app.do(check)` and belongs to the app: it goes on when its screen is left. The work tells
how far it is, and once it is stopped it ends with the next word it tells, leaving nothing half done. The lock stops it
too. A session does one such work at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING, Generic, TypeVar

from smtui.api.errors import SmtuiError, VaultBusyError, VaultLockedError
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

Result = TypeVar("Result")
Tell = Callable[[str, int, int], None]
Deed = Callable[["Shell", "Session"], Awaitable[None]]

PATIENCE = 0.3
"""Seconds after which a work that is still under way is shown."""
LOOK = 0.1
"""Seconds from one look at it to the next."""


class JobStoppedError(SmtuiError):
    """Somebody stopped it."""

    def __init__(self) -> None:
        super().__init__("Stopped. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Progress:
    """`of` is 0 where nobody knows how many there will be."""

    title: SafeText
    what: str = ""
    done: int = 0
    of: int = 0

    @property
    def share(self) -> float | None:
        return min(1.0, self.done / self.of) if self.of else None

    @property
    def words(self) -> SafeText:
        """`copying 1,200 of 5,000`."""
        count = f"{self.done:,} of {self.of:,}" if self.of > 1 else f"{self.done:,}" if self.done else ""
        return sanitize(f"{self.what} {count}".strip())


class LongWork(Generic[Result]):
    """`alone` works on the session's own vault and in its lane: nothing else can be asked of the vault meanwhile."""

    def __init__(self, title: SafeText, function: Callable[[Vault, Tell], Result], *, alone: bool = False) -> None:
        self.progress = Progress(title)
        self.over = False
        self._stopping = Event()
        self._function = function
        self._alone = alone
        self._own: Vault | None = None
        self._thread: asyncio.Future[Result] | None = None

    async def carry_out(self, session: Session) -> Result:
        """Its result, or the error that ended it; JobStoppedError where it was stopped before its end."""
        run = call(self._function, session.vault, self._tell) if self._alone else session.beside.run(self._beside)
        self._thread = asyncio.ensure_future(run)
        try:
            return await asyncio.shield(self._thread)
        except SmtuiError as error:
            if self.stopping:
                raise JobStoppedError from error
            raise
        finally:
            self.over = self._thread.done()

    def _beside(self, own: Vault) -> Result:
        self._own = own
        return self._function(own, self._tell)

    def _tell(self, what: str, done: int, of: int) -> None:
        if self.stopping:
            raise JobStoppedError
        self.progress = replace(self.progress, what=what, done=done, of=of)

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        """It ends when it tells of its next step, or at once where it is in the middle of a long question."""
        self._stopping.set()
        if self._own is not None:
            self._own.interrupt()

    async def end(self) -> None:
        """Stops it, and waits until nothing of it is left."""
        while self._thread is not None and not self._thread.done():
            self.stop()
            await asyncio.wait([self._thread], timeout=LOOK)


async def long(
    app: Shell, title: SafeText, function: Callable[[Vault, Tell], Result], *, alone: bool = False
) -> Result:
    """Carries out `function(vault, tell)` and gives its answer. What lasts is shown, with its progress."""
    session = app.session
    if session is None:
        raise VaultLockedError("The vault is locked.")
    if session.work is not None:
        raise VaultBusyError(f"{session.work.progress.title} is still under way.", hint="Wait for its end, or stop it.")
    session.work = work = LongWork(title, function, alone=alone)
    timers = app.set_timer(PATIENCE, app.show_work), app.set_interval(LOOK, app.look_at_work)
    passing = app.input.let_pass_later(PATIENCE)
    try:
        return await work.carry_out(session)
    finally:
        passing.cancel()
        for timer in timers:
            timer.stop()
        if work.over:
            session.work = None
        app.look_at_work()
