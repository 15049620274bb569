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
    if labels is None:
        return ""
    if staged := labels.get(get_stage_label(plan)):
        move_label(client, secret.target, get_stage_label(plan), staged, None)
    current = labels.get(AWSCURRENT)
    if secret.is_new:
        return _delete(secret, labels, client)
    if current in secret.candidates and current != secret.replaces:
        if secret.replaces is None:
            return FIRST_VALUE
        move_label(client, secret.target, AWSCURRENT, current, secret.replaces)
    elif current != secret.replaces:
        return STORED_SINCE.format((current or "")[:SHORT_LENGTH])
    if current in secret.candidates or labels.get(AWSPREVIOUS) in secret.candidates:
        _restore_labels(secret, client)
    return ""


def _delete(secret: PlannedSecret, labels: Mapping[str, str], client: Any) -> str:
    """Schedules the deletion of a secret that has no other version than that of the plan."""
    if labels.get(AWSCURRENT) not in secret.candidates or not {*labels.values()} <= {*secret.candidates}:
        return CREATED_SINCE if AWSCURRENT not in labels else STORED_SINCE.format(labels[AWSCURRENT][:SHORT_LENGTH])
    client.delete_secret(SecretId=secret.target, RecoveryWindowInDays=RECOVERY_DAYS)
    return ""


def _restore_labels(secret: PlannedSecret, client: Any) -> None:
    """Moves AWSPENDING and AWSPREVIOUS back. AWSPREVIOUS is the last, because it tells an interrupted undo."""
    labels, before = read_labels(client, secret.target) or {}, secret.labels or {}
    if before.get(AWSPENDING) == secret.replaces and AWSPENDING not in labels:
        move_label(client, secret.target, AWSPENDING, None, secret.replaces)
    holder, target = labels.get(AWSPREVIOUS), before.get(AWSPREVIOUS)
    if holder != target and holder in secret.candidates:
        move_label(client, secret.target, AWSPREVIOUS, holder, target)
