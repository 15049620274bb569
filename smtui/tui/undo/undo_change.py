"""Undoing one change: the check for conflicts, the question, and the requests that take the change back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from smtui.api.errors import ChangedMeanwhileError
from smtui.rules.compare_and_swap import write_unless
from smtui.text.sanitize import sanitize
from smtui.tui.bridge import call
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.undo.preview import UndoPreview

if TYPE_CHECKING:
    from smtui.api.vault_client import VaultClient
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell
    from smtui.tui.undo_history import UndoEntry


async def undo_change(app: Shell, session: Session, done: UndoEntry) -> None:
    """Shows the requests that undo a change and, after confirmation, sends them. Reports a conflict instead.

    Raises:
        SmtuiError: a request was refused; then none has an effect.
    """
    if done.large is not None:
        from smtui.tui.undo.bulk_undo import undo_large

        app.run_task(partial(undo_large, done=done, large=done.large))
        return
    client = session.combine_clients(done.region)
    conflict = await _find_conflict(app, done, client)
    if conflict is None:
        return
    if conflict:
        _report_conflict(app, session, done, conflict)
    elif await app.push_screen_wait(UndoPreview(done, away=done.region != session.region)):
        try:
            await call(_send_back, session, done, client)
            session.undo.forget(done)
            _notify(app, f"Undone: {done.words.rstrip('.')}.")
        except ChangedMeanwhileError as error:
            _report_conflict(app, session, done, str(error.found))
        finally:
            app.look_again()


async def _find_conflict(app: Shell, done: UndoEntry, client: VaultClient) -> str | None:
    """Returns why the change cannot be undone; empty if it can, None if the user stops waiting for the check."""
    if not done.calls:
        return done.note
    return await read_for_dialog(app, sanitize(f"Undo “{done.words}”"), lambda: call(done.conflict, client))


def _report_conflict(app: Shell, session: Session, done: UndoEntry, conflict: str) -> None:
    """Notifies the user, and removes the entry if it is the newest, since it may stand in the way of older ones."""
    _notify(app, f"“{done.words}” cannot be undone. {conflict}", severity="warning")
    session.undo.forget_newest(done)
    app.look_again()


def _send_back(session: Session, done: UndoEntry, client: VaultClient) -> None:
    """Checks for conflicts again and sends all calls, in one transaction. Runs in the vault's thread.

    Raises:
        ChangedMeanwhileError: there is a conflict now.
        SmtuiError: the service refused a call.
    """
    def send(_: str) -> None:
        for each in done.calls:
            each.send()

    write_unless(session.vault.transaction, lambda: done.conflict(client), bool, send)
    for each in done.calls:
        if each.operation == "RotateSecret":  # the rotation itself runs after the transaction
            session.rotation_worker.enqueue(each.request["SecretId"], done.region)


def _notify(app: Shell, sentence: str, severity: Literal["information", "warning"] = "information") -> None:
    app.notify(sanitize(sentence, lines=True), severity=severity, markup=False)
