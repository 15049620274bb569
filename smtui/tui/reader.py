"""Reads for the display of a screen, and which of them the audit log records.

Opening a screen records one event, of the operation that stands for it. Further pages, filters and reloads record none,
and neither do their refusals. Values are not read through here, because each read of a value is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import Any


class Reader:
    """Has the methods of a client; only the next call of the methods in `to_record` is recorded.

    Args:
        recorded: the client whose calls are recorded.
        unrecorded: the client whose calls are not recorded.
        to_record: the names of the methods whose next call is an access by the user.
    """

    def __init__(self, recorded: Any, unrecorded: Any, to_record: Iterable[str] = ()) -> None:
        self._recorded = recorded
        self._unrecorded = unrecorded
        self._lock = Lock()
        self.to_record = set(to_record)

    def __getattr__(self, name: str) -> Any:
        recorded, unrecorded = getattr(self._recorded, name), getattr(self._unrecorded, name)

        def call(**params: Any) -> Any:
            return (recorded if self._take_recorded(name) else unrecorded)(**params)

        call.__name__ = name
        return call

    def list_all(self, method: str, member: str, **params: Any) -> list[Any]:
        """Lists the items of all pages: `list_all("list_secret_version_ids", "Versions", SecretId=…)`.

        Args:
            method: the name of the client's method.
            member: the member of the answer that holds the items.
            params: the parameters of the request.

        Raises:
            ClientError: the service refused a page.
        """
        answer: dict[str, Any] = getattr(self, method)(**params)
        found = list(answer[member])
        while token := answer.get("NextToken"):
            answer = getattr(self._unrecorded, method)(**params, NextToken=token)
            found += answer[member]
        return found

    def _take_recorded(self, name: str) -> bool:
        with self._lock:
            is_recorded = name in self.to_record
            self.to_record.discard(name)
            return is_recorded
