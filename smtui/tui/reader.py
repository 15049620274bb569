"""What a screen reads in order to show the vault, and which of that is an access of its user.

Who opens a screen has accessed what it shows: that is one audit event, of the operation that stands for it. What the
screen reads around it, page by page, as one types a filter, and again after others' changes, is no access of anybody,
and leaves no event; nor does a refusal of it. Values are never read through here: each reading of one is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import Any


class Reader:
    """The methods of several clients as one, each answering as `unrecorded` does, and now and then as `recorded`.

    `to_record` holds the names of the methods whose next call is the user's own.
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
        """The items of every page: `all_of("list_secret_version_ids", "Versions", SecretId=…)`."""
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
