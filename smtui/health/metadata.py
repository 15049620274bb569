"""Checks of metadata: what follows from lists of secrets and KMS keys, without reading a secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from smtui.api.arn import get_last_field
from smtui.api.context import KeyUsageExtent
from smtui.api.errors import ClientError
from smtui.health.finding import HealthFinding, HealthLimits, Urgency
from smtui.text.dates import format_date
from smtui.text.sanitize import sanitize

if TYPE_CHECKING:
    from smtui.api.context import Context
    from smtui.api.kms_types import KeyMetadata
    from smtui.api.types import SecretListEntry

DAY = timedelta(days=1)


def check_entry(
    entry: SecretListEntry, now: datetime, limits: HealthLimits, waiting_functions: Set[str] = frozenset()
) -> Iterator[HealthFinding]:
    """Yields the findings that follow from an entry of ListSecrets: its dates, rotation, description and tags.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html

    Args:
        entry: an entry of ListSecrets.
        now: the current time, with a time zone.
        limits: from when on something is a finding.
        waiting_functions: the ARNs of rotation functions that are not allowed on this machine.
    """
    def make_finding(urgency: Urgency, kind: str, words: str) -> HealthFinding:
        return HealthFinding(urgency, kind, sanitize(entry["Name"]), entry["ARN"], sanitize(words))

    if deleted := entry.get("DeletedDate"):
        if limits.deletion_days and (deleted - now) / DAY <= limits.deletion_days:
            words = f"on {format_date(deleted)}; can be restored until then"
            yield make_finding(Urgency.ALERT, "deleted soon", words)
        return
    made = entry["CreatedDate"]
    if "LastRotatedDate" not in entry and _is_older(made, now, limits.unrotated_days):
        changed = format_date(entry.get("LastChangedDate", made))
        yield make_finding(Urgency.WARNING, "never rotated", f"last changed on {changed}")
    if _is_older(entry.get("LastAccessedDate", made), now, limits.unused_days):
        read = entry.get("LastAccessedDate")
        words = f"last read on {format_date(read)}" if read else "never read"
        yield make_finding(Urgency.WARNING, "unused", words)
    yield from _check_rotation(entry, now, waiting_functions)
    if not entry.get("Description") and not entry.get("Tags"):
        yield make_finding(Urgency.NOTE, "undescribed", "no description or tags")


def _check_rotation(
    entry: SecretListEntry, now: datetime, waiting_functions: Set[str]
) -> Iterator[HealthFinding]:
    if not entry.get("RotationEnabled"):
        return
    name, arn, function = sanitize(entry["Name"]), entry["ARN"], entry.get("RotationLambdaARN", "")
    due = entry.get("NextRotationDate")
    if due is not None and due < now:
        words = sanitize(f"was due on {format_date(due)}")
        yield HealthFinding(Urgency.ALERT, "rotation overdue", name, arn, words)
    if function in waiting_functions:
        words = sanitize(f"waits for your permission to run {get_last_field(function)}")
        yield HealthFinding(Urgency.ALERT, "rotation waits", name, arn, words)


def _is_older(moment: datetime, now: datetime, days: int) -> bool:
    return bool(days) and (now - moment) / DAY > days


def list_pending_keys(vault: Context, region: str) -> list[KeyMetadata]:
    """Returns the KMS keys that are pending deletion.

    Raises:
        SmtuiError: the keys could not be read.
    """
    client = vault.keys(region_name=region, record_reads=False)
    described = (client.describe_key(KeyId=each["KeyId"])["KeyMetadata"] for each in client.list_keys()["Keys"])
    return [key for key in described if key["KeyState"] == "PendingDeletion"]


def describe_pending_keys(vault: Context, region: str, key_ids: Iterable[str]) -> list[KeyMetadata]:
    """Returns those of the keys that are pending deletion; keys that may not be described are left out.

    Args:
        key_ids: IDs, ARNs or aliases.
    """
    client = vault.keys(region_name=region, record_reads=False)
    pending: list[KeyMetadata] = []
    for key_id in key_ids:
        with suppress(ClientError):
            key = client.describe_key(KeyId=key_id)["KeyMetadata"]
            pending += [key] if key["KeyState"] == "PendingDeletion" else []
    return pending


def check_keys(vault: Context, region: str, pending: Iterable[KeyMetadata]) -> list[HealthFinding]:
    """Returns a finding for each KMS key that is pending deletion, with the number of versions it encrypts.

    Args:
        vault: the vault.
        region: the Region of the keys.
        pending: the keys, as `list_pending_keys` returns them.

    Raises:
        SmtuiError: the uses of the keys could not be read.
    """
    found = []
    for key in pending:
        versions, secrets = vault.key_usage.count_versions(key["KeyId"], region_name=region)
        least = "" if vault.can.key_usage is KeyUsageExtent.EXACT else "at least "
        words = f"on {format_date(key.get('DeletionDate'))}; encrypts {least}{_count(versions, 'version')} of " \
                f"{_count(secrets, 'secret')}"
        urgency = Urgency.ALERT if versions else Urgency.WARNING
        found.append(HealthFinding(urgency, "key deletion", sanitize(key["KeyId"]), "", sanitize(words)))
    return found


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
