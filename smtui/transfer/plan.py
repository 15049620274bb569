"""What an import would do, entry by entry, and the doing of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from smtui.api.errors import ClientError, InvalidRequestException, ResourceExistsException
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


def bring_in(
    client_for: Callable[[str | None], Client], entries: Iterable[Entry], on_difference: Verdict
) -> Iterator[Step]:
    """Tries each entry in turn and tells what came of it: for more of them than could be planned beforehand.

    Whoever meets a conflict is to undo it all. An error names the entry it came from.
    """
    for entry in entries:
        with _named(entry):
            step = _brought_in(client_for(entry.owner), entry, on_difference)
        yield step


def _brought_in(client: Client, entry: Entry, on_difference: Verdict) -> Step:
    """A new secret costs one call, and no question whether it is there."""
    if not entry.value:
        return Step(entry, Verdict.EMPTY)
    try:
        client.create_secret(Name=entry.name, **_member(entry), **entry.about)
    except (ResourceExistsException, InvalidRequestException):
        [step] = _judged(client, [entry], on_difference)
        _carry_out(client, step)
        return step
    return Step(entry, Verdict.CREATE)


def summary(steps: Iterable[Step]) -> str:
    """`new secrets 3, unchanged 1`."""
    return summed_up(Counter(step.verdict for step in steps))


def summed_up(counts: Mapping[Verdict, int]) -> str:
    return ", ".join(f"{SUMMED_UP[verdict]} {counts[verdict]:,}" for verdict in Verdict if counts[verdict])


def carry_out(
    client_for: Callable[[str | None], Client], steps: Sequence[Step], progress: Progress | None = None
) -> None:
    """Makes secrets and versions, each in the name of the service that manages it, if one does.

    An error names the entry it came from; undoing the rest is the caller's part.
    """
    for done, step in enumerate(steps, 1):
        with _named(step.entry):
            _carry_out(client_for(step.entry.owner), step)
        if progress:
            progress("importing", done, len(steps))


@contextmanager
def _named(entry: Entry) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        error.hint = f"That was {entry.name} ({entry.place}). Nothing was imported."
        raise


def _member(entry: Entry) -> Any:
    return {"SecretBinary": entry.value} if isinstance(entry.value, bytes) else {"SecretString": entry.value}


def _carry_out(client: Client, step: Step) -> None:
    member = _member(step.entry)
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
