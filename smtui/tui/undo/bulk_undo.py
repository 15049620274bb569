"""Undoing a change of many secrets: the preview and the undo run as jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.jobs.job import run_job
from smtui.tui.undo.preview import UndoPreview, describe_unchanged

if TYPE_CHECKING:
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell
    from smtui.tui.undo_history import LargeChange, UndoEntry

TITLE = SafeText("Undo")


async def undo_large(app: Shell, session: Session, *, done: UndoEntry, large: LargeChange) -> None:
    """Previews the undo of a large change, asks, applies it, and notifies the user of the result.

    Raises:
        SmtuiError: a job failed or was stopped; nothing is undone then.
    """
    region = done.region
    outcome = await run_job(app, TITLE, lambda vault, progress: large.preview(vault, region, progress))
    if outcome.sections:
        if not await app.push_screen_wait(UndoPreview(done, away=region != session.region, outcome=outcome)):
            return
        outcome = await run_job(app, TITLE, lambda vault, progress: large.undo(vault, region, progress))
    left = f" {describe_unchanged(outcome.left)}" if outcome.left else ""
    if outcome.sections:
        session.undo.forget(done)
        severity: Literal["warning", "information"] = "warning" if left else "information"
        app.notify(sanitize(f"Undid “{done.words}”.{left}"), severity=severity, markup=False)
    else:
        session.undo.forget_newest(done)
        app.notify(sanitize(f"“{done.words}” cannot be undone.{left}"), severity="warning", markup=False)
    app.look_again()
