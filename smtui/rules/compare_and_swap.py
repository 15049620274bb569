"""Compare-and-swap for secret values: stores an edited value unless the secret has changed since it was read.

With a transaction, as a local vault has, `store_value` compares and stores within it. Without one it uses the API of
the service: it stores the value under a temporary label, and moves AWSCURRENT with `RemoveFromVersionId`, which fails
if AWSCURRENT is attached to another version. If the process ends between two calls, AWSCURRENT is on the old or the
new version, and the temporary label can remain. For the first value of a secret, the service attaches AWSCURRENT
immediately.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from smtui.api.errors import ChangedMeanwhileError
from smtui.rules import labels
from smtui.rules.labels import AWSCURRENT, AWSPENDING, AWSPREVIOUS, OWN_LABEL
from smtui.system.ambient import Ambient

if TYPE_CHECKING:
    from smtui.api.types import Client, PutSecretValueRequest, PutSecretValueResponse

Result = TypeVar("Result")
Transaction = Callable[[], AbstractContextManager[None]]
"""Opens a transaction for the calls inside its block, such as `vault.transaction`."""
Holders = Mapping[str, str | None]
"""Label -> the version that it is attached to, or None."""

_NEW = "the new version"


@dataclass(frozen=True, slots=True)
class StoreResult:
    """The response of PutSecretValue, and the labels immediately before it (empty if they were not read)."""

    response: PutSecretValueResponse
    before: Mapping[str, str]


def read_labels(client: Client, secret_id: str) -> dict[str, str]:
    """Returns the labels of a secret with their versions.

    Without permission for DescribeSecret, it tries ListSecretVersionIds and then GetSecretValue, which gives only
    AWSCURRENT.

    Raises:
        ClientError: the error of DescribeSecret, if all of these operations fail.
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
    """Returns the labels that move when a value is stored under `stages`, each with its present version or None."""
    stages = stages if before else (AWSCURRENT, *stages)
    after = labels.put(before, _NEW, stages)
    return {label: before.get(label) for label in {*before, *after} if before.get(label) != after.get(label)}


def is_changed(expected: Holders, found: Mapping[str, str]) -> bool:
    """Returns whether at least one of the expected labels is attached to another version."""
    return any(found.get(label) != version for label, version in expected.items())


def store_value(
    client: Client, request: PutSecretValueRequest, expected: Holders | None, *, transaction: Transaction | None = None
) -> StoreResult:
    """Calls PutSecretValue, unless one of the `expected` labels is attached to another version.

    Args:
        client: a boto3-compatible client.
        request: the members of PutSecretValue.
        expected: the labels that move (see `find_moving_labels`) with the versions that were read. None stores the
            value without a comparison, for callers without permission to read labels.
        transaction: a transaction for the calls of `client`, if it has one.

    Raises:
        ChangedMeanwhileError: if a label is attached to another version. Moves of other labels are then reversed.
        ClientError: if the service refuses a call.
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

    Args:
        transaction: opens the transaction.
        read: returns the present state.
        is_other: returns whether this state differs from the expected one.
        write: writes, given the state that was read; its result is returned.

    Raises:
        ChangedMeanwhileError: with the state that was read, if it differs. The transaction is committed, so that the
            audit log contains the reads.
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
    """Stores a value without a transaction, in separate calls. AWSCURRENT moves after all other labels."""

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
        """Stores the value. Raises ChangedMeanwhileError or ClientError."""
        before = self._read_labels()
        if is_changed(self._expected, before):
            raise ChangedMeanwhileError(before)
        put = self._client.put_secret_value(**self._request)
        if self._own_label not in put["VersionStages"]:  # a retry of a completed request
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
        """Returns the labels to move, AWSCURRENT last. AWSPREVIOUS is omitted if the move of AWSCURRENT moves it."""
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
            if found.get(label) == version:  # the label moved, but the response was lost
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
        """Removes AWSPENDING from the version that AWSCURRENT left, as PutSecretValue does."""
        left = self._expected.get(AWSCURRENT)
        if AWSCURRENT in attached and left is not None and before.get(AWSPENDING) == left:
            self._try_move(AWSPENDING, left, None)

    def _try_move(self, label: str, source: str, target: str | None) -> None:
        """Moves a label, and ignores the error if another caller has moved it already."""
        with suppress(self._client.exceptions.ClientError):
            self._move_label(label, source, target)


def _get_error_code(error: Exception) -> str:
    response: Mapping[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))
