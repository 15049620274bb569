"""The import of a file that is too long for memory: its secrets are read twice, for the plan and for the import."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.text.interruption import interrupt_with
from smtui.transfer import long_file
from smtui.transfer.apply import ImportedSecret, import_entries
from smtui.transfer.entry import Entry, add_prefix, make_unreadable_error, require_unique
from smtui.transfer.item import LeftBehind
from smtui.transfer.long_file import LongKind
from smtui.transfer.plan import Action, Step, make_plan
from smtui.transfer.switches import Switch, make_env_options, make_mapping_options
from smtui.transfer.target import ImportTarget
from smtui.tui.undo.import_undo import ImportedSecrets, note_each
from smtui.tui.vault.import_choices import ImportChoices, PlannedImport

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.jobs.job import Progress

BATCH = 1000
SHOWN = 200
"""Secrets of each action that the plan shows."""


@dataclass(frozen=True, slots=True)
class AcceptedImport:
    """What the user accepted.

    Attributes:
        choices: what the plan was made with.
        excluded: the names in the file of the secrets that stay out.
        expected: the number of secrets for each action, from which it is known whether new versions are stored.
    """

    choices: ImportChoices
    excluded: frozenset[str]
    expected: Counter[Action]

    @property
    def on_difference(self) -> Action:
        """What is done with an existing secret that has a different value."""
        return Action.UPDATE if self.expected[Action.UPDATE] else Action.SKIP


@dataclass(slots=True)
class _LongReader:
    """Reads the secrets of a file under their new names, and notes what its switches could change.

    `originals` has the names in the file of the secrets of the last `BATCH`.
    """

    path: Path
    choices: ImportChoices
    notes: list[str] = field(default_factory=list)
    left_behind: list[LeftBehind] = field(default_factory=list)
    originals: dict[str, str] = field(default_factory=dict)
    useful: set[Switch] = field(default_factory=set)

    def read(self) -> Iterator[Entry]:
        """The entries, each once. Raises UnreadableFileError; RepeatedNameError for a name that is given twice."""
        return require_unique(self._read_all())

    def _read_all(self) -> Iterator[Entry]:
        options, env_options = make_mapping_options(self.choices.switches), make_env_options(self.choices.switches)
        is_variables = long_file.find_long_kind(self.path, 0) is LongKind.VARIABLES
        for entry in long_file.read_entries(self.path, "", self.notes, options, self.left_behind, env_options):
            if is_variables:
                self.useful.update(_list_variable_switches(entry))
            elif entry.origin:
                self.useful.add(Switch.SPLIT)
            changed = self.choices.names.get(entry.name)
            named = entry.rename(changed) if changed else add_prefix(entry, self.choices.prefix)
            self.originals[named.name] = entry.name
            yield named
        if any(each.option == "--trash" for each in self.left_behind):
            self.useful.add(Switch.TRASH)


def _list_variable_switches(entry: Entry) -> Iterator[Switch]:
    if entry.name != entry.name.upper():
        yield Switch.UPPER
    if isinstance(entry.value, str) and "$" in entry.value:
        yield Switch.EXPAND


def plan_long_import(
    vault: Vault, region: str, path: Path, choices: ImportChoices, progress: Progress
) -> PlannedImport:
    """Counts what an import would do, and keeps some secrets of each kind. Runs in a job. Raises SmtuiError."""
    totals: Counter[Action] = Counter()
    shown: list[Step] = []
    originals: dict[str, str] = {}
    reader = _LongReader(path, choices)
    target = ImportTarget(vault, region)
    with interrupt_with(lambda: progress("reading the file", totals.total(), 0)):
        entries = reader.read()
        while several := list(islice(entries, BATCH)):
            for step in make_plan(target, several, Action.SKIP):
                totals[step.action] += 1
                if totals[step.action] <= SHOWN:
                    shown.append(step)
                    originals[step.entry.name] = reader.originals[step.entry.name]
            reader.originals.clear()
            progress("comparing", totals.total(), 0)
    if not totals:
        raise make_unreadable_error(str(path), "nothing to import")
    about = [f"{path}: {totals.total():,} secrets, of which {len(shown):,} are shown.",
             f"Recognised as {long_file.describe(path)}.", *reader.notes]
    return PlannedImport(shown, about, reader.left_behind, originals, totals, frozenset(reader.useful))


def rename_in_plan(
    vault: Vault, region: str, planned: PlannedImport, before: ImportChoices, choices: ImportChoices
) -> PlannedImport:
    """The plan with new names for secrets that it shows, without reading the file again. Raises SmtuiError.

    Whether another secret of the file has such a name is only known when it is imported, which is then refused.
    """
    target = ImportTarget(vault, region)
    steps, originals, totals = [*planned.steps], {**planned.originals}, Counter(planned.totals or ())
    changed = {original: name for original, name in choices.names.items() if before.names.get(original) != name}
    for index, step in enumerate(planned.steps):
        original = planned.originals[step.entry.name]
        if original in changed:
            [steps[index]] = make_plan(target, [step.entry.rename(changed[original])], Action.SKIP)
            del originals[step.entry.name]
            originals[changed[original]] = original
            totals[step.action] -= 1
            totals[steps[index].action] += 1
    return replace(planned, steps=steps, originals=originals, totals=+totals)


def apply_long_import(
    vault: Vault, region: str, path: Path, accepted: AcceptedImport, progress: Progress
) -> ImportedSecrets:
    """Imports the file in one transaction, and reads the undo information. Runs in a job.

    Raises:
        SmtuiError: the file or the vault has changed since the plan, or the vault refuses a secret.
    """
    done: Counter[Action] = Counter()
    written: deque[ImportedSecret] = deque()
    reader = _LongReader(path, accepted.choices)
    total = accepted.expected.total()

    def list_included() -> Iterator[Entry]:
        for entry in reader.read():
            if reader.originals.pop(entry.name) not in accepted.excluded:
                yield entry
            else:
                done[Action.SKIP] += 1

    def write_all() -> Iterator[ImportedSecret]:
        for step in import_entries(ImportTarget(vault, region), list_included(), accepted.on_difference, written):
            done[step.action] += 1
            progress("importing", done.total(), total)
            while written:
                yield written.popleft()

    with vault.transaction(large=True):
        with interrupt_with(lambda: progress("importing", done.total(), total)):
            imported = note_each(vault, region, write_all())
        if +done != accepted.expected:
            raise make_unreadable_error(str(path), "the file or the vault has changed since the preview")
        return imported
