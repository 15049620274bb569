"""Takes a promotion back, with the same guard: what others have stored since stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from smtui.api.errors import ClientError
from smtui.comparison.plan import PlannedSecret, PromotionPlan
from smtui.comparison.promote import (
    CREATED_SINCE,
    SHORT_LENGTH,
    STORED_SINCE,
    Progress,
    PromotionOutcome,
    PromotionResult,
    get_stage_label,
    move_label,
    read_labels,
)
from smtui.rules.labels import AWSCURRENT, AWSPENDING, AWSPREVIOUS

if TYPE_CHECKING:
    from smtui.api.types import Client

RECOVERY_DAYS = 30
FIRST_VALUE = "it had no value before, and AWSCURRENT cannot be removed"


def preview_undo(plan: PromotionPlan, client: Client, progress: Progress | None = None) -> list[PromotionResult]:
    """What `undo_promotion` would do now: `READY`, or `NOT_CHANGED` with the reason. Changes nothing.

    Raises:
        ClientError: a secret cannot be described.
    """
    results = []
    secrets = plan.list_promoted()
    for at, secret in enumerate(secrets):
        reason = _find_obstacle(secret, read_labels(client, secret.target))
        outcome = PromotionOutcome.NOT_CHANGED if reason else PromotionOutcome.READY
        results.append(PromotionResult(secret, outcome, reason))
        if progress:
            progress("checking", at + 1, len(secrets))
    return results


def undo_promotion(
    plan: PromotionPlan, client: Client, progress: Progress | None = None
) -> list[PromotionResult]:
    """Moves the labels back to where the comparison saw them, and schedules the deletion of new secrets.

    Versions that are staged and not promoted lose the label of the plan. An interrupted undo continues when it is
    repeated. Returns a result for each secret: `UNDONE` also if there was nothing to undo.

    Raises:
        ContextError: the account cannot be reached.
    """
    results = []
    secrets = plan.list_promoted()
    for at, secret in enumerate(secrets):
        try:
            reason = _undo(plan, secret, client)
            outcome = PromotionOutcome.NOT_CHANGED if reason else PromotionOutcome.UNDONE
            results.append(PromotionResult(secret, outcome, reason))
        except ClientError as error:
            results.append(PromotionResult(secret, PromotionOutcome.FAILED, error.sentence.rstrip(".")))
        if progress:
            progress("undoing", at + 1, len(secrets))
    return results


def _undo(plan: PromotionPlan, secret: PlannedSecret, client: Any) -> str:
    """Undoes one secret. Returns why it cannot be undone, or an empty text."""
    labels = read_labels(client, secret.target)
    obstacle = _find_obstacle(secret, labels)
    if labels is None:
        return ""
    if staged := labels.get(get_stage_label(plan)):
        move_label(client, secret.target, get_stage_label(plan), staged, None)
    if obstacle:
        return obstacle
    current = labels.get(AWSCURRENT)
    if secret.is_new:
        client.delete_secret(SecretId=secret.target, RecoveryWindowInDays=RECOVERY_DAYS)
        return ""
    if current in secret.candidates and current != secret.replaces:
        move_label(client, secret.target, AWSCURRENT, current, secret.replaces)
    if current in secret.candidates or labels.get(AWSPREVIOUS) in secret.candidates:
        _restore_labels(secret, client)
    return ""


def _find_obstacle(secret: PlannedSecret, labels: Mapping[str, str] | None) -> str:
    """Why a secret stays as it is; empty if its promotion can be undone, or there is nothing to undo.

    A new secret is deleted only if it has no other version than that of the plan.
    """
    if labels is None:
        return ""
    current = labels.get(AWSCURRENT)
    if current not in secret.candidates:
        is_as_before = not secret.is_new and current == secret.replaces
        return "" if is_as_before else STORED_SINCE.format(current[:SHORT_LENGTH]) if current else CREATED_SINCE
    if secret.is_new:
        others = [version for version in labels.values() if version not in secret.candidates]
        return STORED_SINCE.format(others[0][:SHORT_LENGTH]) if others else ""
    return FIRST_VALUE if secret.replaces is None else ""


def _restore_labels(secret: PlannedSecret, client: Any) -> None:
    """Moves AWSPENDING and AWSPREVIOUS back. AWSPREVIOUS is the last, because it tells an interrupted undo."""
    labels, before = read_labels(client, secret.target) or {}, secret.labels or {}
    if before.get(AWSPENDING) == secret.replaces and AWSPENDING not in labels:
        move_label(client, secret.target, AWSPENDING, None, secret.replaces)
    holder, target = labels.get(AWSPREVIOUS), before.get(AWSPREVIOUS)
    if holder != target and holder in secret.candidates:
        move_label(client, secret.target, AWSPREVIOUS, holder, target)
