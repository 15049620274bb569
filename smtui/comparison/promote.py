"""Applies the plan of a promotion: stages all new versions under a label of its own, then moves AWSCURRENT to each.

AWSCURRENT moves with the version that the comparison saw as `RemoveFromVersionId`, so a version that others have stored
since stays the current one. What is done is read from the labels each time: after an interruption, the same plan
continues. Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from smtui.api.context import SIGN_IN_CODES
from smtui.api.errors import (
    ClientError,
    InvalidParameterException,
    InvalidRequestException,
    ResourceExistsException,
    ResourceNotFoundException,
)
from smtui.api.record import record
from smtui.comparison.new_value import Value, ValueNotMadeError, ValueSources, make_value
from smtui.comparison.plan import KeyAction, PlannedSecret, PromotionPlan
from smtui.comparison.sides import ClientSide, Side
from smtui.comparison.state import SecretState, make_state
from smtui.rules.labels import AWSCURRENT, AWSPENDING, OWN_LABEL

if TYPE_CHECKING:
    from smtui.api.types import Client

SHORT_LENGTH = 8
SOURCE_CHANGED = "the version of the plan no longer exists on the left side"
MISSING = "it does not exist on the right side"
CREATED_SINCE = "it was created on the right side after the comparison"
STORED_SINCE = "version {} was stored on the right side after the comparison"
Progress = Callable[[str, int, int], None]


class PromotionOutcome(StrEnum):
    """What became of a secret of a plan."""

    PROMOTED = "promoted"
    CREATED = "created"
    UNDONE = "undone"
    STAGED = "staged"
    READY = "ready"
    NOT_CHANGED = "not changed"
    FAILED = "failed"


@record
class PromotionResult:
    """What became of one secret, and why it was not changed."""

    secret: PlannedSecret
    outcome: PromotionOutcome
    reason: str = ""


Labels = Mapping[str, str]


def get_stage_label(plan: PromotionPlan) -> str:
    """The label of the versions that a plan has staged."""
    return f"{OWN_LABEL}{plan.plan_id}"


class Promotion:
    """The application of one plan.

    Args:
        plan: the plan.
        left: the side that values come from.
        client: a boto3-compatible client for the right side.
        sources: where values come from that the left side does not give.
        progress: is called as `progress(what, done, total)`.
    """

    def __init__(
        self, plan: PromotionPlan, left: Side, client: Client, sources: ValueSources,
        progress: Progress | None = None,
    ) -> None:
        self._left = left
        self._client: Any = client
        self._sources = sources
        self._label = get_stage_label(plan)
        self._secrets = plan.list_promoted()
        self._progress = progress
        self._results: dict[str, PromotionResult] = {}
        self._staged: dict[str, str] = {}
        """The staged versions by the names of their secrets."""

    def check(self) -> list[PromotionResult]:
        """Finds out what `apply` would do, and changes nothing. Raises ClientError, ContextError."""
        for at, secret in enumerate(self._secrets):
            self._check_secret(secret)
            self._report("checking", at + 1)
        return self._list_results()

    def stage(self) -> list[PromotionResult]:
        """Stages all versions and moves nothing, so that another person can compare and apply them.

        New secrets are created when the plan is applied. Returns a result for each secret, in the order of the plan.

        Raises:
            ContextError: the account cannot be reached. Staging again continues.
        """
        self._stage_all()
        for name in self._staged:
            result = self._results[name]
            if result.outcome is PromotionOutcome.READY:
                self._record(result.secret, PromotionOutcome.STAGED)
        return self._list_results()

    def apply(self) -> list[PromotionResult]:
        """Stages all versions, then moves AWSCURRENT. Returns a result for each secret, in the order of the plan.

        If a version cannot be staged, for another reason than a change by others, AWSCURRENT is not moved anywhere.

        Raises:
            ContextError: the account cannot be reached. Applying the plan again continues.
        """
        self._stage_all()
        if any(result.outcome is PromotionOutcome.FAILED for result in self._results.values()):
            return self._list_results()
        for at, secret in enumerate(self._secrets):
            if self._results[secret.target].outcome is PromotionOutcome.READY:
                self._try(secret, self._create if secret.is_new else self._move_current)
            self._report("promoting", at + 1)
        return self._list_results()

    def _stage_all(self) -> None:
        for at, secret in enumerate(self._secrets):
            self._try(secret, self._stage)
            self._report("staging", at + 1)

    def _report(self, what: str, done: int) -> None:
        if self._progress:
            self._progress(what, done, len(self._secrets))

    def _list_results(self) -> list[PromotionResult]:
        return [self._results[secret.target] for secret in self._secrets]

    def _record(self, secret: PlannedSecret, outcome: PromotionOutcome, reason: str = "") -> None:
        self._results[secret.target] = PromotionResult(secret, outcome, reason)

    def _try(self, secret: PlannedSecret, act: Callable[[PlannedSecret], None]) -> None:
        """Does something for one secret; a refusal is the result of this secret. Raises ClientError to sign in."""
        try:
            act(secret)
        except ValueNotMadeError as error:
            self._record(secret, PromotionOutcome.FAILED, str(error).rstrip("."))
        except ClientError as error:
            if error.code in SIGN_IN_CODES:
                raise
            self._record(secret, PromotionOutcome.FAILED, error.sentence.rstrip("."))

    # What there is

    def _check_secret(self, secret: PlannedSecret) -> Labels | None:
        """Records what the labels on the right side say. Returns them, or None if the secret does not exist there."""
        labels = read_labels(self._client, secret.target)
        if labels is None:
            known = (PromotionOutcome.READY, "") if secret.is_new else (PromotionOutcome.NOT_CHANGED, MISSING)
        elif labels.get(AWSCURRENT) in secret.candidates:
            known = (PromotionOutcome.CREATED if secret.is_new else PromotionOutcome.PROMOTED, "")
        elif secret.is_new:
            known = PromotionOutcome.NOT_CHANGED, CREATED_SINCE
        elif labels.get(AWSCURRENT) != secret.replaces:
            known = PromotionOutcome.NOT_CHANGED, _describe_other(labels)
        else:
            known = PromotionOutcome.READY, ""
        self._record(secret, *known)
        return labels

    # Staging

    def _stage(self, secret: PlannedSecret) -> None:
        """Stores the new version under the label of the plan, unless an earlier run has."""
        labels = self._check_secret(secret)
        if labels is None or secret.is_new:
            return
        if staged := labels.get(self._label):
            self._staged[secret.target] = staged
        if self._results[secret.target].outcome is not PromotionOutcome.READY:
            self._remove_labels(secret)
        elif not staged:
            self._staged[secret.target] = self._store(secret)

    def _store(self, secret: PlannedSecret) -> str:
        """Stores the new version and returns its ID."""
        value = make_value(secret, self._read_left(secret), self._read_right(secret), self._sources)
        for version in secret.candidates:
            with suppress(ResourceExistsException):  # another value has this ID there
                put = self._client.put_secret_value(SecretId=secret.target, ClientRequestToken=version,
                                                    VersionStages=[self._label], **_make_parameters(value))
                if self._label not in put["VersionStages"]:  # the version was there already
                    self._move(secret, self._label, None, version)
                return version
        # An earlier run has stored the version: nothing else has the last ID, which was drawn for the plan.
        self._move(secret, self._label, None, secret.new_version)
        return secret.new_version

    def _read_right(self, secret: PlannedSecret) -> Value | None:
        """The value of the right side, if the new one needs a key of it."""
        if secret.replaces is None or KeyAction.OMIT not in secret.keys.values():
            return None
        return _get_value(self._client.get_secret_value(SecretId=secret.target, VersionId=secret.replaces))

    def _read_left(self, secret: PlannedSecret) -> Value:
        """The value of the left side in the version of the plan. Raises ValueNotMadeError if it does not exist."""
        if not isinstance(self._left, ClientSide):
            read = self._left.read_values([SecretState(secret.source, secret.source)]).get(secret.source)
            if read is None or read.value is None:
                raise ValueNotMadeError(SOURCE_CHANGED)
            return read.value
        request: Any = {"SecretId": secret.source, "VersionId": secret.version}
        try:
            return _get_value(self._left.client.get_secret_value(**request))
        except ResourceNotFoundException:
            raise ValueNotMadeError(SOURCE_CHANGED) from None

    # Promoting

    def _create(self, secret: PlannedSecret) -> None:
        """Creates a secret with the value, description and tags of the left side."""
        value = make_value(secret, self._read_left(secret), None, self._sources)
        try:
            self._client.create_secret(Name=secret.target, ClientRequestToken=secret.candidates[0],
                                       **self._read_metadata(secret), **_make_parameters(value))
            self._record(secret, PromotionOutcome.CREATED)
        except (ResourceExistsException, InvalidRequestException) as refusal:
            if self._check_secret(secret) is None:
                self._record(secret, PromotionOutcome.NOT_CHANGED, refusal.sentence.rstrip("."))

    def _read_metadata(self, secret: PlannedSecret) -> dict[str, Any]:
        """The description and tags of the left side, as CreateSecret takes them."""
        if isinstance(self._left, ClientSide):
            state = make_state(self._left.client.describe_secret(SecretId=secret.source), "")
        else:
            state = next(each for each in self._left.list_states([secret.source]) if each.name == secret.source)
        tags = [{"Key": key, "Value": value} for key, value in state.tags.items()]
        members = {"Description": state.description, "Tags": tags}
        return {name: value for name, value in members.items() if value}

    def _move_current(self, secret: PlannedSecret) -> None:
        """Moves AWSCURRENT from the version that the comparison saw to the staged one.

        The first version of a secret has AWSCURRENT from the beginning.
        """
        if secret.replaces is None:
            self._check_secret(secret)
        else:
            try:
                self._move(secret, AWSCURRENT, secret.replaces, self._staged[secret.target])
                self._record(secret, PromotionOutcome.PROMOTED)
            except ClientError:
                self._check_secret(secret)
                if self._results[secret.target].outcome is PromotionOutcome.READY:
                    raise
        self._remove_labels(secret)

    def _remove_labels(self, secret: PlannedSecret) -> None:
        """Removes the label of the plan; as PutSecretValue does, also AWSPENDING from the version that was replaced."""
        if staged := self._staged.get(secret.target):
            with suppress(ResourceNotFoundException, InvalidParameterException):  # another run has removed it
                self._move(secret, self._label, staged, None)
        left = secret.replaces
        is_promoted = self._results[secret.target].outcome is PromotionOutcome.PROMOTED
        if is_promoted and left is not None and (secret.labels or {}).get(AWSPENDING) == left:
            with suppress(ResourceNotFoundException, InvalidParameterException):
                self._move(secret, AWSPENDING, left, None)

    def _move(self, secret: PlannedSecret, label: str, source: str | None, target: str | None) -> None:
        move_label(self._client, secret.target, label, source, target)


def read_labels(client: Any, secret_id: str) -> dict[str, str] | None:
    """The labels of a secret with their versions; None if it does not exist, or is scheduled for deletion."""
    try:
        described = client.describe_secret(SecretId=secret_id)
    except ResourceNotFoundException:
        return None
    if "DeletedDate" in described:
        return None
    versions: Mapping[str, Sequence[str]] = described.get("VersionIdsToStages") or {}
    return {label: version for version, attached in versions.items() for label in attached}


def move_label(client: Any, secret_id: str, label: str, source: str | None, target: str | None) -> None:
    """Calls UpdateSecretVersionStage; None for a version leaves its member out. Raises ClientError."""
    request = {"RemoveFromVersionId": source, "MoveToVersionId": target}
    client.update_secret_version_stage(
        SecretId=secret_id, VersionStage=label, **{name: each for name, each in request.items() if each is not None})


def _describe_other(labels: Labels) -> str:
    return STORED_SINCE.format(labels.get(AWSCURRENT, "")[:SHORT_LENGTH])


def _get_value(answer: Mapping[str, Any]) -> Value:
    found: Value = answer["SecretString"] if "SecretString" in answer else answer["SecretBinary"]
    return found


def _make_parameters(value: Value) -> dict[str, Value]:
    return {"SecretBinary" if isinstance(value, bytes) else "SecretString": value}
