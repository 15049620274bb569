"""Writing what one edits, unless it was changed since it was read: one function for every front and every context.

`store_value` speaks boto3's calling shape only. Where the caller has a transaction, as a local vault has, comparing
and storing happen inside one. Elsewhere the service compares: the value is put under a label of our own, and
AWSCURRENT moves with `RemoveFromVersionId`, which is refused where it is attached to another version by then. Killed
between two calls, that leaves AWSCURRENT where it was or on the new version, and at most our label as well. The first
value of a secret is AWSCURRENT from its first call on, as the service attaches that label itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from smtui.api.errors import ChangedMeanwhileError
from smtui.rules import labels
from smtui.rules.labels import AWSCURRENT, AWSPENDING, AWSPREVIOUS
from smtui.system.ambient import Ambient

if TYPE_CHECKING:
    from smtui.api.types import Client, PutSecretValueRequest, PutSecretValueResponse

Result = TypeVar("Result")
Transaction = Callable[[], AbstractContextManager[None]]
"""`vault.transaction`, or another that makes the calls inside of it one."""
Holders = Mapping[str, str | None]
"""Labels with the version each is attached to; None where it is attached to none."""

OWN_LABEL = "smtui-"
"""How the label begins under which a value waits; the rest is the request's token."""
_NEW = "the new version"


@dataclass(frozen=True, slots=True)
class StoreResult:
    """The answer of PutSecretValue, and the labels as they were immediately before."""

    response: PutSecretValueResponse
    before: Mapping[str, str]


def read_labels(client: Client, secret_id: str) -> dict[str, str]:
    """Each label of a secret with its version, from whichever operation the caller may use.

    Someone who may only read the value learns where AWSCURRENT is, and nothing else. Raises the refusal of
    DescribeSecret where none of them may be used.
    """
    try:
        described = client.describe_secret(SecretId=secret_id).get("VersionIdsToStages", {})
        return {label: version for version, attached in described.items() for label in attached}
    except client.exceptions.ClientError as refusal:
        if _get_error_code(refusal) != "AccessDeniedException":
            raise
        for read in (_read_listed_labels, _read_current_label):
            with suppress(client.exceptions.ClientError):
                return read(client, secret_id)
        raise


def _read_listed_labels(client: Client, secret_id: str) -> dict[str, str]:
    pages = client.get_paginator("list_secret_version_ids").paginate(SecretId=secret_id)
    return {label: each["VersionId"] for page in pages for each in page["Versions"] for label in each["VersionStages"]}


def _read_current_label(client: Client, secret_id: str) -> dict[str, str]:
    try:
        return {AWSCURRENT: client.get_secret_value(SecretId=secret_id)["VersionId"]}
    except client.exceptions.ResourceNotFoundException:
        return {}


def find_moving_labels(before: Mapping[str, str], stages: Iterable[str] = (AWSCURRENT,)) -> dict[str, str | None]:
    """What storing a value under `stages` takes labels from: every label that moves, with its version of now."""
    stages = stages if before else (AWSCURRENT, *stages)
    after = labels.put(before, _NEW, stages)
    return {label: before.get(label) for label in {*before, *after} if before.get(label) != after.get(label)}


def is_changed(expected: Holders, found: Mapping[str, str]) -> bool:
    """Whether one of the labels is attached to another version than expected."""
    return any(found.get(label) != version for label, version in expected.items())


def store_value(
    client: Client, request: PutSecretValueRequest, expected: Holders | None, *, transaction: Transaction | None = None
) -> StoreResult:
    """PutSecretValue, unless one of the `expected` labels is attached elsewhere by now.

    `expected` names at least AWSCURRENT, where that moves, with the version one began from; None stores whatever is
    there, for callers who may see no label. Raises ChangedMeanwhileError, and nothing is stored then; or what the
    service refused.
    """
    secret_id, stages = request["SecretId"], tuple(request.get("VersionStages") or (AWSCURRENT,))
    if expected is None:
        return StoreResult(client.put_secret_value(**request), {})
    if transaction is None:
        return _SequentialWrite(client, request, stages, expected).store()
    return write_unless(
        transaction, lambda: read_labels(client, secret_id), lambda found: is_changed(expected, found),
        lambda found: StoreResult(client.put_secret_value(**request), found),
    )


