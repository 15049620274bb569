"""Finds the secrets that an earlier import has made of the same items, by the tags `imported-from` and `imported-id`.

An item that was renamed in its source, or its secret here, is updated under the name that the secret has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from smtui.api.limits import MAX_PAGE_SIZE
from smtui.transfer.entry import Entry
from smtui.transfer.mapping import FROM_TAG, ID_TAG
from smtui.transfer.target import ImportTarget

if TYPE_CHECKING:
    from smtui.api.types import Client

Identity = tuple[str, str]


def keep_names(target: ImportTarget, entries: Sequence[Entry], prefix: str = "") -> list[Entry]:
    """The entries, under the names that an earlier import with the same prefix, or the user since then, gave them."""
    if not any(map(_get_identity, entries)):
        return list(entries)
    names = _read_names(target.client(None), prefix)
    taken = {entry.name for entry in entries}
    return [_rename(entry, names, taken) for entry in entries]


def _rename(entry: Entry, names: Mapping[Identity, list[str]], taken: set[str]) -> Entry:
    identity = _get_identity(entry)
    existing = names.get(identity, []) if identity else []
    if entry.name in existing or len(existing) != 1 or existing[0] in taken:
        return entry
    return entry.rename(existing[0])


def _get_identity(entry: Entry) -> Identity | None:
    """The two tags of an entry that was mapped; None for a secret that keeps its name."""
    return _read_identity(entry.metadata.get("Tags", ())) if entry.origin else None


def _read_identity(tags: Iterable[Mapping[str, Any]]) -> Identity | None:
    held = {tag.get("Key"): tag.get("Value", "") for tag in tags}
    return (held[FROM_TAG], held[ID_TAG]) if held.keys() >= {FROM_TAG, ID_TAG} else None


def _read_names(client: Client, prefix: str) -> dict[Identity, list[str]]:
    names: dict[Identity, list[str]] = defaultdict(list)
    pages = client.get_paginator("list_secrets").paginate(
        Filters=[{"Key": "tag-key", "Values": [ID_TAG]}], MaxResults=MAX_PAGE_SIZE)
    for page in pages:
        for secret in page["SecretList"]:
            identity = _read_identity(secret.get("Tags", ()))
            if identity and secret["Name"].startswith(prefix):
                names[identity].append(secret["Name"])
    return names
