"""The indexes of the Regions of an account: made when a list is asked for, and told about every change made here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import Lock
from typing import Any

from smtui.backends.aws.client import AwsClient, IndexedClient
from smtui.backends.aws.connection import Connection
from smtui.backends.aws.guard import READING_OPERATIONS
from smtui.backends.aws.kept_index import IndexKeeper, decode_index, encode_index
from smtui.backends.aws.list_index import ListIndex


class IndexStore:
    """The kept indexes of one account. See `ListIndexes.keep_in`."""

    def __init__(self, keeper: IndexKeeper, account_id: str) -> None:
        self._keeper = keeper
        self._account_id = account_id
        self._stored: dict[str, int] = {}
        """The version of the index that was stored last, by Region."""

    def restore(self, region: str, index: ListIndex) -> None:
        found = self._keeper.load(region)
        if found is None:
            return
        entries = decode_index(found[0], self._account_id)
        if entries is None:
            self._keeper.forget()
        else:
            index.restore(entries, found[1])

    def store_if_changed(self, region: str, index: ListIndex) -> None:
        """Stores an index that is whole and read from AWS, unless it is stored as it is."""
        version = index.version
        is_known = index.is_whole and index.kept_since is None
        if is_known and self._stored.get(region) != version and self._keeper.can_store:
            self._keeper.store(region, encode_index(self._account_id, index.list_known()))
            self._stored[region] = version


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
        self._kept: IndexStore | None = None

    def keep_in(self, keeper: IndexKeeper, account_id: str) -> None:
        """Begins each list with what `keeper` has of it, and stores it there while it is in use.

        Args:
            keeper: keeps indexes beyond this session.
            account_id: the account; what is kept of another one under this name is forgotten.
        """
        self._kept = IndexStore(keeper, account_id)

    def expire(self, region: str) -> None:
        """Makes the list of a Region be read again, if it was read."""
        if (index := self._indexes.get(region)) is not None:
            index.expire()

    def find_kept_date(self, region: str) -> datetime | None:
        """When the list of a Region was kept, while it is not read again from AWS; otherwise None."""
        index = self._indexes.get(region)
        return index.kept_since if index is not None else None

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
                begin = partial(self._kept.restore, region) if self._kept is not None else None
                self._indexes[region] = ListIndex(client.list_secrets, client.describe_secret, self._monotonic, begin)
            return self._indexes[region]

    def count_changes(self) -> int:
        """A number that differs after each change of a secret in any of the lists, looked for once a minute.

        Raises:
            ClientError: AWS could not be asked.
        """
        with self._lock:
            indexes = dict(self._indexes)
        for region, index in indexes.items():
            index.look_for_changes()
            if self._kept is not None:
                self._kept.store_if_changed(region, index)
        return sum(index.version for index in indexes.values())

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
