"""The inverse of each kind of change to a secret, and the conditions that prevent its undo.

Each `record_...` function is called after its change, and adds an entry to the undo history of the session. Before an
undo, the entry checks that the secret is still in the state in which the change left it, so that undo never overwrites
the changes of others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from smtui.api.errors import ResourceNotFoundException
from smtui.api.limits import MAX_RECOVERY_DAYS, MIN_RECOVERY_DAYS
from smtui.rules import labels
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit import last_change
from smtui.tui.client_call import plan_call
from smtui.tui.kms.aliases import KeyChoice
from smtui.tui.rotation.schedule_text import RotationSetup, read_rotation_setup
from smtui.tui.secret.label_moves import (
    LabelMove,
    Labels,
    collect_version_labels,
    find_pending_version,
    shorten_id,
)
from smtui.tui.undo import aspects

if TYPE_CHECKING:
    from smtui.api.extension_types import CreateFunctionRequest, FunctionDescription, FunctionEntry
    from smtui.api.types import Client, DescribeSecretResponse, PutSecretValueResponse, Tag
    from smtui.api.vault_client import VaultClient
    from smtui.backends.local import Vault
    from smtui.tui.replication.replicas import Replica, ReplicaSet
    from smtui.tui.session import Session

MOVED = "Its labels have moved since."
LABELS_LOST = "Version {version} has lost its other labels since, so it would be deprecated."
STAYS = "The new version is kept."
NEVER_WITHOUT = "AWSCURRENT can be moved, but not removed."
BY_HAND = "Schedule the deletion of the secret instead."
FOR_GOOD = "It was deleted without recovery."
OF_ITS_OWN = "It is a standalone secret now. Replicating to that Region again overwrites it."
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
    vault, region = session.vault, session.region
    session.record_undo(
        words, *(plan_call(session.client().update_secret_version_stage, **update.build_request(secret_id))
                 for update in back.updates),
        conflict=lambda client: add_last_change(
            find_label_conflict(client, secret_id, back), vault, last_change.LABEL_CHANGES, region, secret_id),
        note="\n".join(filter(None, [*back.describe(), note])),
    )


def add_last_change(why: str, vault: Vault, operations: Collection[str], region: str, secret_id: str) -> str:
    """Adds to a sentence who changed a secret last by one of the operations; does nothing to an empty text."""
    return why and f"{why} {last_change.describe_newest(vault, operations, region, secret_id=secret_id)}".rstrip()


def find_label_conflict(client: Client, secret_id: str, back: LabelMove) -> str:
    """Returns why `back` cannot be done; empty if it does to the labels what it would have done before.

    Each label must still be on the version from which it moves, and no version may lose its last label that would not
    have lost it then.
    """
    try:
        secret = client.describe_secret(SecretId=secret_id)
    except ResourceNotFoundException:
        return aspects.GONE
    if "DeletedDate" in secret:
        return aspects.SCHEDULED
    pages = client.get_paginator("list_secret_version_ids").paginate(SecretId=secret_id, IncludeDeprecated=True)
    versions = [version for page in pages for version in page["Versions"]]
    now, there = collect_version_labels(versions), {version["VersionId"] for version in versions}
    if any(now.get(label) != back.before.get(label) for label in back.moving):
        return MOVED
    missing = {back.after[label] for label in back.moving if label in back.after} - there
    if missing:
        return " ".join(f"Version {shorten_id(version)} no longer exists." for version in sorted(missing))
    after = now
    for update in back.updates:
        after = update.apply(after)
    lost = labels.find_deprecated(now, after) - labels.find_deprecated(back.before, back.after)
    return LABELS_LOST.format(version=shorten_id(min(lost))) if lost else ""


def record_description(session: Session, secret_id: str, name: SafeText, before: str, after: str) -> None:
    """Records a changed description. Undo restores it with UpdateSecret."""
    back = plan_call(session.client().update_secret, SecretId=secret_id, Description=before)
    aspect = aspects.make_description_aspect(session, secret_id)
    session.record_undo(_describe(name, "description changed"), back, conflict=aspect.make_check(after))


def record_key_change(session: Session, secret_id: str, name: SafeText, before: KeyChoice, after: str) -> None:
    """Records another KMS key. For KmsKeyIds, `kms.picker.DEFAULT` stands for the default key.

    Args:
        before: the former KmsKeyId with the key that it meant.
        after: the new KmsKeyId.
    """
    back = plan_call(session.client().update_secret, SecretId=secret_id, KmsKeyId=before.key_id)
    is_changed = aspects.make_key_aspect(session, secret_id).make_check(after)
    is_moved = aspects.make_key_choice_check(session, before, session.region)
    session.record_undo(_describe(name, "key changed"), back,
                        conflict=lambda client: is_changed(client) or is_moved(client))


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

    added = [key for key in put if key not in before]
    others: list[Tag] = [{"Key": key, "Value": before[key]} for key in left if key in before]
    client, calls = session.client(), []
    if added:
        calls.append(plan_call(client.untag_resource, SecretId=secret_id, TagKeys=added))
    if others:
        calls.append(plan_call(client.tag_resource, SecretId=secret_id, Tags=others))
    aspect = aspects.make_tags_aspect(session, secret_id, left)
    session.record_undo(_describe(name, "tags changed"), *calls, conflict=aspect.make_check(left))


def record_deletion(session: Session, secret_id: str, name: SafeText, due: datetime | None) -> None:
    """Records a deletion. Undo uses RestoreSecret, which works only within the recovery window.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RestoreSecret.html

    Args:
        due: when the secret will be deleted (DeletedDate); None if it was deleted without a recovery window, so that
            undo is impossible.
    """
    if due is None:
        session.record_undo(_describe(name, "permanently deleted"), note=FOR_GOOD)
        return
    back = plan_call(session.client().restore_secret, SecretId=secret_id)
    aspect = aspects.make_deletion_aspect(session, secret_id)
    session.record_undo(_describe(name, "deletion scheduled"), back, conflict=aspect.make_check(due))


def record_restore(session: Session, secret_id: str, name: SafeText, was_due: datetime, left: aspects.Content) -> None:
    """Records a cancelled deletion. Undo schedules it again with the remaining days, if nobody has changed the secret.

    Fewer days than the minimum of DeleteSecret are raised to it.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html

    Args:
        was_due: when the secret would have been deleted.
        left: the content of the secret after it was restored (`make_content_aspect`).
    """
    days_left = max(0, ceil((was_due - session.now()) / timedelta(days=1)))
    days = max(MIN_RECOVERY_DAYS, min(days_left, MAX_RECOVERY_DAYS))
    few = f" (the minimum; {days_left} were left)" if days_left < days else \
        " (as before)"
    back = plan_call(session.client().delete_secret, SecretId=secret_id, RecoveryWindowInDays=days)
    aspect = aspects.make_content_aspect(session, secret_id)
    session.record_undo(_describe(name, "restored"), back, conflict=aspect.make_check(left),
                        note=f"Its deletion will be scheduled again, in {days} days{few}.")


def record_creation(session: Session, name: SafeText) -> None:
    """Records a new secret. Undo is not offered: the user plans its deletion instead."""
    session.record_undo(_describe(name, "created"), note=BY_HAND)


def record_rotation_setup(session: Session, before: DescribeSecretResponse, asked: Mapping[str, Any]) -> None:
    """Records a new rotation setup. Undo restores the former setup, or cancels rotation if there was none.

    Args:
        before: the answer of DescribeSecret before the change.
        asked: the request of RotateSecret.
    """
    left = True, asked["RotationLambdaARN"], asked["RotationRules"]
    _record_rotation(session, before, "rotation configured", left,
                     "The new value is kept." if asked["RotateImmediately"] else "")


def record_rotation_cancel(session: Session, before: DescribeSecretResponse) -> None:
    """Records a cancelled rotation. Undo sets it up again as in `before`, the earlier DescribeSecret answer."""
    _, function, rules = read_rotation_setup(before)
    _record_rotation(session, before, "rotation cancelled", (False, function, rules),
                     "A rotation that was in progress does not resume.")


def _record_rotation(
    session: Session, before: DescribeSecretResponse, words: str, left: RotationSetup, note: str
) -> None:
    secret_id, client = before["ARN"], session.client()
    is_on, function, rules = read_rotation_setup(before)
    aspect = aspects.make_rotation_aspect(session, secret_id)

    def find_conflict(client: VaultClient) -> str:
        return aspect.find_conflict(client, left) or (_find_pending(client, secret_id) if is_on else "")

    if is_on and function is not None:
        back = plan_call(client.rotate_secret, SecretId=secret_id, RotationLambdaARN=function, RotationRules=rules,
                         RotateImmediately=False)
    else:
        back = plan_call(client.cancel_rotate_secret, SecretId=secret_id)
    session.record_undo(_describe(sanitize(before["Name"]), words), back, conflict=find_conflict, note=note)


def record_replication(
    session: Session, replica_set: ReplicaSet, left: aspects.Replicas, overwritten: Sequence[str]
) -> None:
    """Records new replicas. Undo removes them with RemoveRegionsFromReplication.

    Args:
        left: the new replicas, in Regions that had none, or one whose replication had failed.
        overwritten: those Regions in which another secret was overwritten; undo does not restore it.
    """
    lost = f"What was overwritten in {', '.join(overwritten)} is not restored." if overwritten else ""
    aspect = aspects.make_replicas_aspect(session, replica_set.primary, replica_set.region, left)
    session.record_undo(
        _describe(sanitize(replica_set.name), f"replicated to {', '.join(left)}"),
        plan_call(session.client(replica_set.region).remove_regions_from_replication,
                  SecretId=replica_set.primary["ARN"], RemoveReplicaRegions=list(left)),
        conflict=aspect.make_check(left), note=lost, region=replica_set.region,
    )


def record_replica_removal(session: Session, replica_set: ReplicaSet, replica: Replica, target: str) -> None:
    """Records a removed replica. Undo adds it with ReplicateSecretToRegions, under the same KMS key.

    Args:
        target: the key that the KmsKeyId of the replica means (`kms.aliases.find_key`).
    """
    aspect = aspects.make_replicas_aspect(session, replica_set.primary, replica_set.region, [replica.region])
    is_changed = aspect.make_check({replica.region: None})
    is_moved = aspects.make_key_choice_check(session, KeyChoice(replica.key, target), replica.region)
    session.record_undo(
        _describe(sanitize(replica_set.name), f"replica in {replica.region} deleted"),
        plan_call(session.client(replica_set.region).replicate_secret_to_regions, SecretId=replica_set.primary["ARN"],
                  AddReplicaRegions=[replica.request]),
        conflict=lambda client: is_changed(client) or is_moved(client), region=replica_set.region,
    )  # fmt: skip


def record_promotion(session: Session, replica_set: ReplicaSet, replica: Replica) -> None:
    """Records a promoted replica (StopReplicationToReplica), which cannot be undone."""
    words = _describe(sanitize(replica_set.name), f"promoted in {replica.region}")
    session.record_undo(words, note=OF_ITS_OWN, region=replica.region)


def record_function_creation(session: Session, made: FunctionDescription) -> None:
    """Records a new rotation function. Undo deletes it."""
    name = made["FunctionName"]
    back = plan_call(session.rotations().delete_function, FunctionName=name)
    session.record_undo(sanitize(f"function {name} created"), back, conflict=aspects.make_function_aspect(
        session, name).make_check(aspects.get_function_state(made)))


def record_function_change(session: Session, before: FunctionEntry, after: FunctionDescription) -> None:
    """Records changed settings of a rotation function. Undo restores the former ones, and their permission to run."""
    name = before["FunctionName"]
    back = plan_call(session.rotations().update_function, **make_function_request(before))
    session.record_undo(sanitize(f"function {name} changed"), back, conflict=aspects.make_function_aspect(
        session, name).make_check(aspects.get_function_state(after)))


def make_function_request(function: FunctionEntry) -> CreateFunctionRequest:
    """The request that creates a function as it is described, with its permission to run."""
    request: CreateFunctionRequest = {
        "FunctionName": function["FunctionName"], "Allow": "WaitsForPermission" not in function,
    }
    if "Password" in function:
        request["Password"] = function["Password"]
    if "Command" in function:
        request["Command"] = function["Command"]
    if "Lambda" in function:
        described = function["Lambda"].copy()
        described.pop("FileSha256", None)
        request["Lambda"] = described
    return request


def record_function_removal(session: Session, function: FunctionEntry) -> None:
    """Records a removed rotation function, as ListFunctions returned it. Undo restores its permission to run, too."""
    words = sanitize(f"function {function['FunctionName']} deleted")
    if "Unreadable" in function:
        session.record_undo(words, note="Its settings were unreadable, so it cannot be created again.")
        return
    request = make_function_request(function)
    session.record_undo(words, plan_call(session.rotations().create_function, **request),
                        conflict=aspects.make_function_aspect(session, function["FunctionName"]).make_check(None))


def _find_pending(client: VaultClient, secret_id: str) -> str:
    pending = find_pending_version(client.describe_secret(SecretId=secret_id).get("VersionIdsToStages", {}))
    return "A rotation is in progress or incomplete: AWSPENDING is still attached." if pending else ""


def _describe(name: SafeText, what: str) -> SafeText:
    return sanitize(f"{name}: {what}")


def record_policy_change(session: Session, secret_id: str, name: SafeText, before: str, after: str) -> None:
    """Records a changed resource policy. `before` and `after` are its JSON texts, empty for no policy."""
    client = session.client()
    back = plan_call(client.put_resource_policy, SecretId=secret_id, ResourcePolicy=before) if before else \
        plan_call(client.delete_resource_policy, SecretId=secret_id)
    session.record_undo(_describe(name, "policy attached" if after else "policy removed"), back,
                        conflict=aspects.make_policy_aspect(session, secret_id).make_check(after))
