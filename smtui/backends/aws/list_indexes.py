"""The indexes of the Regions of an account: made when a list is asked for, and told about every change made here."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

from smtui.backends.aws.client import AwsClient, IndexedClient
from smtui.backends.aws.connection import Connection
from smtui.backends.aws.guard import READING_OPERATIONS
from smtui.backends.aws.list_index import ListIndex


class ListIndexes:
    """`context.lists`. A Region without an index costs nothing.

    Args:
        connection: the connection to the account.
        monotonic: returns seconds that never decrease.
    """

    def __init__(self, connection: Connection, monotonic: Callable[[], float]) -> None:
        self._connection = connection
        self._monotonic = monotonic
        self._lock = Lock()
        self._indexes: dict[str, ListIndex] = {}

    def make_client(self, region: str) -> AwsClient:
        """A client whose lists come from AWS."""
        return AwsClient(self._connection, region, lambda *call: self._record(region, *call))

    def make_indexed_client(self, region: str) -> IndexedClient:
        """A client whose lists come from the index."""
        return IndexedClient(
            self._connection, region, lambda *call: self._record(region, *call), self.get_index(region))

    def get_index(self, region: str) -> ListIndex:
        """The index of a Region, empty at first."""
        with self._lock:
            if region not in self._indexes:
                client: Any = AwsClient(self._connection, region)
                self._indexes[region] = ListIndex(client.list_secrets, client.describe_secret, self._monotonic)
            return self._indexes[region]

    def count_changes(self) -> int:
        """A number that differs after each change of a secret in any of the lists, looked for once a minute.

        Raises:
            ClientError: AWS could not be asked.
        """
        with self._lock:
            indexes = [*self._indexes.values()]
        for index in indexes:
            index.look_for_changes()
        return sum(index.version for index in indexes)

    def count_whole_lists(self) -> dict[str, int]:
        """The number of secrets of each Region whose list is known completely."""
        with self._lock:
            return {region: index.known_count for region, index in self._indexes.items() if index.is_whole}

    def close(self) -> None:
        """Drops all indexes."""
        with self._lock:
            for index in self._indexes.values():
                index.close()
            self._indexes.clear()

    def _record(self, region: str, operation: str, request: dict[str, Any], response: dict[str, Any]) -> None:
        """Tells the index of a Region about a change."""
        index = self._indexes.get(region)
        secret_id = response.get("ARN") or request.get("SecretId")
        if index is not None and secret_id and operation not in READING_OPERATIONS:
            index.record_change(secret_id)
