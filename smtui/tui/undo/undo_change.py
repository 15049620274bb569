"""Undoing one change: the check for conflicts, the question, and the requests that take the change back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from smtui.api.context import describe_many_calls
from smtui.api.errors import ClientError
from smtui.text.sanitize import sanitize
from smtui.tui.bridge import call
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.undo.preview import UndoPreview, describe_unchanged
from smtui.tui.undo_history import UndoCheck

if TYPE_CHECKING:
    from smtui.api.vault_client import VaultClient
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell
    from smtui.tui.undo_history import UndoEntry

CALLS_ASIDE = 1
"""Reads of an account for each part of an undo: whether it has changed since."""


async def undo_change(app: Shell, session: Session, done: UndoEntry) -> None:
    """Shows the requests that undo a change and, after confirmation, sends them. Reports a conflict instead.

    Raises:
        SmtuiError: a request was refused; then none has an effect.
    """
    if done.large is not None:
        from smtui.tui.undo.bulk_undo import undo_large

        app.run_task(partial(undo_large, done=done, large=done.large))
        return
    if not done.calls:
        _report_conflict(app, session, done, done.note)
        return
    client = session.combine_clients(done.region)
    title = sanitize(f"Undo “{done.words}”")
    check = await read_for_dialog(app, title, lambda: call(done.check, client))
    if check is None:
        return
    if not check.ready:
        _report_conflict(app, session, done, _describe_left(done, check))
    elif await app.push_screen_wait(_make_preview(session, done, check)):
        try:
            check = await call(_send_back, session, done, client)
        finally:
            app.look_again()
        _report_result(app, session, done, check)


def _make_preview(session: Session, done: UndoEntry, check: UndoCheck) -> UndoPreview:
    """The question, with what very many requests cost: each is checked once more, and then sent."""
    calls = sum(len(part.calls) + CALLS_ASIDE for part in check.ready)
    return UndoPreview(done, away=done.region != session.region, outcome=check,
                       cost=describe_many_calls(session.vault.can, calls))


def _report_result(app: Shell, session: Session, done: UndoEntry, check: UndoCheck) -> None:
    """Notifies the user of what was undone and what was left, and removes the entry."""
    if not check.ready:
        _report_conflict(app, session, done, _describe_left(done, check))
        return
    session.undo.forget(done)
    left = f" {describe_unchanged(check.left)}" if check.left else ""
    _notify(app, f"Undid “{done.words.rstrip('.')}”.{left}", severity="warning" if left else "information")


def _describe_left(done: UndoEntry, check: UndoCheck) -> str:
    return describe_unchanged(check.left) if done.parts else check.left[0][1]


def _report_conflict(app: Shell, session: Session, done: UndoEntry, conflict: str) -> None:
    """Notifies the user, and removes the entry if it is the newest, since it may stand in the way of older ones."""
    _notify(app, f"“{done.words}” cannot be undone. {conflict}", severity="warning")
    session.undo.forget_newest(done)
    app.look_again()


def _send_back(session: Session, done: UndoEntry, client: VaultClient) -> UndoCheck:
    """Checks for conflicts again and sends the calls of the parts without one, in one transaction.

    Runs in the vault's thread.

    Returns:
        The parts that were undone, and those that were left. If the service refused a part of several, it was left.

    Raises:
        SmtuiError: the service refused a change without parts, or the vault failed; then nothing is undone.
    """
    undone: list[UndoEntry] = []
    with session.vault.transaction():
        check = done.check(client)
        left = list(check.left)
        for part in check.ready:
            try:
                with session.vault.transaction():
                    for each in part.calls:
                        each.send()
            except ClientError as refusal:
                if not done.parts:
                    raise
                left.append((part.words, sanitize(refusal.sentence)))
            else:
                undone.append(part)
    for each in (each for part in undone for each in part.calls):
        if each.operation == "RotateSecret":  # the rotation itself runs after the transaction
            session.rotation_worker.enqueue(each.request["SecretId"], done.region)
    return UndoCheck(tuple(undone), tuple(left))


def _notify(app: Shell, sentence: str, severity: Literal["information", "warning"] = "information") -> None:
    app.notify(sanitize(sentence, lines=True), severity=severity, markup=False)
