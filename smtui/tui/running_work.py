"""What runs now and would be stopped by the end of the session, in sentences for the question before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from smtui.text.sanitize import SafeText, sanitize

if TYPE_CHECKING:
    from smtui.tui.session import Session

ROTATION = "A rotation is running. It will be stopped: the current value stays, and you can resume the rotation later."


@runtime_checkable
class RunningWork(Protocol):
    """The plan of a screen, which runs outside a job."""

    def describe_running_work(self) -> str:
        """Returns what is running and what its stop would keep; empty if nothing runs."""


def list_running_work(sessions: Iterable[Session], screens: Iterable[object]) -> list[SafeText]:
    """Returns a sentence for each thing that runs: what it is, and whether what is done so far would be kept."""
    of_sessions = (sentence for session in sessions for sentence in _list_of_session(session))
    return [sanitize(sentence) for sentence in (*of_sessions, *_list_of_screens(screens)) if sentence]


def list_unfinished(session: Session, screens: Iterable[object]) -> list[SafeText]:
    """Returns a sentence for each thing that runs and belongs to what is shown: the job, the plan of a screen."""
    job = session.job
    running = [] if job is None or job.is_over else [f"{job.status.title} is running."]
    return [sanitize(sentence) for sentence in (*running, *_list_of_screens(screens)) if sentence]


def _list_of_session(session: Session) -> Iterator[str]:
    if session.job is not None and not session.job.is_over:
        status = session.job.status
        progress = f" ({status.text})" if status.text else ""
        yield f"{status.title} is running{progress}. It will be stopped, and its changes are discarded."
    if session.rotation_worker.is_running:
        yield ROTATION


def _list_of_screens(screens: Iterable[object]) -> Iterator[str]:
    for screen in screens:
        plan = getattr(screen, "plan", None)
        if isinstance(plan, RunningWork):
            yield plan.describe_running_work()
