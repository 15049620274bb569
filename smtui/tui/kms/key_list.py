"""The KMS keys that the screen has read, and which of them still lack their details."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from smtui.text.sanitize import SafeText
from smtui.tui.kms.keys import KmsKey

NO_FAILURE = SafeText("")


class KeyList:
    """Keys in the order of their names.

    After they are listed again, the former details are kept until the new ones are read.
    """

    def __init__(self) -> None:
        self._keys: dict[str, KmsKey] = {}
        self._lacking: set[str] = set()
        self._failures: dict[str, SafeText] = {}

    @property
    def keys(self) -> Sequence[KmsKey]:
        return [*self._keys.values()]

    def put(self, keys: Iterable[KmsKey]) -> None:
        """Replaces all keys, with or without their details."""
        listed = [*keys]
        self._lacking = {key.id for key in listed if not key.has_details}
        self._keys = {key.id: self._keep_details(key) for key in listed}
        self._failures.clear()

    def _keep_details(self, key: KmsKey) -> KmsKey:
        former = self._keys.get(key.id)
        return key if key.has_details or former is None else replace(former, arn=key.arn, aliases=key.aliases)

    def add_details(self, key: KmsKey) -> None:
        """Replaces a key by the same with its details, unless it is no longer listed."""
        if key.id in self._keys:
            self._keys[key.id] = key
            self._lacking.discard(key.id)

    def add_failure(self, key: KmsKey, reason: SafeText) -> None:
        """Records why the details of a key could not be read; they are read again when the keys are listed again."""
        self._failures[key.id] = reason
        self._lacking.discard(key.id)

    def find_failure(self, key: KmsKey) -> SafeText:
        """Why the details of a key could not be read; empty if they could, or are still to be read."""
        return self._failures.get(key.id, NO_FAILURE)

    def list_lacking(self, keys: Iterable[KmsKey]) -> list[KmsKey]:
        """Those of `keys` whose details are to be read."""
        return [key for key in keys if key.id in self._lacking]
