"""Reads for the display of a screen, and which of them the audit log records.

Opening a screen records one event, of the operation that stands for it. Further pages, filters and reloads record none,
and neither do their refusals. Values are not read through here, because each read of a value is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from smtui.api.errors import VaultError

if TYPE_CHECKING:
    from smtui.api.vault_client import VaultClient

    class Reader(VaultClient):
        """The operations of a vault. Only the next call of the methods in `to_record` is recorded."""

        to_record: set[str]


def make_reader(recorded: VaultClient, unrecorded: VaultClient, to_record: Iterable[str] = ()) -> Reader:
    """Returns a reader.

    Args:
        recorded: the client whose calls are recorded.
        unrecorded: the client whose calls are not recorded.
        to_record: the names of the methods whose next call is an access by the user.
    """
    return cast("Reader", _RecordingClient(recorded, unrecorded, to_record))


class _RecordingClient:
    """Passes each call on to one of two clients."""

    def __init__(self, recorded: object, unrecorded: object, to_record: Iterable[str]) -> None:
        self._recorded = recorded
        self._unrecorded = unrecorded
        self._lock = Lock()
        self.to_record = set(to_record)

    def __getattr__(self, name: str) -> Any:
        recorded, unrecorded = getattr(self._recorded, name), getattr(self._unrecorded, name)

        def call(**params: Any) -> Any:
            if not self._take_recorded(name):
                return unrecorded(**params)
            try:
                return recorded(**params)
            except VaultError:
                self.to_record.add(name)  # interrupted, or not served: it has left no event
                raise

        call.__name__ = name
        return call

    def _take_recorded(self, name: str) -> bool:
        with self._lock:
            is_recorded = name in self.to_record
            self.to_record.discard(name)
            return is_recorded
