"""The task "Import": creates and updates secrets from a file in one transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.api.errors import SmtuiError
from smtui.system.paths import expand_home
from smtui.text.interruption import interrupt_with
from smtui.text.sanitize import SafeText, sanitize
from smtui.transfer import formats, long_file
from smtui.transfer.apply import apply_plan
from smtui.transfer.errors import DuplicateNamesError, RepeatedNameError, SourcePassphraseError, TransferError
from smtui.transfer.formats import MAX_BYTES
from smtui.transfer.opened_source import OpenedSource
from smtui.transfer.plan import CHANGES, Action, Step, format_counts
from smtui.transfer.source_key import SourceKey
from smtui.transfer.target import ImportTarget
from smtui.tui.jobs.job import JobStoppedError, Progress, run_job
from smtui.tui.notifications import explain_error, is_input_kept
from smtui.tui.undo.import_undo import ImportedSecrets, note_import
from smtui.tui.vault.import_choices import ImportChoices, PlanDraft, PlannedImport, name_entries, plan_import
from smtui.tui.vault.import_form import ImportForm, Names
from smtui.tui.vault.import_long import AcceptedImport, apply_long_import, plan_long_import, rename_in_plan
from smtui.tui.vault.import_plan import ImportPlan
from smtui.tui.widgets.passphrase import wipe

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

TITLE = SafeText("Import")


async def import_secrets(app: Shell, session: Session) -> None:
    """Asks for the file, shows the plan, applies it in one transaction, and records how to undo it.

    If that fails, nothing is imported, and the form opens again with the reason. The next plan of the same file begins
    with the names and exclusions of this one.

    Raises:
        SmtuiError: the user stopped the import, or the vault was locked.
    """
    form, drafts = ImportForm(Names()), _Drafts()
    while (asked := await _ask_for_file(app, session.region, form)) is not None:
        source, choices = asked
        try:
            if isinstance(source, _LongFile):
                await _import_long_file(app, session, source, choices, drafts)
            else:
                await _import_source(app, session, source, choices, drafts)
            return
        except SmtuiError as error:
            if isinstance(error, JobStoppedError) or not is_input_kept(error):
                raise
            kept = drafts.last.choices if drafts.last else choices
            form = ImportForm(Names(source.name, kept.prefix, kept.one_name), explain_error(error),
                              asks_passphrase=source.is_encrypted)


@dataclass(slots=True)
class _Drafts:
    """Keeps the draft of the last plan that was accepted, until another plan is made."""

    last: PlanDraft | None = None

    def take(self, file: str, choices: ImportChoices) -> PlanDraft | None:
        """Returns the draft if it fits what the form says, and forgets it."""
        draft, self.last = self.last, None
        return draft if draft is not None and draft.is_for(file, choices) else None


async def _import_source(
    app: Shell, session: Session, opened: OpenedSource, choices: ImportChoices, drafts: _Drafts
) -> None:
    """Shows the plan of a file that was read, and applies it. Raises SmtuiError."""
    region = session.region

    async def plan(chosen: ImportChoices) -> PlannedImport:
        return await run_job(
            app, TITLE, lambda vault, progress: plan_import(vault, region, opened, chosen, progress))

    draft = drafts.take(opened.name, choices)
    choices = draft.choices if draft else choices
    screen = ImportPlan(await plan(choices), plan=plan, choices=choices, switches=choices.list_switches(opened),
                        excluded=draft.excluded if draft else None)
    agreed = await app.push_screen_wait(screen)
    if agreed is None:
        return
    drafts.last = screen.make_draft(opened.name)
    imported = await run_job(app, TITLE, lambda vault, progress: _apply_steps(vault, region, agreed, progress))
    _finish(app, session, imported, Counter(step.action for step in agreed), is_encrypted=opened.is_encrypted)


async def _import_long_file(
    app: Shell, session: Session, file: _LongFile, choices: ImportChoices, drafts: _Drafts
) -> None:
    """Shows the plan of a file that is too long for memory, and imports it. Raises SmtuiError."""
    region, planned = session.region, file.planned

    async def plan(chosen: ImportChoices) -> PlannedImport:
        nonlocal choices, planned
        former, before = planned, choices
        if replace(chosen, names=before.names) == before:
            planned = await run_job(
                app, TITLE, lambda vault, _: rename_in_plan(vault, region, former, before, chosen))
        else:
            planned = await run_job(
                app, TITLE, lambda vault, progress: plan_long_import(vault, region, file.path, chosen, progress))
        choices = chosen
        return planned

    draft = drafts.take(file.name, choices)
    if draft is not None:
        await plan(draft.choices)
    screen = ImportPlan(planned, plan=plan, choices=choices, switches=file.planned.switches,
                        excluded=draft.excluded if draft else None)
    agreed = await app.push_screen_wait(screen)
    if agreed is None:
        return
    drafts.last = screen.make_draft(file.name)
    counts = planned.count_actions(agreed)
    accepted = AcceptedImport(choices, planned.list_excluded(agreed), counts)
    imported = await run_job(app, TITLE, lambda vault, progress: apply_long_import(
        vault, region, file.path, accepted, progress))
    _finish(app, session, imported, counts, is_encrypted=False)


def _finish(
    app: Shell, session: Session, imported: ImportedSecrets, counts: Counter[Action], *, is_encrypted: bool
) -> None:
    """Records how to undo the import, and says what was imported."""
    changes = {action: count for action, count in counts.items() if action in CHANGES}
    session.record_large_undo(sanitize(f"import: {format_counts(Counter(changes))}"), imported, session.region)
    app.screen.refresh_bindings()
    remark = "" if is_encrypted else " The file remains on disk in plain text."
    app.notify(sanitize(f"Imported {_summarize_import(counts)}.{remark}"), markup=False)


def _summarize_import(counts: Counter[Action]) -> str:
    """Returns what was imported as a sentence says it, such as `119 secrets and 2 new versions (unchanged 1)`."""
    made = [f"{counts[action]:,} {noun}{'' if counts[action] == 1 else 's'}"
            for action, noun in ((Action.CREATE, "secret"), (Action.UPDATE, "new version")) if counts[action]]
    rest = format_counts(Counter({action: count for action, count in counts.items() if action not in CHANGES}))
    return (" and ".join(made) or "nothing") + (f" ({rest})" if rest else "")


@dataclass(frozen=True, slots=True)
class _LongFile:
    """A file that is too long for memory, and what its import would do."""

    path: Path
    planned: PlannedImport

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def is_encrypted(self) -> bool:
        return False


async def _ask_for_file(
    app: Shell, region: str, form: ImportForm
) -> tuple[OpenedSource | _LongFile, ImportChoices] | None:
    """Returns the file that the user names, after it was read, and the names of its secrets; None if cancelled."""
    asked = await app.push_screen_wait(form)
    while asked is not None:
        try:
            source = await run_job(app, TITLE, partial(_read, asked, region))
            return source, ImportChoices(asked.prefix, asked.name)
        except TransferError as error:
            is_encrypted = isinstance(error, SourcePassphraseError)
            form = ImportForm(asked, explain_error(error), asks_passphrase=is_encrypted)
            asked = await app.push_screen_wait(form)
    return None


def _read(asked: Names, region: str, vault: Vault, progress: Progress) -> OpenedSource | _LongFile:
    """Reads the file as a job, because a large one takes long. Raises TransferError."""
    try:
        path = expand_home(asked.path)
        with interrupt_with(lambda: progress("reading the file", 0, 0)):
            is_long = not asked.name and _is_long(path)
        if is_long:
            try:
                return _LongFile(path, plan_long_import(vault, region, path, ImportChoices(asked.prefix), progress))
            except (DuplicateNamesError, RepeatedNameError):
                if path.stat().st_size > MAX_BYTES:
                    raise  # the plan of a file that is read at once can resolve them
        with interrupt_with(lambda: progress("reading the file", 0, 0)):
            opened = _open(path, _read_key(asked))
            name_entries(opened, ImportChoices(asked.prefix, asked.name))  # what is wrong with them is said in the form
            return opened
    finally:
        if asked.passphrase is not None:
            wipe(asked.passphrase)


def _is_long(path: Path) -> bool:
    try:
        return long_file.find_long_kind(path) is not None
    except OSError:
        return False  # reading it says what is wrong


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
