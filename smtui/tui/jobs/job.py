"""Jobs: work that takes its time, with progress, done in the background so that no key press waits for it.

    async def check(app: Shell, session: Session) -> None:
        report = await run_job(app, SafeText("Check"), lambda vault, progress: vault.maintenance.check(progress))
        await app.push_screen_wait(Report(report))

`app.run_task(check)` starts such a task. It belongs to the app, so it continues when the user leaves the screen. A job
that is stopped ends at its next report of progress and leaves nothing half done. The lock stops it too. A session runs
one job at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from smtui.api.errors import SmtuiError, VaultBusyError, VaultLockedError
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call

if TYPE_CHECKING:
    from textual.timer import Timer

    from smtui.backends.local import Vault
    from smtui.tui.jobs.background_vault import BackgroundVault

Result = TypeVar("Result")
Progress = Callable[[str, int, int], None]
"""Takes what a job is doing, how many items are done, and how many there are (0 if unknown)."""

SHOW_AFTER = 0.3
"""Seconds after which the dialog of a running job opens."""
REFRESH_INTERVAL = 0.1
"""Seconds between two updates of the progress on the screen."""


NOTHING_CHANGED, PARTLY_DONE = "Nothing was changed.", "What is done is kept."


class JobStoppedError(SmtuiError):
    """The user or the lock stopped the job."""

    def __init__(self, effect: str = NOTHING_CHANGED) -> None:
        super().__init__(f"Cancelled. {effect}")


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How far a job is.

    Attributes:
        title: the name of the job.
        activity: what it is doing.
        done: how many items are done.
        total: how many items there are; 0 if unknown.
    """

    title: SafeText
    activity: str = ""
    done: int = 0
    total: int = 0

    @property
    def fraction(self) -> float | None:
        """From 0 to 1; None if unknown."""
        return min(1.0, self.done / self.total) if self.total else None

    @property
    def text(self) -> SafeText:
        """`copying 1,200 of 5,000`."""
        count = f"{self.done:,} of {self.total:,}" if self.total > 1 else f"{self.done:,}" if self.done else ""
        return sanitize(f"{self.activity} {count}".strip())


class Job(Generic[Result]):
    """One run of a function in the background.

    Args:
        title: the name of the job.
        function: takes a vault and a function to report progress to.
        alone: whether it uses the session's own vault in its thread, so that nothing else uses the vault meanwhile.
        is_atomic: whether it has changed nothing when it is stopped.
    """

    def __init__(
        self, title: SafeText, function: Callable[[Vault, Progress], Result], *, alone: bool = False,
        is_atomic: bool = True,
    ) -> None:
        self.status = JobStatus(title)
        self.is_over = False
        self._stopping = Event()
        self._function = function
        self._alone = alone
        self._is_atomic = is_atomic
        self._own: Vault | None = None
        self._run: asyncio.Future[Result] | None = None

    async def run(self, session: JobSession) -> Result:
        """Runs the function and returns its result.

        Raises:
            JobStoppedError: the job was stopped before its end.
            Exception: whatever the function raises.
        """
        if self._alone:
            run = call(self._function, session.vault, self._report_progress)
        else:
            run = session.background.run(self._call_function, self._check_stopping)
        self._run = asyncio.ensure_future(run)
        try:
            return await asyncio.shield(self._run)
        except SmtuiError as error:
            if self.is_stopping:
                raise JobStoppedError(self._effect) from error
            raise
        finally:
            self.is_over = self._run.done()

    def _call_function(self, own: Vault) -> Result:
        self._own = own
        return self._function(own, self._report_progress)

    def _check_stopping(self) -> None:
        if self.is_stopping:
            raise JobStoppedError

    def _report_progress(self, activity: str, done: int, total: int) -> None:
        self._check_stopping()
        self.status = replace(self.status, activity=activity, done=done, total=total)

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        """Ends the job at its next report of progress, and a long query at once. Callable from any thread."""
        self._stopping.set()
        if self._own is not None:
            self._own.interrupt()

    def describe_end(self) -> SafeText:
        """Returns how a job has ended that the lock stopped. Call it after `stop_and_wait`."""
        if self._run is not None and self._run.done() and not self._run.cancelled() and self._run.exception() is None:
            return sanitize(f"{self.status.title} finished just before the vault was locked.")
        progress = f" ({self.status.text})" if self.status.text else ""
        return sanitize(f"{self.status.title} was stopped by the lock{progress}. {self._effect}")

    @property
    def _effect(self) -> str:
        return NOTHING_CHANGED if self._is_atomic else PARTLY_DONE

    async def stop_and_wait(self) -> None:
        """Stops the job and waits until its thread is done."""
        while self._run is not None and not self._run.done():
            self.stop()
            await asyncio.wait([self._run], timeout=REFRESH_INTERVAL)
        if self._run is not None and not self._run.cancelled():
            self._run.exception()  # The task that awaited it may be cancelled; asyncio would log the exception.


class JobSession(Protocol):
    """What a job needs of the session."""

    job: Job[Any] | None

    @property
    def vault(self) -> Vault: ...
    @property
    def background(self) -> BackgroundVault: ...


class JobInput(Protocol):
    """What a job needs of the queue of keys."""

    def let_pass_later(self, seconds: float) -> asyncio.TimerHandle: ...


class JobApp(Protocol):
    """What a job needs of the app."""

    @property
    def session(self) -> JobSession | None: ...
    @property
    def input(self) -> JobInput: ...
    def show_job(self) -> None: ...
    def refresh_job(self) -> None: ...
    def set_timer(self, delay: float, callback: Callable[[], None]) -> Timer: ...
    def set_interval(self, interval: float, callback: Callable[[], None]) -> Timer: ...


async def run_job(
    app: JobApp, title: SafeText, function: Callable[[Vault, Progress], Result], *, alone: bool = False,
    is_atomic: bool = True,
) -> Result:
    """Runs `function(vault, progress)` as the session's job; a dialog shows its progress if it takes long.

    Args:
        app: the app with the session.
        title: the name of the job.
        function: see `Job`.
        alone: see `Job`.
        is_atomic: see `Job`.

    Returns:
        What `function` returns.

    Raises:
        VaultLockedError: there is no session.
        VaultBusyError: another job is running.
        JobStoppedError: the job was stopped before its end.
        Exception: whatever `function` raises.
    """
    session = app.session
    if session is None:
        raise VaultLockedError("The vault is locked.")
    if session.job is not None:
        raise VaultBusyError(f"{session.job.status.title} is still in progress.",
                             hint="Wait until it is done, or cancel it.")
    session.job = job = Job(title, function, alone=alone, is_atomic=is_atomic)
    timers = app.set_timer(SHOW_AFTER, app.show_job), app.set_interval(REFRESH_INTERVAL, app.refresh_job)
    passing = app.input.let_pass_later(SHOW_AFTER)
    try:
        return await job.run(session)
    finally:
        passing.cancel()
        for timer in timers:
            timer.stop()
        if job.is_over:
            session.job = None
        app.refresh_job()
