"""Which secrets a KMS key encrypts, as far as the list of secrets tells: the keys of current versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from smtui.api.arn import is_arn
from smtui.vault.keystore import AWS_MANAGED

if TYPE_CHECKING:
    from smtui.api.types import Client


class AwsKeyUsage:
    """`context.key_usage`, by the list of all secrets of a Region.

    The numbers are lower limits: which keys encrypt older versions would take one call for each secret.

    Args:
        make_client: returns the client of a Region, by default that of the context, with lists from memory.
    """

    def __init__(self, make_client: Callable[[str | None], Client]) -> None:
        self._make_client = make_client

    def count_versions(self, key_id: str, *, region_name: str | None = None) -> tuple[int, int]:
        """How many current versions a key encrypts, and of how many secrets: at least as many. `key_id` is bare."""
        count = len(self._read_names(region_name).get(key_id, ()))
        return count, count

    def count_versions_by_key(self, *, region_name: str | None = None) -> dict[str, tuple[int, int]]:
        """The same for every key that a secret names."""
        return {key_id: (len(names), len(names)) for key_id, names in self._read_names(region_name).items()}

    def list_secret_names(self, key_id: str, *, most: int = 100, region_name: str | None = None) -> list[str]:
        """The names, in order, of up to `most` secrets whose current version the key encrypts."""
        return sorted(self._read_names(region_name).get(key_id, ()))[:most]

    def _read_names(self, region_name: str | None) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for key_id, name in _list_keys(self._make_client(region_name)):
            names.setdefault(key_id, []).append(name)
        return names


def _list_keys(client: Client) -> Iterator[tuple[str, str]]:
    """The bare id of the key, and the name, of each secret that names a key. The default key has no id in the list."""
    for page in client.get_paginator("list_secrets").paginate(IncludePlannedDeletion=True, MaxResults=100):
        for entry in page["SecretList"]:
            key_id = entry.get("KmsKeyId", AWS_MANAGED)
            yield key_id.rpartition("/")[2] if is_arn(key_id) else key_id, entry["Name"]
