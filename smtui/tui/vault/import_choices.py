"""What the user chooses for an import in its plan, and the plan that is made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from smtui.transfer.combination import combine, describe_losses
from smtui.transfer.entry import Entry, add_prefixes, make_unreadable_error, refuse_duplicates
from smtui.transfer.item import LeftBehind
from smtui.transfer.opened_source import FileContent, OpenedSource
from smtui.transfer.plan import Action, Step, count_unused_history, describe_unused_history, make_plan
from smtui.transfer.reimport import keep_names
from smtui.transfer.switches import NO_SWITCHES, Switch
from smtui.transfer.target import ImportTarget

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.jobs.job import Progress


EXCLUDED = "excluded"
"""The reason of a step that the user has excluded."""
UNUSED_BY_ONE = frozenset({Switch.HISTORY, Switch.ATTACHMENTS})
"""Switches that change nothing if all entries are combined into one secret."""


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """What an import does with a file.

    Attributes:
        prefix: is added to every name.
        one_name: combines all entries into one JSON secret of this name; empty if each becomes a secret.
        switches: the switches that are on.
        names: the new names of secrets, by their names in the file.
    """

    prefix: str = ""
    one_name: str = ""
    switches: frozenset[Switch] = NO_SWITCHES
    names: Mapping[str, str] = field(default_factory=dict)

    def toggle(self, switch: Switch) -> ImportChoices:
        """These choices with the switch turned."""
        return replace(self, switches=self.switches ^ {switch})

    def list_switches(self, opened: OpenedSource) -> frozenset[Switch]:
        """The switches that change anything."""
        return opened.list_switches() - (UNUSED_BY_ONE if self.one_name else NO_SWITCHES)

    def rename(self, original: str, name: str) -> ImportChoices:
        """These choices with another name for the secret that has the name `original` in the file."""
        return replace(self, names={**self.names, original: name})


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """What the user had chosen in a plan whose import was refused, for the next plan of the same file.

    Attributes:
        file: the name of the file.
        choices: what the plan was made with.
        excluded: the names in the file of the secrets that were excluded.
    """

    file: str
    choices: ImportChoices
    excluded: frozenset[str]

    def is_for(self, file: str, choices: ImportChoices) -> bool:
        """Whether the form names the same file, prefix and secret as the refused import."""
        return (file, choices.prefix, choices.one_name) == (self.file, self.choices.prefix, self.choices.one_name)


@dataclass(frozen=True, slots=True)
class PlannedImport:
    """What an import would do.

    Attributes:
        steps: a step for each secret.
        about: sentences about the file: what it is, and what it lacks.
        left_behind: what is not imported.
        originals: the names in the file, by the names of the secrets.
        totals: the number of all steps by their action, if `steps` are only some of them.
        switches: the switches that change anything, if `steps` are only some of them.
    """

    steps: list[Step]
    about: list[str] = field(default_factory=list)
    left_behind: list[LeftBehind] = field(default_factory=list)
    originals: Mapping[str, str] = field(default_factory=dict)
    totals: Counter[Action] | None = None
    switches: frozenset[Switch] = NO_SWITCHES

    def count_actions(self, steps: Sequence[Step]) -> Counter[Action]:
        """The number of secrets for each action, with `steps` as the user has changed them."""
        if self.totals is None:
            return Counter(step.action for step in steps)
        counts = Counter(self.totals)
        update = any(step.action is Action.UPDATE for step in steps)
        if update:
            counts[Action.UPDATE] += counts.pop(Action.SKIP, 0)
        for planned, step in zip(self.steps, steps, strict=True):
            if step.reason == EXCLUDED:
                counts[Action.UPDATE if update and planned.action is Action.SKIP else planned.action] -= 1
                counts[Action.SKIP] += 1
        return +counts

    def list_excluded(self, steps: Sequence[Step]) -> frozenset[str]:
        """The names in the file of the secrets that the user has excluded."""
        return frozenset(self.originals.get(step.entry.name, step.entry.name)
                         for step in steps if step.reason == EXCLUDED)

    def list_sentences(self) -> list[str]:
        """What is said about the file."""
        left = "; ".join(map(str, self.left_behind))
        return [*self.about, f"Not imported: {left}."] if left else self.about


@dataclass(frozen=True, slots=True)
class NamedEntries:
    """The entries of a file under their new names.

    Attributes:
        content: what the file is.
        originals: the names in the file.
        entries: the entries, in the same order.
        refused: why some cannot be imported, by their names in the file.
    """

    content: FileContent
    originals: list[str]
    entries: list[Entry]
    refused: Mapping[str, str]


def name_entries(opened: OpenedSource, choices: ImportChoices) -> NamedEntries:
    """Makes the entries of a file as the user chose, but for single names that were changed. Raises TransferError."""
    content = opened.apply_switches(choices.switches - UNUSED_BY_ONE if choices.one_name else choices.switches)
    refuse_duplicates(content.entries)
    if not content.entries:
        raise make_unreadable_error(opened.name, "nothing to import")
    if not choices.one_name:
        names = [entry.name for entry in content.entries]
        return NamedEntries(content, names, add_prefixes(content.entries, choices.prefix), content.refused)
    reason = next((f"{name} {reason}" for name, reason in content.refused.items()), "")
    refused = {choices.one_name: reason} if reason else {}
    content = replace(content, left_behind=describe_losses(content.entries, content.left_behind))
    return NamedEntries(content, [choices.one_name], [combine(content.entries, choices.one_name)], refused)


def plan_import(
    vault: Vault, region: str, opened: OpenedSource, choices: ImportChoices, progress: Progress
) -> PlannedImport:
    """Plans the import of a file. Runs in a job.

    Raises:
        SmtuiError: the choices do not fit the file, or two secrets would have one name; or the vault cannot be read.
    """
    named = name_entries(opened, choices)
    target = ImportTarget(vault, region)
    kept = keep_names(target, named.entries, choices.prefix)
    renamed = [entry.rename(choices.names.get(original, entry.name))
               for original, entry in zip(named.originals, kept, strict=True)]
    refuse_duplicates(renamed)
    steps = make_plan(target, renamed, Action.SKIP, progress)
    originals = {entry.name: original for original, entry in zip(named.originals, renamed, strict=True)}
    return PlannedImport(
        [_refuse(step, named.refused.get(originals[step.entry.name], "")) for step in steps],
        [named.content.what, *named.content.notes],
        [*named.content.left_behind, *describe_unused_history(count_unused_history(steps))], originals)


def _refuse(step: Step, reason: str) -> Step:
    return replace(step, action=Action.CONFLICT, reason=reason) if reason else step
