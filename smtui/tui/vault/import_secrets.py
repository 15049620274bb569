"""The task "Import": creates and updates secrets from a file in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from smtui.system.paths import expand_home
from smtui.text.interruption import interrupt_with
from smtui.text.sanitize import SafeText, sanitize
from smtui.transfer import formats
from smtui.transfer.apply import apply_plan
from smtui.transfer.entry import add_prefixes, combine, make_unreadable_error, refuse_duplicates
from smtui.transfer.errors import SourcePassphraseError, TransferError
from smtui.transfer.plan import CHANGES, Action, Step, make_plan, summarize
from smtui.transfer.reimport import keep_names
from smtui.transfer.source_key import SourceKey
from smtui.transfer.target import ImportTarget
from smtui.tui.jobs.job import Progress, run_job
from smtui.tui.notifications import explain_error
from smtui.tui.undo.import_undo import ImportedSecrets, note_import
from smtui.tui.vault.import_form import ImportForm, Names
from smtui.tui.vault.import_plan import ImportPlan
from smtui.tui.widgets.passphrase import wipe

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.transfer.entry import Entry
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

TITLE = SafeText("Import")


async def import_secrets(app: Shell, session: Session) -> None:
    """Asks for the file, shows the plan, applies it in one transaction, and records how to undo it.

    Raises:
        SmtuiError: planning or applying failed; nothing is imported then.
    """
    file = await _ask_for_file(app)
    if file is None:
        return
    region = session.region
    steps = await run_job(app, TITLE, lambda vault, progress: _plan_import(vault, region, file, progress))
    agreed = await app.push_screen_wait(ImportPlan(steps, file.about))
    if agreed is None:
        return
    imported = await run_job(app, TITLE, lambda vault, progress: _apply_steps(vault, region, agreed, progress))
    session.record_large_undo(sanitize(f"import: {summarize(_list_changes(agreed))}"), imported, region)
    app.screen.refresh_bindings()
    remark = "" if file.is_encrypted else " The file remains on disk in plain text."
    app.notify(sanitize(f"Imported {_summarize_import(agreed)}.{remark}"), markup=False)


def _summarize_import(steps: Sequence[Step]) -> str:
    """Returns what was imported as a sentence says it, such as `119 secrets and 2 new versions (unchanged 1)`."""
    counts = Counter(step.action for step in steps)
    made = [f"{counts[action]:,} {noun}{'' if counts[action] == 1 else 's'}"
            for action, noun in ((Action.CREATE, "secret"), (Action.UPDATE, "new version")) if counts[action]]
    rest = summarize(step for step in steps if step.action not in CHANGES)
    return (" and ".join(made) or "nothing") + (f" ({rest})" if rest else "")


@dataclass(frozen=True, slots=True)
class _ReadFile:
    """The entries of a file under their new names, the prefix that they got, and sentences about the file."""

    entries: list[Entry]
    prefix: str
    about: list[str]
    is_encrypted: bool


async def _ask_for_file(app: Shell) -> _ReadFile | None:
    """Returns the file that the user names, after it was read; None if the user cancels."""
    asked = await app.push_screen_wait(ImportForm(Names()))
    while asked is not None:
        try:
            return await run_job(app, TITLE, partial(_read, asked))
        except TransferError as error:
            is_encrypted = isinstance(error, SourcePassphraseError)
            form = ImportForm(asked, explain_error(error), asks_passphrase=is_encrypted)
            asked = await app.push_screen_wait(form)
    return None


def _read(asked: Names, _: Vault, progress: Progress) -> _ReadFile:
    """Reads the file as a job, because a large one takes long. Raises TransferError."""
    try:
        with interrupt_with(lambda: progress("reading the file", 0, 0)):
            return _read_entries(asked)
    finally:
        if asked.passphrase is not None:
            wipe(asked.passphrase)


def _read_key(asked: Names) -> SourceKey:
    """The key of an encrypted file. Raises TransferError."""
    passphrase = None if asked.passphrase is None else asked.passphrase.decode("utf-8", "surrogateescape")
    if not asked.key_file:
        return SourceKey(passphrase)
    path = expand_home(asked.key_file)
    return SourceKey(passphrase, formats.open_source(path).raw, path)


def _read_entries(asked: Names) -> _ReadFile:
    path = expand_home(asked.path)
    content = formats.read_file(path, _read_key(asked))
    entries = content.entries
    refuse_duplicates(entries)
    if not entries:
        raise make_unreadable_error(str(path), "nothing to import")
    entries = [combine(entries, asked.name)] if asked.name else add_prefixes(entries, asked.prefix)
    about = [content.what, *content.notes]
    if content.left_behind:
        about.append(f"Not imported: {'; '.join(map(str, content.left_behind))}.")
    return _ReadFile(entries, asked.prefix, about, content.is_encrypted)


def _plan_import(vault: Vault, region: str, file: _ReadFile, progress: Progress) -> list[Step]:
    target = ImportTarget(vault, region)
    return make_plan(target, keep_names(target, file.entries, file.prefix), Action.SKIP, progress)


def _apply_steps(vault: Vault, region: str, steps: list[Step], progress: Progress) -> ImportedSecrets:
    """Applies the steps and returns the undo information, which it reads in the same transaction."""
    with vault.transaction():
        written = apply_plan(ImportTarget(vault, region), _list_changes(steps), progress)
        return note_import(vault, region, written, progress)


def _list_changes(steps: list[Step]) -> list[Step]:
    return [step for step in steps if step.action in CHANGES]
