"""What an import would do, entry by entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from smtui.transfer.entry import Entry, Value

if TYPE_CHECKING:
    from smtui.api.types import Client

BATCH = 20  # what one BatchGetSecretValue takes
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
    """What happens to one entry; `reason` says why where it is a conflict."""

    entry: Entry
    verdict: Verdict
    reason: str = ""


def plan(
    client: Client, entries: Sequence[Entry], on_difference: Verdict, progress: Progress | None = None
) -> list[Step]:
    """Compares the entries with the vault. A secret there with another value gets `on_difference`."""
    steps: list[Step] = []
    for start in range(0, len(entries), BATCH):
        steps += judged(client, entries[start : start + BATCH], on_difference)
        if progress:
            progress("comparing", len(steps), len(entries))
    return steps


def judged(client: Client, entries: Sequence[Entry], on_difference: Verdict) -> Iterator[Step]:
    asked = [entry.name for entry in entries if entry.value]
    answer: Any = client.batch_get_secret_value(SecretIdList=asked) if asked else {"SecretValues": [], "Errors": []}
    held = {secret["Name"]: secret.get("SecretString", secret.get("SecretBinary")) for secret in answer["SecretValues"]}
    errors = {error["SecretId"]: error for error in answer["Errors"]}
    for entry in entries:
        error = errors.get(entry.name)
        if not entry.value:
            yield Step(entry, Verdict.EMPTY)
        elif entry.name in held:
            yield _compared(entry, held[entry.name], on_difference)
        elif error is None or error["ErrorCode"] == NOT_THERE:
            yield Step(entry, Verdict.CREATE)
        else:
            yield Step(entry, Verdict.CONFLICT, error["Message"].rstrip("."))


def _compared(entry: Entry, held: Value | None, on_difference: Verdict) -> Step:
    if held == entry.value:
        return Step(entry, Verdict.UNCHANGED)
    reason = "it is there with another value" if on_difference is Verdict.CONFLICT else ""
    return Step(entry, on_difference, reason)


def summary(steps: Iterable[Step]) -> str:
    """`new secrets 3, unchanged 1`."""
    return summed_up(Counter(step.verdict for step in steps))


def summed_up(counts: Mapping[Verdict, int]) -> str:
    return ", ".join(f"{SUMMED_UP[verdict]} {counts[verdict]:,}" for verdict in Verdict if counts[verdict])
