"""The undo of an import: deletes new secrets with a recovery window, and moves the labels of updated ones back.

Each secret is checked separately, and stays as it is if it was changed since the import. No value is kept: only names,
ARNs, VersionIds and a digest of the metadata of each new secret.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from smtui.api.errors import ClientError, ResourceNotFoundException
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit import last_change
from smtui.tui.secret.label_moves import LabelMove, collect_secret_labels
from smtui.tui.secret_list.plan import format_count
from smtui.tui.undo import inverse
from smtui.tui.undo.aspects import GONE, SCHEDULED_ALREADY, digest_metadata
from smtui.tui.undo_history import UndoOutcome

if TYPE_CHECKING:
    from smtui.api.types import Client, DescribeSecretResponse
    from smtui.backends.local import Vault
    from smtui.transfer.apply import ImportedSecret
    from smtui.tui.undo_history import Progress

PACKED = 1000
"""Changes that are packed together."""
DAYS = 30
"""The recovery window, in days, of secrets that undo deletes: the longest that DeleteSecret accepts."""
OTHER_VERSIONS = "It has other versions or labels now."
OTHER_METADATA = "Its description, tags, key, rotation or replicas have changed since."
OTHER_POLICY = "It has a resource policy now."


@dataclass(frozen=True, slots=True)
class _Created:
    """A secret that the import created, in the state in which it left it.

    Attributes:
        arn: the ARN of the secret.
        name: its name, for display.
        owner: the service that owns it (OwningService); None for the user's own secrets.
        labels: its staging labels, by the VersionIds of the versions that have some.
        versions: the number of its versions.
        changed: its LastChangedDate.
        digest: the digest of its metadata.
    """

    arn: str
    name: SafeText
    owner: str | None
    labels: Mapping[str, Sequence[str]]
    versions: int
    changed: object
    digest: bytes

    def find_conflict(self, client: Client) -> str:
        """Returns why the secret is not deleted; empty if it is unchanged since the import."""
        try:
            secret = client.describe_secret(SecretId=self.arn)
        except ResourceNotFoundException:
            return GONE
        if "DeletedDate" in secret:
            return SCHEDULED_ALREADY
        if secret.get("VersionIdsToStages") != self.labels:
            return OTHER_VERSIONS
        if digest_metadata(secret) != self.digest:
            return OTHER_METADATA
        return "" if secret.get("LastChangedDate") == self.changed else self._find_more(client)

    def _find_more(self, client: Client) -> str:
        """Checks what DescribeSecret does not return: versions without a label, and the resource policy."""
        pages = client.get_paginator("list_secret_version_ids").paginate(SecretId=self.arn, IncludeDeprecated=True)
        if sum(len(page["Versions"]) for page in pages) != self.versions:
            return OTHER_VERSIONS
        return OTHER_POLICY if client.get_resource_policy(SecretId=self.arn).get("ResourcePolicy") else ""

    def undo(self, client: Client) -> None:
        """Deletes the secret with a recovery window of `DAYS` days."""
        client.delete_secret(SecretId=self.arn, RecoveryWindowInDays=DAYS)


@dataclass(frozen=True, slots=True)
class _Updated:
    """A secret that got a new version. `back` moves its labels back; None if that is impossible."""

    arn: str
    name: SafeText
    owner: str | None
    back: LabelMove | None

    def find_conflict(self, client: Client) -> str:
        """Returns why the labels cannot be moved back; empty if they can."""
        if self.back is None:
            return inverse.NEVER_WITHOUT
        return inverse.find_label_conflict(client, self.arn, self.back)

    def undo(self, client: Client) -> None:
        """Moves the labels back, AWSCURRENT first. Each request names the version that loses the label."""
        for update in self.back.updates if self.back else ():
            client.update_secret_version_stage(**update.build_request(self.arn))


_Change = _Created | _Updated


class _PackedChanges:
    """A sequence of changes in little memory: of 100,000 secrets, about 10 MB instead of 70."""

    def __init__(self, changes: Iterable[_Change]) -> None:
        self._count = 0
        self._packed: list[bytes] = []
        items = iter(changes)
        while several := list(islice(items, PACKED)):
            self._count += len(several)
            self._packed.append(zlib.compress(pickle.dumps(several)))

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[_Change]:
        for packed in self._packed:
            yield from pickle.loads(zlib.decompress(packed))  # noqa: S301  # it never leaves this process


class ImportedSecrets:
    """The secrets that one import wrote. Implements `LargeChange`."""

    def __init__(self, changes: Iterable[_Change]) -> None:
        self._changes = _PackedChanges(changes)

    def preview(self, vault: Vault, region: str, progress: Progress) -> UndoOutcome:
        """See `LargeChange.preview`."""
        return self._sort(vault, region, progress, "comparing", lambda *_: "")

    def undo(self, vault: Vault, region: str, progress: Progress) -> UndoOutcome:
        """See `LargeChange.undo`."""
        with vault.transaction():
            return self._sort(vault, region, progress, "undoing", _take_one_back)

    def _sort(
        self, vault: Vault, region: str, progress: Progress, what: str, act: Callable[[Vault, str, _Change], str]
    ) -> UndoOutcome:
        """Checks each secret, calls `act` on those without conflict, and returns the outcome."""
        reader = vault.client(region_name=region, record_reads=False)
        deleted: list[SafeText] = []
        restored: list[SafeText] = []
        left: list[tuple[SafeText, SafeText]] = []
        for number, change in enumerate(self._changes):
            progress(what, number, len(self._changes))
            why = _find_conflict(reader, vault, region, change) or act(vault, region, change)
            if why:
                left.append((change.name, sanitize(why)))
            else:
                (deleted if isinstance(change, _Created) else restored).append(change.name)
        return UndoOutcome(tuple(_make_sections(deleted, restored)), tuple(left))


def note_import(vault: Vault, region: str, written: Sequence[ImportedSecret], progress: Progress) -> ImportedSecrets:
    """Reads the state in which an import left each secret. Runs in the transaction of the import.

    Raises:
        SmtuiError: a secret could not be read.
    """
    def report() -> Iterator[ImportedSecret]:
        for number, each in enumerate(written):
            progress("recording undo information", number, len(written))
            yield each

    return note_each(vault, region, report())


def note_each(vault: Vault, region: str, written: Iterable[ImportedSecret]) -> ImportedSecrets:
    """Like `note_import`, for secrets that are noted as they are written, so that they are not in memory together."""
    reader = vault.client(region_name=region, record_reads=False)
    return ImportedSecrets(_note_one(each, reader.describe_secret(SecretId=each.name)) for each in written)


def _note_one(written: ImportedSecret, secret: DescribeSecretResponse) -> _Change:
    arn, name = secret["ARN"], sanitize(written.name)
    if written.before is None:
        return _Created(arn, name, written.owner, secret.get("VersionIdsToStages", {}), written.versions,
                        secret["LastChangedDate"], digest_metadata(secret))
    move = LabelMove(dict(written.before), collect_secret_labels(secret), ())
    return _Updated(arn, name, written.owner, move.invert())


def _find_conflict(reader: Client, vault: Vault, region: str, change: _Change) -> str:
    try:
        why = change.find_conflict(reader)
        return inverse.add_last_change(why, vault, last_change.SECRET_CHANGES, region, change.arn)
    except ClientError as refusal:
        return refusal.sentence


def _take_one_back(vault: Vault, region: str, change: _Change) -> str:
    """Undoes one change. Returns an empty text, or the error of the service; the secret is unchanged then."""
    client = vault.client(region_name=region, caller=vault.owner(change.owner))
    try:
        with vault.transaction():
            change.undo(client)
    except ClientError as refusal:
        return refusal.sentence
    return ""


def _make_sections(
    deleted: Sequence[SafeText], restored: Sequence[SafeText]
) -> Iterator[tuple[SafeText, tuple[SafeText, ...]]]:
    if deleted:
        verb = "is" if len(deleted) == 1 else "are"
        what = f"{format_count(len(deleted), 'new secret')} {verb} scheduled for deletion, in {DAYS} days:"
        yield sanitize(what), tuple(deleted)
    if restored:
        verb = "is" if len(restored) == 1 else "are"
        what = f"{format_count(len(restored))} {verb} rolled back to the previous version:"
        yield sanitize(what), tuple(restored)
