"""The health checks: from the metadata of lists, and on request from the value of each secret.

The checks do not keep values. They keep an HMAC of each value under a random key, and an estimate of its strength:
enough to find equal and weak values.
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from smtui.api.arn import get_last_field
from smtui.api.errors import ClientError
from smtui.api.limits import MAX_BATCH_SIZE, MAX_PAGE_SIZE
from smtui.passphrase.strength import Estimator
from smtui.system.ambient import Ambient
from smtui.text.json_object import read_members
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.jobs.job import Progress
from smtui.tui.json_editor.diagnostic import Severity
from smtui.tui.rotation.function_text import WAITS
from smtui.tui.secret_list import rows

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry
    from smtui.backends.local import Vault

UNUSED_DAYS, UNROTATED_DAYS, SOON_DAYS = 90, 90, 7
WEAK_BELOW = 38.0
"""Values with fewer bits of estimated strength are weak: about eight random lower-case letters."""
SHORTEST = 4
"""The minimum length, in characters, of a value that is judged. Shorter ones are flags such as `true` or `no`."""
SECRETIVE = ("pass", "secret", "token", "key", "pwd", "credential")
"""Parts of the key of a JSON member whose value should be hard to guess."""


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """One problem of a secret or of a KMS key.

    Attributes:
        severity: how urgent it is.
        kind: the name of the problem, such as "never rotated".
        name: the name of the secret, or the id of the KMS key.
        arn: the ARN of the secret; empty for a KMS key.
        words: the details.
    """

    severity: Severity
    kind: str
    name: SafeText
    arn: str
    words: SafeText

    @property
    def key(self) -> tuple[str, str, str]:
        """Identifies the finding in a table."""
        return self.kind, self.arn, self.words


# Checks of metadata.


def check_entry(entry: SecretListEntry, now: datetime) -> Iterator[HealthFinding]:
    """Yields the findings that follow from an entry of ListSecrets: its dates, rotation, description and tags.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html

    Args:
        entry: an entry of ListSecrets; `rows.flag_waiting` has marked rotations that wait for permission.
        now: the current time, with a time zone.
    """
    def make_finding(severity: Severity, kind: str, words: str) -> HealthFinding:
        return HealthFinding(severity, kind, sanitize(entry["Name"]), entry["ARN"], sanitize(words))

    if deleted := entry.get("DeletedDate"):
        if deleted - now <= timedelta(days=SOON_DAYS):
            words = f"on {rows.format_date(deleted)}; until then it can be restored"
            yield make_finding(Severity.ALERT, "deleted soon", words)
        return
    made = entry["CreatedDate"]
    if "LastRotatedDate" not in entry and now - made > timedelta(days=UNROTATED_DAYS):
        changed = entry.get("LastChangedDate", made)
        yield make_finding(Severity.WARNING, "never rotated", f"changed {(now - changed).days:,} days ago")
    if now - entry.get("LastAccessedDate", made) > timedelta(days=UNUSED_DAYS):
        read = entry.get("LastAccessedDate")
        words = f"last read on {rows.format_date(read)}" if read else "never read"
        yield make_finding(Severity.WARNING, "unused", words)
    due = entry.get("NextRotationDate")
    if entry.get("RotationEnabled") and due is not None and due < now:
        yield make_finding(Severity.ALERT, "rotation overdue", f"it was due on {rows.format_date(due)}")
    if rows.is_waiting(entry):
        name = get_last_field(entry.get("RotationLambdaARN", ""))
        yield make_finding(Severity.ALERT, "rotation waits", f"{WAITS} to run {name}")
    if not entry.get("Description") and not entry.get("Tags"):
        yield make_finding(Severity.WARNING, "undescribed", "no description and no tag says what it is for")


def check_keys(vault: Vault, region: str) -> list[HealthFinding]:
    """Returns a finding for each KMS key that is pending deletion, with the number of versions it encrypts.

    Raises:
        SmtuiError: the keys could not be read.
    """
    client = vault.keys(region_name=region, record_reads=False)
    found = []
    for each in client.list_keys()["Keys"]:
        key = client.describe_key(KeyId=each["KeyId"])["KeyMetadata"]
        if key["KeyState"] == "PendingDeletion":
            versions, secrets = vault.key_usage.count_versions(key["KeyId"], region_name=region)
            date = rows.format_date(key.get("DeletionDate"))
            words = f"on {date}; it seals {versions:,} versions of {secrets:,} secrets"
            severity = Severity.ALERT if versions else Severity.WARNING
            found.append(HealthFinding(severity, "key deletion", sanitize(key["KeyId"]), "", sanitize(words)))
    return found


# Checks of each secret.


def check_secrets(vault: Vault, region: str, progress: Progress) -> list[HealthFinding]:
    """Reads all current values, policies, rotations and replicas of a Region and returns the findings.

    The audit log records each value that is read. This takes long, so it runs as a job.

    Args:
        progress: called with the step, the number of secrets done, and their total number.

    Raises:
        SmtuiError: the secrets could not be read, or the job was stopped.
    """
    client = vault.client(region_name=region)
    found: list[HealthFinding] = []
    values = Values()
    done = 0
    try:
        of = vault.regions().get(region, 0)
        for page in client.get_paginator("list_secrets").paginate(MaxResults=MAX_PAGE_SIZE):
            entries = page["SecretList"]
            for start in range(0, len(entries), MAX_BATCH_SIZE):
                batch = entries[start : start + MAX_BATCH_SIZE]
                answers = client.batch_get_secret_value(SecretIdList=[each["ARN"] for each in batch])["SecretValues"]
                for answer in answers:
                    values.add(answer["ARN"], sanitize(answer["Name"]), answer.get("SecretString"))
                for entry in batch:
                    found += _of_secret(vault, region, entry)
                done += len(batch)
                progress("looking at secrets", done, of)
        return [*found, *values.findings(progress)]
    finally:
        values.close()


def _of_secret(vault: Vault, region: str, entry: SecretListEntry) -> Iterator[HealthFinding]:
    """Yields the findings about the policy, the last rotation and the replicas of a secret."""
    arn = entry["ARN"]

    def make_finding(kind: str, words: str) -> HealthFinding:
        return HealthFinding(Severity.ALERT, kind, sanitize(entry["Name"]), arn, sanitize(words))

    try:
        client = vault.client(region_name=region)
        witness = vault.access(region_name=region).list_access(SecretId=arn, Action="GetSecretValue").get("Witness")
        if witness:
            yield make_finding("public", f"its policy lets strangers in: {witness}")
        run = vault.rotations(region_name=region).describe_rotation(SecretId=arn).get("Rotation")
        if run is not None and run["State"] == "failed":
            yield make_finding("rotation failed", f"at {run['Step']}")
        for replica in client.describe_secret(SecretId=arn).get("ReplicationStatus", ()):
            if replica.get("Status") == "Failed":
                yield make_finding("replica failed", f"{replica['Region']}: {replica.get('StatusMessage', '')}")
    except ClientError as error:
        yield HealthFinding(Severity.WARNING, "not looked at", sanitize(entry["Name"]), arn, sanitize(error.message))


class Values:
    """Keeps a keyed hash (HMAC-SHA-256) and the estimated strength of each value. `close` clears them."""

    def __init__(self) -> None:
        self._seal = Ambient().random_bytes(32)
        self._where: dict[bytes, list[tuple[str, SafeText, str]]] = defaultdict(list)
        self._bits: dict[bytes, float] = {}
        self._estimator = Estimator()

    def add(self, arn: str, name: SafeText, value: str | None) -> None:
        """Adds the parts of `value` that are judged (see `pieces`). None, as for a binary value, adds nothing."""
        for key, piece in pieces(value or ""):
            print_ = hmac.digest(self._seal, piece.encode("utf-8", "surrogatepass"), "sha256")
            if print_ not in self._bits:
                self._bits[print_] = self._estimator.estimate_bits(piece)
            self._where[print_].append((arn, name, key))

    def findings(self, progress: Progress) -> Iterator[HealthFinding]:
        """Yields a finding for each weak value and for each value that occurs more than once."""
        for done, (print_, places) in enumerate(self._where.items()):
            progress("comparing", done, len(self._where))
            weak = self._bits[print_] < WEAK_BELOW
            by_secret: dict[tuple[str, SafeText], list[str]] = defaultdict(list)
            for arn, name, key in places:
                by_secret[arn, name].append(key)
            for (arn, name), keys in by_secret.items():
                what = _format_keys(keys)
                if weak:
                    words = sanitize(f"{what}about {self._bits[print_]:.0f} bits")
                    yield HealthFinding(Severity.ALERT, "weak", name, arn, words)
                if same := _describe_repetition(keys, [other for _, other in by_secret if other != name]):
                    yield HealthFinding(Severity.WARNING, "repeated", name, arn, sanitize(f"{what}{same}"))

    def close(self) -> None:
        """Clears the hashes and closes the estimator."""
        self._estimator.close()
        self._where.clear()
        self._bits.clear()


def _format_keys(keys: list[str]) -> str:
    """Returns the first keys of JSON members and a colon, for the start of a sentence; empty for a whole value."""
    words = ", ".join(key for key in keys[:2] if key)
    return f"{words}{f' and {len(keys) - 2:,} more' if len(keys) > 2 else ''}: " if words else ""


def _describe_repetition(keys: list[str], others: list[SafeText]) -> str:
    """Returns where else the value occurs: in other secrets, or under several keys of this one; empty if nowhere."""
    if others:
        return f"the same as in {others[0]}{f' and {len(others) - 1:,} more' if len(others) > 1 else ''}"
    return "the same value" if len(keys) > 1 else ""


def pieces(value: str) -> Iterator[tuple[str, str]]:
    """Yields the parts of a value that should be hard to guess, each as (key, text).

    For a JSON object these are the text members with a matching key (`SECRETIVE`); otherwise the whole value, with an
    empty key. Texts shorter than `SHORTEST` are left out.
    """
    found = read_members(value)
    if not found and len(value) >= SHORTEST:
        yield "", value
    for member in found:
        if member.is_text and len(member.text) >= SHORTEST and any(word in member.key.lower() for word in SECRETIVE):
            yield member.key, member.text
