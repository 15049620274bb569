"""The doing of an import: new secrets many at once, what is there already one by one.

One that cannot be is named in the error; to undo the rest is the part of whoever holds the transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from smtui.api.errors import ChangedMeanwhileError, ClientError, InvalidRequestException, ResourceExistsException
from smtui.compare_and_swap import Stored, store_value
from smtui.labels import AWSCURRENT
from smtui.transfer.entry import Entry
from smtui.transfer.plan import Progress, Step, Verdict, plan

if TYPE_CHECKING:
    from smtui.api.types import Client

Item = TypeVar("Item")
TOGETHER = 250  # their values, each as long as a value may be, are in memory several times


class Vault(Protocol):
    """What an import needs of a vault; see `smtui.Vault`."""

    def owner(self, service: str | None = None) -> Any: ...
    def client(self, *, region_name: str | None = None, caller: Any = None) -> Client: ...
    def look_up_names(
        self, names: Sequence[str], *, region_name: str | None = None
    ) -> tuple[set[str], dict[str, str]]: ...
    def create_secrets(
        self, requests: Sequence[dict[str, Any]], *, region_name: str | None = None, caller: Any = None
    ) -> list[ClientError | None]: ...


@dataclass(frozen=True, slots=True)
class Written:
    """A secret that an import wrote to, without its value, and the AWS service that manages it, if any.

    `before` maps each label to its version, as they were immediately before; None where the secret is new.
    """

    name: str
    owner: str | None
    before: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Into:
    """A Region of a vault; by default the home Region. Each secret is made by the service that manages it, if any."""

    vault: Vault
    region: str | None = None

    def client(self, owner: str | None) -> Client:
        return self.vault.client(region_name=self.region, caller=self.vault.owner(owner))

    def look_up(self, names: Iterable[str]) -> tuple[set[str], dict[str, str]]:
        """Which names are those of secrets with a value, and which cannot be given one, with the reason."""
        return self.vault.look_up_names(list(names), region_name=self.region)

    def create(self, owner: str | None, entries: Iterable[Entry]) -> list[ClientError | None]:
        """Makes new secrets; answers with the refusal of each that was refused."""
        requests = [{"Name": entry.name, **_value(entry), **entry.about} for entry in entries]
        return self.vault.create_secrets(requests, region_name=self.region, caller=self.vault.owner(owner))


def bring_in(into: Into, entries: Iterable[Entry], on_difference: Verdict) -> Iterator[Step]:
    """Tries each entry and tells what came of it: for more of them than could be planned beforehand.

    Whoever meets a conflict is to undo it all.
    """
    for several in _alike(entries, key=lambda entry: entry.owner):
        with_value, _ = into.look_up(entry.name for entry in several)
        new = [entry for entry in several if entry.value and entry.name not in with_value]
        refusals = dict(zip((entry.name for entry in new), into.create(several[0].owner, new), strict=True))
        for entry in several:
            with _named(entry):
                if entry.name in refusals:
                    yield _created(into, entry, refusals[entry.name], on_difference)
                else:
                    yield _compared(into, entry, on_difference)


def _created(into: Into, entry: Entry, refusal: ClientError | None, on_difference: Verdict) -> Step:
    """What came of a secret that had to be new."""
    if refusal is None:
        return Step(entry, Verdict.CREATE)
    if not isinstance(refusal, ResourceExistsException | InvalidRequestException):
        raise refusal
    step = _compared(into, entry, on_difference)
    if step.verdict is Verdict.CREATE:
        _put_first(into.client(entry.owner), entry, refusal)
    return step


def _compared(into: Into, entry: Entry, on_difference: Verdict) -> Step:
    """What came of a secret that is there, or of an entry without a value."""
    [step] = plan(into, [entry], on_difference)
    if step.verdict is Verdict.UPDATE:
        _put(into.client(entry.owner), entry, step.seen)
    return step


def carry_out(into: Into, steps: Sequence[Step], progress: Progress | None = None) -> list[Written]:
    """Makes the secrets and versions that were planned; answers with one item for each."""
    written: list[Written] = []
    done = 0
    for several in _alike(steps, key=lambda step: (step.verdict, step.entry.owner)):
        verdict = several[0].verdict
        if verdict is Verdict.CREATE:
            written += _create(into, [step.entry for step in several])
        if verdict is Verdict.UPDATE:
            for step in several:
                with _named(step.entry):
                    stored = _put(into.client(step.entry.owner), step.entry, step.seen)
                written.append(Written(step.entry.name, step.entry.owner, stored.before))
        done += len(several)
        if progress:
            progress("importing", done, len(steps))
    return written


def _create(into: Into, entries: Sequence[Entry]) -> Iterator[Written]:
    """New secrets of one owner."""
    for entry, refusal in zip(entries, into.create(entries[0].owner, entries), strict=True):
        if refusal is None:
            yield Written(entry.name, entry.owner)
            continue
        with _named(entry):
            stored = _put_first(into.client(entry.owner), entry, refusal)
        yield Written(entry.name, entry.owner, stored.before)


def _put(client: Client, entry: Entry, seen: str | None) -> Stored:
    """A new version, if AWSCURRENT is still where the plan `seen` it, in the transaction of the caller."""
    request: Any = {"SecretId": entry.name, **_value(entry)}
    try:
        return store_value(client, request, {AWSCURRENT: seen}, transaction=nullcontext)
    except ChangedMeanwhileError as error:
        error.args = (f"{entry.name} was changed by somebody else after the plan of this import was made.",)
        error.hint = "Nothing was imported. Import again to see what would be replaced."
        raise


def _put_first(client: Client, entry: Entry, refusal: ClientError) -> Stored:
    """The first value of a secret that was made without one; any other stays refused."""
    if not isinstance(refusal, ResourceExistsException) or \
            "VersionIdsToStages" in client.describe_secret(SecretId=entry.name):
        raise refusal
    return _put(client, entry, None)


def _alike(items: Iterable[Item], key: Callable[[Item], Any]) -> Iterator[list[Item]]:
    """Neighbours that have the key in common, so many at a time."""
    for _, alike in groupby(items, key):
        while several := list(islice(alike, TOGETHER)):
            yield several


@contextmanager
def _named(entry: Entry) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        error.hint = f"That was {entry.name} ({entry.place}). Nothing was imported."
        raise


def _value(entry: Entry) -> Any:
    return {"SecretBinary" if isinstance(entry.value, bytes) else "SecretString": entry.value}
