"""What an import would do, entry by entry, and the doing of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from smtui.api.errors import ClientError, ResourceExistsException
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
        steps += _judged(client, entries[start : start + BATCH], on_difference)
        if progress:
            progress("comparing", len(steps), len(entries))
    return steps


def _judged(client: Client, entries: Sequence[Entry], on_difference: Verdict) -> Iterator[Step]:
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
    counts = Counter(step.verdict for step in steps)
    return ", ".join(f"{SUMMED_UP[verdict]} {counts[verdict]:,}" for verdict in Verdict if counts[verdict])


def carry_out(
    client_for: Callable[[str | None], Client], steps: Sequence[Step], progress: Progress | None = None
) -> None:
    """Makes secrets and versions, each in the name of the service that manages it, if one does.

    An error names the entry it came from; undoing the rest is the caller's part.
    """
    for done, step in enumerate(steps, 1):
        try:
            _carry_out(client_for(step.entry.owner), step)
        except ClientError as error:
            error.hint = f"That was {step.entry.name} ({step.entry.place}). Nothing was imported."
            raise
        if progress:
            progress("importing", done, len(steps))


def _carry_out(client: Client, step: Step) -> None:
    value = step.entry.value
    member: Any = {"SecretBinary": value} if isinstance(value, bytes) else {"SecretString": value}
    if step.verdict is Verdict.UPDATE:
        client.put_secret_value(SecretId=step.entry.name, **member)
    if step.verdict is Verdict.CREATE:
        _create(client, step.entry.name, member, step.entry.about)


def _create(client: Client, name: str, member: Any, about: Any) -> None:
    """A new secret; or the first value of one that was made without."""
    try:
        client.create_secret(Name=name, **member, **about)
    except ResourceExistsException:
        if "VersionIdsToStages" in client.describe_secret(SecretId=name):
            raise
        client.put_secret_value(SecretId=name, **member)
