"""The last requests to an agent, for people who watch it: in memory only, and without names of secrets once locked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from threading import Lock
from typing import Any

from smtui.system.ambient import Ambient

KEPT = 200
DONE = "done"
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class RequestEntry:
    """A request that was answered.

    Args:
        number: counts the requests of this agent, from 1.
        time: when it was answered, as `2026-11-28T08:00:00Z`.
        caller: the ARN of the caller; `-` if no caller was recognized.
        client: the address and the user agent, or the process, as far as known.
        operation: such as `GetSecretValue`; `-` if none was recognized.
        outcome: `done` or the error code.
        milliseconds: the time that the answer took.
        secret: the name or ARN in the request; empty if it has none, or if names are not shown.
    """

    number: int
    time: str
    caller: str
    client: str
    operation: str
    outcome: str
    milliseconds: float
    secret: str = ""


class RequestLog:
    """Keeps the last requests; safe to use from several threads.

    Args:
        ambient: the clock.
        keeps_names: whether names of secrets may be kept now, which a lock ends.
    """

    def __init__(self, ambient: Ambient, keeps_names: Callable[[], bool]) -> None:
        self._ambient = ambient
        self._keeps_names = keeps_names
        self._entries: deque[RequestEntry] = deque(maxlen=KEPT)
        self._number = 0
        self._lock = Lock()

    def record(
        self, *, caller: str, client: str, operation: str, outcome: str, seconds: float, secret: object = ""
    ) -> None:
        """Adds a request. `secret` may be of any type, as a client sent it."""
        time = self._ambient.now().strftime(TIME_FORMAT)
        with self._lock:
            self._number += 1
            self._entries.append(RequestEntry(
                self._number, time, caller, client, operation, outcome, round(seconds * 1000, 1),
                secret if isinstance(secret, str) and self._keeps_names() else ""))

    def forget_names(self) -> None:
        """Removes the names of secrets."""
        with self._lock:
            nameless = [replace(each, secret="") for each in self._entries]
            self._entries.clear()
            self._entries.extend(nameless)

    def list_entries(self, above: int = 0, *, with_names: bool = False) -> list[dict[str, Any]]:
        """The entries with a number above this one, oldest first."""
        with self._lock:
            found = [each for each in self._entries if each.number > above]
        return [asdict(each if with_names else replace(each, secret="")) for each in found]
