"""The doing of an import: new secrets many at once, and one by one where that is refused.

One that cannot be is named in the error; to undo the rest is the part of whoever holds the transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from smtui.api.errors import ClientError, InvalidRequestException, ResourceExistsException
from smtui.transfer.entry import Entry
from smtui.transfer.plan import Progress, Step, Verdict, judged

if TYPE_CHECKING:
    from smtui.api.types import Client

Item = TypeVar("Item")
TOGETHER = 100  # their values, of up to 64 KB each, are in memory several times


class Vault(Protocol):
    """What an import needs of a vault; see `smtui.Vault`."""

    def owner(self, service: str | None = None) -> Any: ...
    def client(self, *, region_name: str | None = None, caller: Any = None) -> Client: ...
    def create_secrets(
        self, requests: Sequence[dict[str, Any]], *, region_name: str | None = None, caller: Any = None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Into:
    """A Region of a vault; by default the home Region. Each secret is made by the service that manages it, if any."""

    vault: Vault
    region: str | None = None

    def client(self, owner: str | None) -> Client:
        return self.vault.client(region_name=self.region, caller=self.vault.owner(owner))

    def create(self, owner: str | None, entries: Iterable[Entry]) -> bool:
        """Makes new secrets of them all, or, where any of them is refused, of none."""
        requests = [_request(entry) for entry in entries]
        try:
            self.vault.create_secrets(requests, region_name=self.region, caller=self.vault.owner(owner))
        except ClientError:
            return False
        return True


def bring_in(into: Into, entries: Iterable[Entry], on_difference: Verdict) -> Iterator[Step]:
    """Tries all entries and tells what came of each: for more of them than could be planned beforehand.

    Whoever meets a conflict is to undo it all.
    """
    for several in _alike(entries, key=lambda entry: entry.owner):
        owner = several[0].owner
        if into.create(owner, (entry for entry in several if entry.value)):
            yield from (Step(entry, Verdict.CREATE if entry.value else Verdict.EMPTY) for entry in several)
            continue
        for entry in several:
            with _named(entry):
                step = _brought_in(into.client(owner), entry, on_difference)
            yield step


def _brought_in(client: Client, entry: Entry, on_difference: Verdict) -> Step:
    """A new secret costs one call, and no question whether it is there."""
    if not entry.value:
        return Step(entry, Verdict.EMPTY)
    try:
        client.create_secret(**_request(entry))
    except (ResourceExistsException, InvalidRequestException):
        [step] = judged(client, [entry], on_difference)
        _carry_out(client, step)
        return step
    return Step(entry, Verdict.CREATE)


def carry_out(into: Into, steps: Sequence[Step], progress: Progress | None = None) -> None:
    """Makes the secrets and versions that were planned."""
    done = 0
    for several in _alike(steps, key=lambda step: (step.verdict, step.entry.owner)):
        verdict, owner = several[0].verdict, several[0].entry.owner
        if verdict is not Verdict.CREATE or not into.create(owner, (step.entry for step in several)):
            for step in several:
                with _named(step.entry):
                    _carry_out(into.client(owner), step)
        done += len(several)
        if progress:
            progress("importing", done, len(steps))


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


def _value(entry: Entry) -> dict[str, Any]:
    return {"SecretBinary" if isinstance(entry.value, bytes) else "SecretString": entry.value}


def _request(entry: Entry) -> dict[str, Any]:
    return {"Name": entry.name, **_value(entry), **entry.about}


def _carry_out(client: Client, step: Step) -> None:
    if step.verdict is Verdict.UPDATE:
        client.put_secret_value(SecretId=step.entry.name, **_value(step.entry))
    if step.verdict is Verdict.CREATE:
        _create(client, step.entry)


def _create(client: Client, entry: Entry) -> None:
    """A new secret; or the first value of one that was made without."""
    try:
        client.create_secret(**_request(entry))
    except ResourceExistsException:
        if "VersionIdsToStages" in client.describe_secret(SecretId=entry.name):
            raise
        client.put_secret_value(SecretId=entry.name, **_value(entry))