def write_unless(
    transaction: Transaction, read: Callable[[], Any], is_other: Callable[[Any], bool],
    write: Callable[[Any], Result],
) -> Result:
    """Reads, compares and writes in one transaction.

    `write` is given what was read. Raises ChangedMeanwhileError with it where it `is_other` than it should be: what
    has been read stays recorded, and nothing is written.
    """
    written: list[Result] = []
    with transaction():
        found = read()
        if not is_other(found):
            written.append(write(found))
    if not written:
        raise ChangedMeanwhileError(found)
    return written[0]


class _SequentialWrite:
    """Storing without a transaction: each call by itself, the move of AWSCURRENT last."""

    def __init__(
        self, client: Client, request: PutSecretValueRequest, stages: tuple[str, ...], expected: Holders
    ) -> None:
        token = request.get("ClientRequestToken") or Ambient().create_uuid()
        self._client = client
        self._stages = stages
        self._expected = expected
        self._secret_id = request["SecretId"]
        self._own_label = f"{OWN_LABEL}{token}"
        self._request: PutSecretValueRequest = {
            **request,
            "ClientRequestToken": token,
            "VersionStages": [self._own_label],
        }
        self._has_own_label = True

    def store(self) -> StoreResult:
        before = self._read_labels()
        if is_changed(self._expected, before):
            raise ChangedMeanwhileError(before)
        put = self._client.put_secret_value(**self._request)
        if self._own_label not in put["VersionStages"]:  # the same request, sent again after it was done
            return StoreResult(put, before)
        version, attached = put["VersionId"], {*put["VersionStages"]} - {self._own_label}
        for label in self._list_labels_to_move(attached):
            self._move_or_roll_back(label, version, attached)
            attached.add(label)
            self._remove_own_label(version)
        self._remove_own_label(version)
        self._remove_pending(before, attached)
        return StoreResult({**put, "VersionStages": sorted(attached)}, before)

    def _read_labels(self) -> dict[str, str]:
        return read_labels(self._client, self._secret_id)

    def _list_labels_to_move(self, attached: set[str]) -> list[str]:
        """AWSCURRENT last, as its move is what readers notice. AWSPREVIOUS goes where that move brings it."""
        moving = set(self._stages) - attached
        if AWSCURRENT in moving | attached:
            moving.discard(AWSPREVIOUS)
        return sorted(moving, key=lambda label: (label == AWSCURRENT, label))

    def _move_label(self, label: str, source: str | None, target: str | None) -> None:
        request: Any = {"RemoveFromVersionId": source, "MoveToVersionId": target}
        self._client.update_secret_version_stage(
            SecretId=self._secret_id, VersionStage=label,
            **{name: version for name, version in request.items() if version is not None},
        )

    def _move_or_roll_back(self, label: str, version: str, attached: set[str]) -> None:
        try:
            self._move_label(label, self._expected.get(label), version)
        except self._client.exceptions.ClientError as refusal:
            found = self._read_labels()
            if found.get(label) == version:  # it was moved, and only the answer was lost
                return
            for each in sorted(attached & set(self._stages)):
                self._try_move(each, version, self._expected.get(each))
            self._remove_own_label(version)
            if found.get(label) != self._expected.get(label) or _get_error_code(refusal) == "InvalidParameterException":
                raise ChangedMeanwhileError(found) from None
            raise

    def _remove_own_label(self, version: str) -> None:
        if self._has_own_label:
            self._has_own_label = False
            self._try_move(self._own_label, version, None)

    def _remove_pending(self, before: Mapping[str, str], attached: set[str]) -> None:
        """As PutSecretValue does: AWSPENDING leaves the version that AWSCURRENT left."""
        left = self._expected.get(AWSCURRENT)
        if AWSCURRENT in attached and left is not None and before.get(AWSPENDING) == left:
            self._try_move(AWSPENDING, left, None)

    def _try_move(self, label: str, source: str, target: str | None) -> None:
        """Somebody else may have moved it already; then it is theirs."""
        with suppress(self._client.exceptions.ClientError):
            self._move_label(label, source, target)


def _get_error_code(error: Exception) -> str:
    response: Mapping[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))
