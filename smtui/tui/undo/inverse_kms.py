"""The inverse of each kind of change to a KMS key, and the conditions that prevent its undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING

from smtui.api.limits import MAX_KEY_DELETION_DAYS, MIN_KEY_DELETION_DAYS
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.client_call import plan_call
from smtui.tui.undo import aspects

if TYPE_CHECKING:
    from smtui.api.kms_types import KeyTag
    from smtui.api.vault_client import VaultClient
    from smtui.tui.kms.keys import KmsKey
    from smtui.tui.session import Session

BY_HAND = "Schedule the deletion of the key instead."


def record_key_creation(session: Session, name: SafeText) -> None:
    """Records a new key. Undo is not offered: the user plans its deletion instead."""
    session.record_undo(_describe(name, "created"), note=BY_HAND)


def record_description(session: Session, key: KmsKey, after: str) -> None:
    """Records a changed description. `key` is the key before, `after` the new description."""
    session.record_undo(
        _describe(key.name, "description changed"),
        plan_call(session.keys().update_key_description, KeyId=key.id, Description=key.description),
        conflict=aspects.make_key_description_aspect(session, key).make_check(after),
    )


def record_key_policy(session: Session, key: KmsKey, before: str, after: str) -> None:
    """Records a changed key policy. Undo puts the former text."""
    session.record_undo(
        _describe(key.name, "policy changed"), plan_call(session.keys().put_key_policy, KeyId=key.id, Policy=before),
        conflict=aspects.make_key_policy_aspect(session, key).make_check(after),
    )


def record_key_tags(session: Session, key: KmsKey, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Records changed tags of a key. Undo restores the former ones."""
    client, back = session.keys(), []
    if added := [tag for tag in after if tag not in before]:
        back.append(plan_call(client.untag_resource, KeyId=key.id, TagKeys=added))
    lost: list[KeyTag] = [{"TagKey": tag, "TagValue": value} for tag, value in before.items()
                          if after.get(tag) != value]
    if lost:
        back.append(plan_call(client.tag_resource, KeyId=key.id, Tags=lost))
    session.record_undo(_describe(key.name, "tags changed"), *back,
                        conflict=aspects.make_key_tags_aspect(session, key).make_check(dict(after)))


def record_state_change(session: Session, key: KmsKey, *, on: bool) -> None:
    """Records that a key was enabled (`on`) or disabled."""
    client = session.keys()
    session.record_undo(
        _describe(key.name, "enabled" if on else "disabled"),
        plan_call(client.disable_key if on else client.enable_key, KeyId=key.id),
        conflict=_make_state_check(session, key, "Enabled" if on else "Disabled"),
    )


def record_deletion(session: Session, key: KmsKey, due: datetime) -> None:
    """Records a planned deletion. Undo cancels it, and enables the key if it was enabled before.

    Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html

    Args:
        key: the key before its deletion was planned.
        due: when it will be deleted (DeletionDate).
    """
    client = session.keys()
    back = [plan_call(client.cancel_key_deletion, KeyId=key.id)]
    if key.state == "Enabled":
        back.append(plan_call(client.enable_key, KeyId=key.id))
    session.record_undo(_describe(key.name, "deletion scheduled"), *back,
                        conflict=_make_state_check(session, key, aspects.PENDING, due))


def record_deletion_cancel(session: Session, key: KmsKey) -> None:
    """Records a cancelled deletion. Undo schedules it again with the remaining days.

    Fewer days than the minimum of ScheduleKeyDeletion are raised to it.

    Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html

    Args:
        key: the key before its deletion was cancelled; `deletes_at` is set.
    """
    assert key.deletes_at is not None, "a deletion that was planned had a day"
    left = ceil((key.deletes_at - session.now()).total_seconds() / 86400)
    days = max(MIN_KEY_DELETION_DAYS, min(left, MAX_KEY_DELETION_DAYS))
    session.record_undo(
        _describe(key.name, "deletion cancelled"),
        plan_call(session.keys().schedule_key_deletion, KeyId=key.id, PendingWindowInDays=days),
        conflict=_make_state_check(session, key, "Disabled"),
    )


def _make_state_check(
    session: Session, key: KmsKey, left: str, due: datetime | None = None
) -> Callable[[VaultClient], str]:
    return aspects.make_key_state_aspect(session, key).make_check((left, due))


def record_alias(session: Session, alias: str, before: str | None, after: str) -> None:
    """Records a new or changed alias.

    Args:
        before: the id of its former target key; None if the alias is new.
        after: the id of its new target key.
    """
    client = session.keys()
    back = plan_call(client.delete_alias, AliasName=alias) if before is None else \
        plan_call(client.update_alias, AliasName=alias, TargetKeyId=before)
    session.record_undo(_describe(sanitize(alias), "created" if before is None else "moved to another key"), back,
                        conflict=aspects.make_alias_aspect(session, alias).make_check(after))


def record_alias_removal(session: Session, alias: str, key: KmsKey) -> None:
    """Records a removed alias. Undo creates it again with `key` as its target."""
    back = plan_call(session.keys().create_alias, AliasName=alias, TargetKeyId=key.id)
    session.record_undo(_describe(sanitize(alias), "removed"), back,
                        conflict=aspects.make_alias_aspect(session, alias).make_check(None))


def _describe(name: SafeText, what: str) -> SafeText:
    return sanitize(f"{name}: {what}")
