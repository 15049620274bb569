"""Which secret versions a KMS key of a local vault encrypts, for the question what a deletion would destroy."""

from __future__ import annotations

from smtui.backends.state import VaultState
from smtui.vault import keys


class KeyUsageReader:
    """`vault.key_usage`. A key is given by its bare id, as DescribeKey answers it; `region_name` defaults to home."""

    def __init__(self, state: VaultState) -> None:
        self._state = state

    def count_versions(self, key_id: str, *, region_name: str | None = None) -> tuple[int, int]:
        """How many versions a key encrypts, and of how many secrets; (0, 0) for an unknown key."""
        database = self._state.checked_database
        key = keys.find_by_id(database, region_name or self._state.region_name, key_id)
        return keys.count_versions(database, key) if key else (0, 0)

    def count_versions_by_key(self, *, region_name: str | None = None) -> dict[str, tuple[int, int]]:
        """The same for every key of a Region that encrypts a version, by key id. Reads every version of the vault."""
        return keys.count_versions_by_key(self._state.checked_database, region_name or self._state.region_name)

    def list_secret_names(self, key_id: str, *, most: int = 100, region_name: str | None = None) -> list[str]:
        """The names, in order, of up to `most` secrets with a version that the key encrypts."""
        database = self._state.checked_database
        key = keys.find_by_id(database, region_name or self._state.region_name, key_id)
        return keys.list_secret_names(database, key, most) if key else []
