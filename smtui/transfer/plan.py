"""Plans an import: compares each entry with the vault and decides what to do with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from smtui.api.limits import MAX_BATCH_SIZE
from smtui.transfer.entry import Entry, Value
from smtui.transfer.entry_limits import find_metadata_problem, find_problem
from smtui.transfer.item import LeftBehind

if TYPE_CHECKING:
    from smtui.api.types import Client
    from smtui.transfer.target import ImportTarget

NOT_THERE = "ResourceNotFoundException"
Progress = Callable[[str, int, int], None]


class Action(StrEnum):
    """What an import does with an entry."""

    CREATE = "create"
    UPDATE = "new version"
    UNCHANGED = "unchanged"
    SKIP = "skip"
    EMPTY = "empty"
    CONFLICT = "conflict"


LABELS = {
    Action.CREATE: "new secrets", Action.UPDATE: "new versions", Action.UNCHANGED: "unchanged",
    Action.SKIP: "skipped", Action.EMPTY: "empty", Action.CONFLICT: "conflicts",
}
CHANGES = (Action.CREATE, Action.UPDATE)
WITHOUT_HISTORY = (Action.UPDATE, Action.UNCHANGED, Action.SKIP)
"""What is done with secrets that exist, whose versions an import does not touch."""


@dataclass(frozen=True, slots=True)
class Step:
    """The action for one entry; `reason` explains a conflict.

    `seen` is the ID of the version that the entry was compared with.
    """

    entry: Entry
    action: Action
    reason: str = ""
    seen: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class CurrentValue:
    """The current value of a secret, and its version ID."""

    value: Value | None
    version: str


@dataclass(frozen=True, slots=True)
class UnreadableValue:
    """A secret whose value cannot be read; `reason` is a sentence."""

    reason: str


def make_plan(
    target: ImportTarget, entries: Sequence[Entry], on_difference: Action, progress: Progress | None = None
) -> list[Step]:
    """Compares the entries with the vault. Returns one step for each entry, in order.

    All names are looked up first. Only the values of existing secrets are read, and the audit log records those reads.

    Args:
        on_difference: the action for an existing secret with a different value.
        progress: is called as `progress(what, done, total)`.

    Raises:
        ClientError: if the vault refuses to be read.
    """
    with_value, refused = target.look_up(entry.name for entry in entries)
    entries = drop_unused_metadata(target, entries, with_value)
    steps: list[Step] = []
    for start in range(0, len(entries), MAX_BATCH_SIZE):
        several = entries[start : start + MAX_BATCH_SIZE]
        names = [entry.name for entry in several if entry.value and entry.name in with_value]
        held = _read_values(target.client(None), names)
        steps += (_decide(entry, held, refused, on_difference) for entry in several)
        if progress:
            progress("comparing", len(steps), len(entries))
    return steps


def drop_unused_metadata(target: ImportTarget, entries: Sequence[Entry], with_value: Container[str]) -> list[Entry]:
    """The entries, without metadata that exceeds a limit if their secrets exist without a value: it is not written."""
    return [replace(entry, metadata={}) if entry.name not in with_value and find_metadata_problem(entry.metadata)
            and target.has_secret(entry.name) else entry for entry in entries]


def _read_values(client: Client, names: Sequence[str]) -> dict[str, CurrentValue | UnreadableValue]:
    """The current value of each secret, or the reason why it cannot be read."""
    if not names:
        return {}
    answer: Any = client.batch_get_secret_value(SecretIdList=list(names))
    values = {each["Name"]: CurrentValue(each.get("SecretString", each.get("SecretBinary")), each["VersionId"])
              for each in answer["SecretValues"]}
    errors = [error for error in answer["Errors"] if error["ErrorCode"] != NOT_THERE]
    refused = {error["SecretId"]: UnreadableValue(error["Message"]) for error in errors}
    return {**values, **refused}


def _decide(
    entry: Entry, held: Mapping[str, CurrentValue | UnreadableValue], refused: Mapping[str, str], on_difference: Action
) -> Step:
    if not entry.value:
        return Step(entry, Action.EMPTY)
    if problem := find_problem(entry):
        return Step(entry, Action.CONFLICT, problem)
    if entry.name in refused:
        return Step(entry, Action.CONFLICT, refused[entry.name].rstrip("."))
    if entry.name not in held:
        problem = find_metadata_problem(entry.metadata)
        return Step(entry, Action.CONFLICT if problem else Action.CREATE, problem)
    found = held[entry.name]
    if isinstance(found, UnreadableValue):
        return Step(entry, Action.CONFLICT, found.reason.rstrip("."))
    return _compare(entry, found, on_difference)


def _compare(entry: Entry, held: CurrentValue, on_difference: Action) -> Step:
    if held.value == entry.value:
        return Step(entry, Action.UNCHANGED)
    reason = "exists with a different value" if on_difference is Action.CONFLICT else ""
    return Step(entry, on_difference, reason, held.version)


def count_unused_history(steps: Iterable[Step]) -> int:
    """The number of older values that stay behind: of a secret that exists, only the current value is imported."""
    return sum(len(step.entry.history) for step in steps if step.action in WITHOUT_HISTORY)


def describe_unused_history(number: int) -> list[LeftBehind]:
    """What to say about as many older values."""
    return [LeftBehind(number, "older value of a secret that exists", "older values of secrets that exist")
            ] if number else []


def summarize(steps: Iterable[Step]) -> str:
    """The counts of all actions, like `new secrets 3, unchanged 1`."""
    return format_counts(Counter(step.action for step in steps))


def format_counts(counts: Mapping[Action, int]) -> str:
    """Counts by action, like `new secrets 3, unchanged 1`."""
    return ", ".join(f"{LABELS[action]} {counts[action]:,}" for action in Action if counts[action])
