"""The task "Import": creates and updates secrets from a file in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.system.paths import expand_home
from smtui.text.interruption import interrupt_with
from smtui.text.sanitize import SafeText, sanitize
from smtui.transfer import formats
from smtui.transfer.apply import apply_plan
from smtui.transfer.errors import DuplicateNamesError, SourcePassphraseError, TransferError
from smtui.transfer.opened_source import OpenedSource
from smtui.transfer.plan import CHANGES, Action, Step, summarize
from smtui.transfer.source_key import SourceKey
from smtui.transfer.target import ImportTarget
from smtui.tui.jobs.job import Progress, run_job
from smtui.tui.notifications import explain_error
from smtui.tui.undo.import_undo import ImportedSecrets, note_import
from smtui.tui.vault.import_choices import ImportChoices, PlannedImport, name_entries, plan_import
from smtui.tui.vault.import_form import ImportForm, Names
from smtui.tui.vault.import_plan import ImportPlan
from smtui.tui.widgets.passphrase import wipe

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

TITLE = SafeText("Import")


async def import_secrets(app: Shell, session: Session) -> None:
    """Asks for the file, shows the plan, applies it in one transaction, and records how to undo it.

    Raises:
        SmtuiError: planning or applying failed; nothing is imported then.
    """
    asked = await _ask_for_file(app)
    if asked is None:
        return
    region = session.region
    opened, choices = asked

    async def plan(chosen: ImportChoices) -> PlannedImport:
        return await run_job(
            app, TITLE, lambda vault, progress: plan_import(vault, region, opened, chosen, progress))

    agreed = await app.push_screen_wait(
        ImportPlan(await plan(choices), plan=plan, choices=choices, switches=opened.list_switches()))
    if agreed is None:
        return
    imported = await run_job(app, TITLE, lambda vault, progress: _apply_steps(vault, region, agreed, progress))
    session.record_large_undo(sanitize(f"import: {summarize(_list_changes(agreed))}"), imported, region)
    app.screen.refresh_bindings()
    remark = "" if opened.is_encrypted else " The file remains on disk in plain text."
    app.notify(sanitize(f"Imported {_summarize_import(agreed)}.{remark}"), markup=False)


def _summarize_import(steps: Sequence[Step]) -> str:
    """Returns what was imported as a sentence says it, such as `119 secrets and 2 new versions (unchanged 1)`."""
    counts = Counter(step.action for step in steps)
    made = [f"{counts[action]:,} {noun}{'' if counts[action] == 1 else 's'}"
            for action, noun in ((Action.CREATE, "secret"), (Action.UPDATE, "new version")) if counts[action]]
    rest = summarize(step for step in steps if step.action not in CHANGES)
    return (" and ".join(made) or "nothing") + (f" ({rest})" if rest else "")


async def _ask_for_file(app: Shell) -> tuple[OpenedSource, ImportChoices] | None:
    """Returns the file that the user names, after it was read, and the names of its secrets; None if cancelled."""
    asked = await app.push_screen_wait(ImportForm(Names()))
    while asked is not None:
        try:
            opened = await run_job(app, TITLE, partial(_read, asked))
            return opened, ImportChoices(asked.prefix, asked.name)
        except TransferError as error:
            is_encrypted = isinstance(error, SourcePassphraseError)
            form = ImportForm(asked, explain_error(error), asks_passphrase=is_encrypted)
            asked = await app.push_screen_wait(form)
    return None


def _read(asked: Names, _: Vault, progress: Progress) -> OpenedSource:
    """Reads the file as a job, because a large one takes long. Raises TransferError."""
    try:
        with interrupt_with(lambda: progress("reading the file", 0, 0)):
            opened = _open(expand_home(asked.path), _read_key(asked))
            name_entries(opened, ImportChoices(asked.prefix, asked.name))  # what is wrong with them is said in the form
            return opened
    finally:
        if asked.passphrase is not None:
            wipe(asked.passphrase)


def _open(path: Path, key: SourceKey) -> OpenedSource:
    """Reads a file. Variables with several values are no error yet: the plan offers a switch. Raises TransferError."""
    try:
        opened = formats.read_file(path, key).opened
        assert opened is not None
        return opened
    except DuplicateNamesError:
        return formats.read_once(formats.open_source(path), key)


def _read_key(asked: Names) -> SourceKey:
    """The key of an encrypted file. Raises TransferError."""
    passphrase = None if asked.passphrase is None else asked.passphrase.decode("utf-8", "surrogateescape")
    if not asked.key_file:
        return SourceKey(passphrase)
    path = expand_home(asked.key_file)
    return SourceKey(passphrase, formats.open_source(path).raw, path)


def _apply_steps(vault: Vault, region: str, steps: list[Step], progress: Progress) -> ImportedSecrets:
    """Applies the steps and returns the undo information, which it reads in the same transaction."""
    with vault.transaction():
        written = apply_plan(ImportTarget(vault, region), _list_changes(steps), progress)
        return note_import(vault, region, written, progress)


def _list_changes(steps: list[Step]) -> list[Step]:
    return [step for step in steps if step.action in CHANGES]
