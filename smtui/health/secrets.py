"""Checks of each secret of a Region: policy, last rotation, replicas, and on request the value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from smtui.api.context import KeyUsageExtent
from smtui.api.errors import ClientError, DamagedSecretError
from smtui.api.limits import MAX_BATCH_SIZE, MAX_PAGE_SIZE
from smtui.health.finding import HealthFinding, HealthLimits, Urgency
from smtui.health.metadata import check_entry, check_keys, describe_pending_keys, list_pending_keys
from smtui.health.values import Progress, Values
from smtui.rules.rotation_status import has_failed
from smtui.text.dates import format_time
from smtui.text.sanitize import sanitize

if TYPE_CHECKING:
    from smtui.api.context import Context
    from smtui.api.extension_types import RotationStatus
    from smtui.api.types import SecretListEntry
    from smtui.backends.local import Vault

ALERT_KINDS = frozenset({"public", "rotation failed"})
"""The kinds of findings that `check_alerts` finds."""


def check_secrets(vault: Context, region: str, limits: HealthLimits, progress: Progress) -> list[HealthFinding]:
    """Reads all current values, policies, rotations and replicas of a Region and returns the findings.

    The audit log records each value that is read. This takes long, so screens run it as a job.

    Raises:
        SmtuiError: the secrets could not be read, or `progress` stopped the check.
    """
    found: list[HealthFinding] = []
    values = Values(limits.weak_bits)
    unread: list[SecretListEntry] = []
    try:
        for batch in _list_batches(vault, region, progress):
            found += [finding for entry in batch for finding in _check_secret(vault, region, entry)]
            unread += batch
            if len(unread) >= MAX_PAGE_SIZE:
                _add_values(vault, region, unread, values)
                unread.clear()
        _add_values(vault, region, unread, values)
        return [*found, *values.list_findings(progress)]
    finally:
        values.close()


def check_region(
    vault: Context, region: str, limits: HealthLimits, progress: Progress, *, values: bool
) -> tuple[list[HealthFinding], int]:
    """Returns all findings about a Region, and the number of its secrets. Values are read only with `values`.

    Raises:
        SmtuiError: the secrets or keys could not be read, or `progress` stopped the check.
    """
    knows_all_keys = vault.can.key_usage is KeyUsageExtent.EXACT
    found = check_keys(vault, region, list_pending_keys(vault, region)) if knows_all_keys else []
    count, now, waiting = 0, vault.now(), _list_waiting_functions(vault, region)
    key_ids: dict[str, None] = {}
    for batch in _list_batches(vault, region, progress, include_scheduled=True):
        count += len(batch)
        for entry in batch:
            key_ids |= dict.fromkeys(filter(None, [entry.get("KmsKeyId")]))
            found += check_entry(entry, now, limits, waiting)
            if not values and "DeletedDate" not in entry:
                found += _check_secret(vault, region, entry)
    if not knows_all_keys:
        found += check_keys(vault, region, describe_pending_keys(vault, region, key_ids))
    return [*found, *(check_secrets(vault, region, limits, progress) if values else ())], count


def _list_waiting_functions(context: Context, region: str) -> frozenset[str]:
    """The ARNs of rotation functions that are not allowed on this machine."""
    if not context.can.has_functions:
        return frozenset()
    return cast("Vault", context).scheduler.list_waiting_functions(region_name=region)


def check_alerts(vault: Vault, region: str, entries: Sequence[SecretListEntry]) -> list[HealthFinding]:
    """Returns the findings of the kinds `ALERT_KINDS` about entries of ListSecrets. It reads no value, and is quick.

    Raises:
        SmtuiError: the vault could not be read.
    """
    found = vault.alerts.find([each["Name"] for each in entries], region_name=region)
    flagged = [each for each in entries if each["Name"] in found.failed | found.public and "DeletedDate" not in each]
    return [finding for each in flagged for finding in _check_secret(vault, region, each)
            if finding.kind in ALERT_KINDS]


def _list_batches(
    vault: Context, region: str, progress: Progress, *, include_scheduled: bool = False
) -> Iterator[list[SecretListEntry]]:
    """Lists the secrets of a Region by name, in batches that BatchGetSecretValue accepts."""
    total, done = vault.regions().get(region) or 0, 0
    client = vault.client(region_name=region)
    request: Any = {"MaxResults": MAX_PAGE_SIZE, "SortBy": "name", "SortOrder": "asc",
                    "IncludePlannedDeletion": include_scheduled}
    for page in client.get_paginator("list_secrets").paginate(**request):
        entries = page["SecretList"]
        for start in range(0, len(entries), MAX_BATCH_SIZE):
            batch = entries[start : start + MAX_BATCH_SIZE]
            yield batch
            done += len(batch)
            progress("checking secrets", done, total)


def _add_values(vault: Context, region: str, entries: list[SecretListEntry], values: Values) -> None:
    client = vault.client(region_name=region)
    arns = [each["ARN"] for each in entries]
    with vault.reading():
        answers = [client.batch_get_secret_value(SecretIdList=arns[start : start + MAX_BATCH_SIZE])
                   for start in range(0, len(arns), MAX_BATCH_SIZE)]
    for each in chain.from_iterable(answer["SecretValues"] for answer in answers):
        values.add(each["ARN"], sanitize(each["Name"]), each.get("SecretString"))


def _check_secret(vault: Context, region: str, entry: SecretListEntry) -> Iterator[HealthFinding]:
    """Yields the findings about the policy, the last rotation and the replicas of a secret.

    These reads of metadata are not recorded one by one; the audit log has the list of secrets.
    """
    arn = entry["ARN"]

    def make_finding(kind: str, words: str) -> HealthFinding:
        return HealthFinding(Urgency.ALERT, kind, sanitize(entry["Name"]), arn, sanitize(words))

    try:
        access = vault.access(region_name=region, record_reads=False)
        witness = access.list_access(SecretId=arn, Action="GetSecretValue").get("Witness")
        if witness:
            yield make_finding("public", f"its policy grants broad access: {witness}")
        run = _describe_run(vault, region, arn)
        if run is not None and has_failed(run):
            retry = f"; next retry {format_time(run.get('RetryDate'))}" if "RetryDate" in run else ""
            yield make_finding("rotation failed", f"in {run['Step']}{retry}")
        client = vault.client(region_name=region, record_reads=False)
        for replica in client.describe_secret(SecretId=arn).get("ReplicationStatus", ()):
            if replica.get("Status") == "Failed":
                yield make_finding("replica failed", f"{replica['Region']}: {replica.get('StatusMessage', '')}")
    except (ClientError, DamagedSecretError) as error:
        why = error.message if isinstance(error, ClientError) else str(error)
        yield HealthFinding(Urgency.WARNING, "not checked", sanitize(entry["Name"]), arn, sanitize(why))


def _describe_run(context: Context, region: str, arn: str) -> RotationStatus | None:
    """The rotation that is in progress or has failed, where the context has them."""
    if not context.can.has_rotation_runs:
        return None
    return context.rotations(region_name=region, record_reads=False).describe_rotation(SecretId=arn).get("Rotation")
