"""The inverse of each kind of change to a secret, and the conditions that prevent its undo.

Each `record_...` function is called after its change, and adds an entry to the undo history of the session. Before an
undo, the entry checks that the secret is still in the state in which the change left it, so that undo never overwrites
the changes of others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from smtui.api.errors import ResourceNotFoundException
from smtui.api.limits import MAX_RECOVERY_DAYS, MIN_RECOVERY_DAYS
from smtui.rules import labels
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.client_call import plan_call
from smtui.tui.kms import picker
from smtui.tui.rotation.schedule_text import remove_computed_days
from smtui.tui.secret.label_moves import (
    LabelMove,
    Labels,
    collect_version_labels,
    find_pending_version,
    shorten_id,
)

if TYPE_CHECKING:
    from smtui.api.extension_types import CreateFunctionRequest, FunctionEntry
    from smtui.api.types import Client, DescribeSecretResponse, PutSecretValueResponse, RotationRulesType, Tag
    from smtui.tui.replication.replicas import Replica, ReplicaSet
    from smtui.tui.session import Session

GONE = "The secret is no longer there."
PLANNED = "The secret's deletion is planned: restore it first."
MOVED = "Its labels have moved since."
STAYS = "The new version itself stays."
NEVER_WITHOUT = "A secret that has a current version never goes without one again."
BY_HAND = "A new secret does not go by one key: plan its deletion."
FOR_GOOD = "Nothing brings it back."
OF_ITS_OWN = "It is a secret of its own now. Replicating to that Region again overwrites it."
Tags = Mapping[str, str]


def record_label_move(session: Session, secret_id: str, name: SafeText, move: LabelMove) -> None:
    """Records moved labels. Undo moves them back with UpdateSecretVersionStage.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
    """
    _record_labels(session, secret_id, _describe(name, move.summary), move)


def record_stored_version(
    session: Session, secret_id: str, name: SafeText, before: Labels, stored: PutSecretValueResponse
) -> None:
    """Records a new version. Undo moves the labels back; the version itself stays.

    Args:
        before: the labels before the version was stored, with their VersionIds.
        stored: the answer of PutSecretValue.
    """
    version, stages = stored["VersionId"], stored["VersionStages"]
    move = LabelMove(before, labels.put(before, version, stages), ())
    _record_labels(session, secret_id, _describe(name, f"version {shorten_id(version)} stored"), move, STAYS)


def _record_labels(session: Session, secret_id: str, words: SafeText, move: LabelMove, note: str = "") -> None:
    back = move.invert()
    if back is None:
        session.record_undo(words, note=NEVER_WITHOUT)
        return
    session.record_undo(
        words, *(plan_call(session.client().update_secret_version_stage, **update.build_request(secret_id))
                 for update in back.updates),
        conflict=lambda client: find_label_conflict(client, secret_id, back),
        note="\n".join(filter(None, [*back.describe(), note])),
    )


def find_label_conflict(client: Client, secret_id: str, back: LabelMove) -> str:
    """Returns why `back` cannot be done; empty if each label is still on the version from which it moves."""
    left = {label: back.before.get(label) for label in {*back.before, *back.after}
            if back.before.get(label) != back.after.get(label)}
    return _find_conflict(client, secret_id, lambda _: _find_moved(client, secret_id, left, back.after))


def _find_moved(client: Client, secret_id: str, left: Mapping[str, str | None], wanted: Labels) -> str:
    """Compares the current labels with `left`, and checks that the versions of `wanted` still exist."""
    pages = client.get_paginator("list_secret_version_ids").paginate(SecretId=secret_id, IncludeDeprecated=True)
    versions = [version for page in pages for version in page["Versions"]]
    now, there = collect_version_labels(versions), {version["VersionId"] for version in versions}
    if any(now.get(label) != version for label, version in left.items()):
        return MOVED
    missing = {wanted[label] for label in left if label in wanted} - there
    return " ".join(f"Version {shorten_id(version)} is no longer there." for version in sorted(missing))


def record_description(session: Session, secret_id: str, name: SafeText, before: str, after: str) -> None:
    """Records a changed description. Undo restores it with UpdateSecret."""
    def check(secret: DescribeSecretResponse) -> str:
        return "" if secret.get("Description", "") == after else "Its description has changed since."

    back = plan_call(session.client().update_secret, SecretId=secret_id, Description=before)
    session.record_undo(_describe(name, "description changed"), back,
                        conflict=lambda client: _find_conflict(client, secret_id, check))


def record_key_change(session: Session, secret_id: str, name: SafeText, before: str, after: str) -> None:
    """Records another KMS key. `before` and `after` are KmsKeyIds; `picker.DEFAULT` stands for the default key."""
    def check(secret: DescribeSecretResponse) -> str:
        return "" if secret.get("KmsKeyId", picker.DEFAULT) == after else "Its key has changed since."

    back = plan_call(session.client().update_secret, SecretId=secret_id, KmsKeyId=before)
    session.record_undo(_describe(name, "key changed"), back,
                        conflict=lambda client: _find_conflict(client, secret_id, check))


def record_tags(
    session: Session, secret_id: str, name: SafeText, before: Tags, put: Tags, removed: Sequence[str] = ()
) -> None:
    """Records changed tags. Undo uses UntagResource and TagResource.

    Args:
        before: all tags before the change.
        put: the tags that were added or changed.
        removed: the keys of the tags that were removed.
    """
    left: dict[str, str | None] = {**put, **dict.fromkeys(removed)}

    def check(secret: DescribeSecretResponse) -> str:
        now = {tag["Key"]: tag.get("Value", "") for tag in secret.get("Tags", ())}
        return "" if all(now.get(key) == value for key, value in left.items()) else "Its tags have changed since."

    added = [key for key in put if key not in before]
    others: list[Tag] = [{"Key": key, "Value": before[key]} for key in left if key in before]
    client, calls = session.client(), []
    if added:
        calls.append(plan_call(client.untag_resource, SecretId=secret_id, TagKeys=added))
    if others:
        calls.append(plan_call(client.tag_resource, SecretId=secret_id, Tags=others))
    session.record_undo(_describe(name, "tags changed"), *calls,
                        conflict=lambda client: _find_conflict(client, secret_id, check))


def record_deletion(session: Session, secret_id: str, name: SafeText, *, for_good: bool) -> None:
    """Records a deletion. Undo uses RestoreSecret, which works only within the recovery window.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RestoreSecret.html

    Args:
        for_good: whether the secret was deleted without a recovery window, so that undo is impossible.
    """
    if for_good:
        session.record_undo(_describe(name, "deleted for good"), note=FOR_GOOD)
        return

    def check(secret: DescribeSecretResponse) -> str:
        return "" if "DeletedDate" in secret else "It was restored already."

    back = plan_call(session.client().restore_secret, SecretId=secret_id)
    session.record_undo(_describe(name, "deletion planned"), back,
                        conflict=lambda client: _find_conflict(client, secret_id, check, allow_planned=True))


def record_restore(session: Session, secret_id: str, name: SafeText, was_due: datetime) -> None:
    """Records a cancelled deletion. Undo schedules it again with the remaining days.

    Fewer days than the minimum of DeleteSecret are raised to it.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html

    Args:
        was_due: when the secret would have been deleted.
    """
    left = max(0, ceil((was_due - session.now()) / timedelta(days=1)))
    days = max(MIN_RECOVERY_DAYS, min(left, MAX_RECOVERY_DAYS))
    few = f"; {left} were left, {days} are the fewest there can be" if left < days else ", as many as were left"

    def check(secret: DescribeSecretResponse) -> str:
        return "Its deletion is planned already." if "DeletedDate" in secret else ""

    back = plan_call(session.client().delete_secret, SecretId=secret_id, RecoveryWindowInDays=days)
    session.record_undo(_describe(name, "restored"), back,
                        conflict=lambda client: _find_conflict(client, secret_id, check, allow_planned=True),
                        note=f"Its deletion is planned again, in {days} days{few}.")


def record_creation(session: Session, name: SafeText) -> None:
    """Records a new secret. Undo is not offered: the user plans its deletion instead."""
    session.record_undo(_describe(name, "created"), note=BY_HAND)


def record_rotation_setup(session: Session, before: DescribeSecretResponse, asked: Mapping[str, Any]) -> None:
    """Records a new rotation setup. Undo restores the former setup, or cancels rotation if there was none.

    Args:
        before: the answer of DescribeSecret before the change.
        asked: the request of RotateSecret.
    """
    def check(secret: DescribeSecretResponse) -> str:
        found = (secret.get("RotationLambdaARN"), _get_rules(secret))
        if found != (asked["RotationLambdaARN"], asked["RotationRules"]):
            return "Its rotation has been set up otherwise since."
        return _find_pending(secret) if before.get("RotationEnabled") else ""

    _record_rotation(session, before, "rotation set up", check,
                       "The value that was made stays." if asked["RotateImmediately"] else "")


def record_rotation_cancel(session: Session, before: DescribeSecretResponse) -> None:
    """Records a cancelled rotation. Undo sets it up again as in `before`, the earlier DescribeSecret answer."""
    def check(secret: DescribeSecretResponse) -> str:
        if secret.get("RotationEnabled"):
            return "Its rotation was set up again already."
        return _find_pending(secret)

    _record_rotation(session, before, "rotation cancelled", check, "A rotation that was under way does not go on.")


def _record_rotation(
    session: Session, before: DescribeSecretResponse, words: str, check: Callable[[DescribeSecretResponse], str],
    note: str,
) -> None:
    secret_id, client = before["ARN"], session.client()
    if before.get("RotationEnabled"):
        back = plan_call(client.rotate_secret, SecretId=secret_id, RotationLambdaARN=before["RotationLambdaARN"],
                         RotationRules=_get_rules(before), RotateImmediately=False)
    else:
        back = plan_call(client.cancel_rotate_secret, SecretId=secret_id)
    session.record_undo(_describe(sanitize(before["Name"]), words), back,
                        conflict=lambda client: _find_conflict(client, secret_id, check), note=note)


def record_replication(
    session: Session, replica_set: ReplicaSet, regions: Sequence[str], overwritten: Sequence[str]
) -> None:
    """Records new replicas. Undo removes them with RemoveRegionsFromReplication.

    Args:
        regions: Regions that had no replica, or one whose replication had failed.
        overwritten: those of them in which another secret was overwritten; undo does not restore it.
    """
    lost = f"What was in {', '.join(overwritten)} before does not come back." if overwritten else ""
    session.record_undo(
        _describe(sanitize(replica_set.name), f"replicated to {', '.join(regions)}"),
        plan_call(session.client(replica_set.region).remove_regions_from_replication,
                  SecretId=replica_set.primary["ARN"], RemoveReplicaRegions=list(regions)),
        conflict=lambda client: _find_conflict(
            client, replica_set.primary["ARN"], lambda secret: _find_missing_replicas(secret, regions)),
        note=lost, region=replica_set.region,
    )


def _find_missing_replicas(secret: DescribeSecretResponse, wanted: Sequence[str]) -> str:
    present = {each["Region"] for each in secret.get("ReplicationStatus", ())}
    gone = [region for region in wanted if region not in present]
    return f"There is no replica in {', '.join(gone)} any more." if gone else ""


def record_replica_removal(session: Session, replica_set: ReplicaSet, replica: Replica) -> None:
    """Records a removed replica. Undo adds it with ReplicateSecretToRegions, under the same KMS key."""
    def check(secret: DescribeSecretResponse) -> str:
        present = {each["Region"] for each in secret.get("ReplicationStatus", ())}
        return f"It is replicated to {replica.region} already." if replica.region in present else ""

    session.record_undo(
        _describe(sanitize(replica_set.name), f"replica in {replica.region} removed"),
        plan_call(session.client(replica_set.region).replicate_secret_to_regions, SecretId=replica_set.primary["ARN"],
                  AddReplicaRegions=[replica.request]),
        conflict=lambda client: _find_conflict(client, replica_set.primary["ARN"], check), region=replica_set.region,
    )  # fmt: skip


def record_promotion(session: Session, replica_set: ReplicaSet, replica: Replica) -> None:
    """Records a promoted replica (StopReplicationToReplica), which cannot be undone."""
    words = _describe(sanitize(replica_set.name), f"promoted in {replica.region}")
    session.record_undo(words, note=OF_ITS_OWN, region=replica.region)


def record_function_creation(session: Session, name: str) -> None:
    """Records a new rotation function. Undo deletes it."""
    back = plan_call(session.rotations().delete_function, FunctionName=name)
    session.record_undo(sanitize(f"function {name}: made"), back)


def record_function_removal(session: Session, function: FunctionEntry) -> None:
    """Records a removed rotation function, as ListFunctions returned it. Undo restores its permission to run, too."""
    words = sanitize(f"function {function['FunctionName']}: removed")
    if "Unreadable" in function:
        session.record_undo(words, note="Its settings could not be read, so it cannot be made again.")
        return
    request: CreateFunctionRequest = {
        "FunctionName": function["FunctionName"], "Allow": "WaitsForPermission" not in function,
    }
    if "Password" in function:
        request["Password"] = function["Password"]
    if "Command" in function:
        request["Command"] = function["Command"]
    session.record_undo(words, plan_call(session.rotations().create_function, **request))


def _get_rules(secret: DescribeSecretResponse) -> RotationRulesType:
    return remove_computed_days(secret.get("RotationRules", {}))


def _find_pending(secret: DescribeSecretResponse) -> str:
    pending = find_pending_version(secret.get("VersionIdsToStages", {}))
    return "A rotation is under way, or was left half done: AWSPENDING is in the way." if pending else ""


def _find_conflict(
    client: Client, secret_id: str, check: Callable[[DescribeSecretResponse], str], *, allow_planned: bool = False
) -> str:
    """Returns the conflict that `check` finds in the answer of DescribeSecret; empty if there is none.

    A missing secret is a conflict; so is a planned deletion, unless `allow_planned`.
    """
    try:
        secret = client.describe_secret(SecretId=secret_id)
        return PLANNED if "DeletedDate" in secret and not allow_planned else check(secret)
    except ResourceNotFoundException:
        return GONE


def _describe(name: SafeText, what: str) -> SafeText:
    return sanitize(f"{name}: {what}")


def record_policy_change(session: Session, secret_id: str, name: SafeText, before: str, after: str) -> None:
    """Records a changed resource policy. `before` and `after` are its JSON texts, empty for no policy."""
    def find_conflict(client: Client) -> str:
        now = client.get_resource_policy(SecretId=secret_id).get("ResourcePolicy", "")
        return "" if now == after else "Its policy has changed since."

    client = session.client()
    back = plan_call(client.put_resource_policy, SecretId=secret_id, ResourcePolicy=before) if before else \
        plan_call(client.delete_resource_policy, SecretId=secret_id)
    session.record_undo(_describe(name, "policy attached" if after else "policy removed"), back, conflict=find_conflict)
