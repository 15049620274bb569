"""The import of a file that is too long for memory: its secrets are read twice, for the plan and for the import."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.text.interruption import interrupt_with
from smtui.transfer import long_file
from smtui.transfer.apply import ImportedSecret, import_entries
from smtui.transfer.entry import make_unreadable_error, require_unique
from smtui.transfer.item import LeftBehind
from smtui.transfer.plan import Action, Step, make_plan
from smtui.transfer.target import ImportTarget
from smtui.tui.undo.import_undo import ImportedSecrets, note_import
from smtui.tui.vault.import_choices import PlannedImport

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.jobs.job import Progress

BATCH = 1000
SHOWN = 200
"""Secrets of each action that the plan shows."""


def plan_long_import(vault: Vault, region: str, path: Path, prefix: str, progress: Progress) -> PlannedImport:
    """Counts what an import would do, and keeps some secrets of each kind. Runs in a job. Raises SmtuiError."""
    totals: Counter[Action] = Counter()
    shown: list[Step] = []
    notes: list[str] = []
    left_behind: list[LeftBehind] = []
    target = ImportTarget(vault, region)
    with interrupt_with(lambda: progress("reading the file", totals.total(), 0)):
        entries = require_unique(long_file.read_entries(path, prefix, notes, left_behind=left_behind))
        while several := list(islice(entries, BATCH)):
            for step in make_plan(target, several, Action.SKIP):
                totals[step.action] += 1
                if totals[step.action] <= SHOWN:
                    shown.append(step)
            progress("comparing", totals.total(), 0)
    if not totals:
        raise make_unreadable_error(str(path), "nothing to import")
    about = [f"{path}: {totals.total():,} secrets, of which {len(shown):,} are shown.", *notes]
    return PlannedImport(shown, about, left_behind, totals=totals)


def apply_long_import(
    vault: Vault, region: str, path: Path, prefix: str, planned: Counter[Action], *, update: bool, progress: Progress
) -> ImportedSecrets:
    """Imports the file in one transaction, and reads the undo information. Runs in a job.

    Raises:
        SmtuiError: the file or the vault has changed since the plan, or the vault refuses a secret.
    """
    done: Counter[Action] = Counter()
    written: list[ImportedSecret] = []
    on_difference = Action.UPDATE if update else Action.SKIP
    with vault.transaction(large=True):
        with interrupt_with(lambda: progress("importing", done.total(), planned.total())):
            entries = require_unique(long_file.read_entries(path, prefix))
            for step in import_entries(ImportTarget(vault, region), entries, on_difference, written):
                done[step.action] += 1
                progress("importing", done.total(), planned.total())
        if done != _expect(planned, update=update):
            raise make_unreadable_error(str(path), "the file or the vault has changed since the preview")
        return note_import(vault, region, written, progress)


def _expect(planned: Counter[Action], *, update: bool) -> Counter[Action]:
    """The counts of the import itself: with new versions, nothing is skipped."""
    if not update:
        return planned
    expected: Counter[Action] = Counter(planned)
    expected[Action.UPDATE] += expected.pop(Action.SKIP, 0)
    return +expected
