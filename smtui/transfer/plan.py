"""What an import would do, entry by entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from smtui.api.limits import MAX_BATCH_SIZE
from smtui.transfer.entry import Entry, Value

if TYPE_CHECKING:
    from smtui.api.types import Client
    from smtui.transfer.bringing import Into

NOT_THERE = "ResourceNotFoundException"
Progress = Callable[[str, int, int], None]


class Verdict(StrEnum):
    CREATE = "create"
    UPDATE = "new version"
    UNCHANGED = "unchanged"
    SKIP = "skip"
    EMPTY = "empty"
    CONFLICT = "conflict"


SUMMED_UP = {
    Verdict.CREATE: "new secrets", Verdict.UPDATE: "new versions", Verdict.UNCHANGED: "unchanged",
    Verdict.SKIP: "left alone", Verdict.EMPTY: "empty", Verdict.CONFLICT: "conflicts",
}
CHANGING = (Verdict.CREATE, Verdict.UPDATE)


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one entry; `reason` says why where it is a conflict.

    `seen` is the version whose value the entry was compared with.
    """

    entry: Entry
    verdict: Verdict
    reason: str = ""
    seen: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Current:
    """The value a secret has, and its version."""

    value: Value | None
    version: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What cannot be read, and why: a sentence."""

    reason: str


def plan(
    into: Into, entries: Sequence[Entry], on_difference: Verdict, progress: Progress | None = None
) -> list[Step]:
    """Compares the entries with the vault. A secret there with another value gets `on_difference`.

    All names are looked up first; only the values of secrets that are there are read, and those reads are recorded.
    """
    with_value, refused = into.look_up(entry.name for entry in entries)
    steps: list[Step] = []
    for start in range(0, len(entries), MAX_BATCH_SIZE):
        several = entries[start : start + MAX_BATCH_SIZE]
        held = _values(into.client(None), [entry.name for entry in several if entry.value and entry.name in with_value])
        steps += (_step(entry, held, refused, on_difference) for entry in several)
        if progress:
            progress("comparing", len(steps), len(entries))
    return steps


def _values(client: Client, names: Sequence[str]) -> dict[str, Current | Refused]:
    """The current value of each of so many secrets, or why it cannot be read."""
    if not names:
        return {}
    answer: Any = client.batch_get_secret_value(SecretIdList=list(names))
    values = {each["Name"]: Current(each.get("SecretString", each.get("SecretBinary")), each["VersionId"])
              for each in answer["SecretValues"]}
    errors = [error for error in answer["Errors"] if error["ErrorCode"] != NOT_THERE]
    refused = {error["SecretId"]: Refused(error["Message"]) for error in errors}
    return {**values, **refused}


def _step(
    entry: Entry, held: Mapping[str, Current | Refused], refused: Mapping[str, str], on_difference: Verdict
) -> Step:
    if not entry.value:
        return Step(entry, Verdict.EMPTY)
    if entry.name in refused:
        return Step(entry, Verdict.CONFLICT, refused[entry.name].rstrip("."))
    if entry.name not in held:
        return Step(entry, Verdict.CREATE)
    found = held[entry.name]
    if isinstance(found, Refused):
        return Step(entry, Verdict.CONFLICT, found.reason.rstrip("."))
    return _compared(entry, found, on_difference)


def _compared(entry: Entry, held: Current, on_difference: Verdict) -> Step:
    if held.value == entry.value:
        return Step(entry, Verdict.UNCHANGED)
    reason = "it is there with another value" if on_difference is Verdict.CONFLICT else ""
    return Step(entry, on_difference, reason, held.version)


def summary(steps: Iterable[Step]) -> str:
    """`new secrets 3, unchanged 1`."""
    return summed_up(Counter(step.verdict for step in steps))


def summed_up(counts: Mapping[Verdict, int]) -> str:
    return ", ".join(f"{SUMMED_UP[verdict]} {counts[verdict]:,}" for verdict in Verdict if counts[verdict])
