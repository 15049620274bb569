"""Applies an import: new secrets in batches, new versions of existing secrets one by one.

An error names the secret it is about. The caller holds the transaction and rolls it back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Any, TypeVar

from smtui.api.errors import (
    ChangedMeanwhileError,
    ClientError,
    InvalidRequestException,
    ResourceExistsException,
    SmtuiError,
)
from smtui.rules.compare_and_swap import StoreResult, store_value
from smtui.rules.labels import AWSCURRENT
from smtui.transfer.entry import Entry
from smtui.transfer.entry_limits import find_metadata_problem, find_problem
from smtui.transfer.plan import Action, Progress, Step, drop_unused_metadata, make_plan
from smtui.transfer.target import ImportTarget, make_value_parameters

Item = TypeVar("Item")
BATCH = 250
"""Secrets per call; their values, each up to `limits.MAX_VALUE_BYTES` long, are in memory several times."""


@dataclass(frozen=True, slots=True)
class ImportedSecret:
    """A secret that an import has written, without its value.

    `owner` is the AWS service that manages it, if any. `before` maps each staging label to its version immediately
    before the import, or is None if the secret is new. `versions` is how many versions a new secret got.
    """

    name: str
    owner: str | None
    before: Mapping[str, str] | None = None
    versions: int = 1


Written = list[ImportedSecret] | deque[ImportedSecret]


def import_entries(
    target: ImportTarget, entries: Iterable[Entry], on_difference: Action, written: Written | None = None
) -> Iterator[Step]:
    """Imports entries without a plan, for more of them than fit in memory. Yields what was done with each.

    The caller rolls everything back if a step is a conflict.

    Args:
        on_difference: what to do with an existing secret that has a different value.
        written: gets an item for each secret that is written.

    Raises:
        ClientError: if the vault refuses an entry.
    """
    written = deque(maxlen=0) if written is None else written
    for several in _group(entries, key=lambda entry: entry.owner):
        with_value, _ = target.look_up(entry.name for entry in several)
        several = drop_unused_metadata(target, several, with_value)
        new = [entry for entry in several if entry.value and entry.name not in with_value
               and not find_problem(entry) and not find_metadata_problem(entry.metadata)]
        refusals = dict(zip((entry.name for entry in new), target.create(several[0].owner, new), strict=True))
        for entry in several:
            with _name_in_errors(entry):
                if entry.name in refusals:
                    yield _finish_creation(target, entry, refusals[entry.name], on_difference, written)
                else:
                    yield _update_if_different(target, entry, on_difference, written)


def _finish_creation(
    target: ImportTarget, entry: Entry, refusal: ClientError | None, on_difference: Action,
    written: Written,
) -> Step:
    """The step for an entry whose creation was tried. An existing secret refuses it and is compared instead."""
    if refusal is None:
        written.append(ImportedSecret(entry.name, entry.owner, versions=len(entry.history) + 1))
        return Step(entry, Action.CREATE)
    if not isinstance(refusal, ResourceExistsException | InvalidRequestException):
        raise refusal
    step = _update_if_different(target, entry, on_difference, written)
    if step.action is Action.CREATE:
        stored = _put_first(target, entry, refusal)
        written.append(ImportedSecret(entry.name, entry.owner, stored.before))
    return step


def _update_if_different(
    target: ImportTarget, entry: Entry, on_difference: Action, written: Written
) -> Step:
    """The step for an existing secret, or for an entry without a value."""
    [step] = make_plan(target, [entry], on_difference)
    if step.action is Action.UPDATE:
        stored = _put(target, entry, step.seen)
        written.append(ImportedSecret(entry.name, entry.owner, stored.before))
    return step


def apply_plan(
    target: ImportTarget, steps: Sequence[Step], progress: Progress | None = None
) -> list[ImportedSecret]:
    """Creates the planned secrets and versions. Returns one item for each.

    Raises:
        ChangedMeanwhileError: if a secret has changed since the plan was made.
        ClientError: if the vault refuses an entry.
    """
    written: list[ImportedSecret] = []
    done = 0
    for several in _group(steps, key=lambda step: (step.action, step.entry.owner)):
        action = several[0].action
        if action is Action.CREATE:
            written += _create(target, [step.entry for step in several])
        if action is Action.UPDATE:
            for step in several:
                with _name_in_errors(step.entry):
                    stored = _put(target, step.entry, step.seen)
                written.append(ImportedSecret(step.entry.name, step.entry.owner, stored.before))
        done += len(several)
        if progress:
            progress("importing", done, len(steps))
    return written


def _create(target: ImportTarget, entries: Sequence[Entry]) -> Iterator[ImportedSecret]:
    """Creates secrets of one owner."""
    for entry, refusal in zip(entries, target.create(entries[0].owner, entries), strict=True):
        if refusal is None:
            yield ImportedSecret(entry.name, entry.owner, versions=len(entry.history) + 1)
            continue
        with _name_in_errors(entry):
            stored = _put_first(target, entry, refusal)
        yield ImportedSecret(entry.name, entry.owner, stored.before)


def _put(target: ImportTarget, entry: Entry, seen: str | None) -> StoreResult:
    """Stores a new version if AWSCURRENT is still on version `seen`. The caller holds the transaction, if any."""
    request: Any = {"SecretId": entry.name, **make_value_parameters(entry.value)}
    transaction = nullcontext if target.vault.can.is_atomic else None
    try:
        return store_value(target.client(entry.owner), request, {AWSCURRENT: seen}, transaction=transaction)
    except ChangedMeanwhileError as error:
        error.args = (f"{entry.name} was changed by someone else after the preview of this import.",)
        error.hint = "Nothing was imported. Repeat the import to see what would be replaced."
        raise


def _put_first(target: ImportTarget, entry: Entry, refusal: ClientError) -> StoreResult:
    """Stores the first value of a secret that has none, and its older ones. Raises `refusal` for any other secret."""
    if not isinstance(refusal, ResourceExistsException) or \
            "VersionIdsToStages" in target.client(entry.owner).describe_secret(SecretId=entry.name):
        raise refusal
    oldest, *newer = (*entry.history, entry.value)
    stored = _put(target, replace(entry, value=oldest), None)
    target.add_versions(entry, newer)
    return stored


def apply_each(target: ImportTarget, steps: Sequence[Step], progress: Progress | None = None) -> None:
    """Applies the steps one by one, for a context without transactions. What is done stays.

    Repeating the import continues it, because secrets that have their value already are unchanged.

    Raises:
        SmtuiError: of the first step that fails; its hint says how many are done.
    """
    for done, step in enumerate(steps):
        try:
            apply_plan(target, [step])
        except SmtuiError as error:
            progress_words = describe_progress(done, len(steps))
            advice = "" if isinstance(error, ClientError) else error.hint
            error.hint = f"Affected: {step.entry.name} ({step.entry.place}). {progress_words} {advice}".rstrip()
            raise
        if progress:
            progress("importing", done + 1, len(steps))


def describe_progress(done: int, total: int) -> str:
    """Says what an import without a transaction has done so far, and how to continue it."""
    return f"{done:,} of {total:,} changes are applied and stay. To continue, run the same import again."


def _group(items: Iterable[Item], key: Callable[[Item], Any]) -> Iterator[list[Item]]:
    """Groups of adjacent items with the same key, at most BATCH each."""
    for _, group in groupby(items, key):
        while several := list(islice(group, BATCH)):
            yield several


@contextmanager
def _name_in_errors(entry: Entry) -> Iterator[None]:
    """Adds the entry's name and place to the hint of an error."""
    try:
        yield
    except ClientError as error:
        error.hint = f"Affected: {entry.name} ({entry.place}). Nothing was imported."
        raise
