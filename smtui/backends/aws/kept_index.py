"""The list index of a Region as bytes, for a vault to keep: names and metadata of secrets, never values."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from smtui.backends.aws.list_query import Entry

VERSION = 1
MEMBERS = frozenset({
    "ARN", "CreatedDate", "DeletedDate", "Description", "KmsKeyId", "LastAccessedDate", "LastChangedDate",
    "LastRotatedDate", "Name", "NextRotationDate", "OwningService", "PrimaryRegion", "RotationEnabled",
    "RotationLambdaARN", "RotationRules", "SecretVersionsToStages", "Tags",
})  # fmt: skip
"""The members of an entry of ListSecrets that are kept. Whatever AWS may add is not."""
DATE = "$date"


class IndexKeeper(Protocol):
    """Keeps the indexes of one account. Where it cannot, `load` returns None and the others do nothing."""

    @property
    def can_store(self) -> bool:
        """Whether there is a place to keep an index in, now."""

    def load(self, region: str) -> tuple[bytes, datetime] | None:
        """What was kept for a Region, and when it was stored."""

    def store(self, region: str, content: bytes) -> None:
        """Keeps an index instead of the former one."""

    def forget(self) -> None:
        """Deletes what is kept of this account."""


def encode_index(account_id: str, entries: Iterable[Entry]) -> bytes:
    """The bytes of an index, for `decode_index`."""
    kept = [{member: entry[member] for member in sorted(MEMBERS & set(entry))} for entry in entries]
    text = json.dumps({"version": VERSION, "account": account_id, "entries": kept}, default=_encode_date,
                      separators=(",", ":"))
    return zlib.compress(text.encode())


def decode_index(content: bytes, account_id: str) -> list[Entry] | None:
    """The entries of a kept index; None if it is that of another account or another version of this program."""
    try:
        found = json.loads(zlib.decompress(content), object_hook=_decode_date)
        if found["version"] != VERSION or found["account"] != account_id:
            return None
        entries: list[Entry] = found["entries"]
        return entries if all(isinstance(entry["ARN"], str) and isinstance(entry["Name"], str) for entry in entries) \
            else None
    except (ValueError, KeyError, TypeError, zlib.error):
        return None


def _encode_date(value: object) -> dict[str, str]:
    if not isinstance(value, datetime):
        raise TypeError
    return {DATE: value.isoformat()}


def _decode_date(found: Mapping[str, Any]) -> Any:
    return datetime.fromisoformat(found[DATE]) if set(found) == {DATE} else found
