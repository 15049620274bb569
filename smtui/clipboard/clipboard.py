"""`Clipboard`: copies with the first backend that works, and clears each copy at its deadline."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from smtui.api.errors import SmtuiError
from smtui.clipboard.backends import (
    ClipboardBackend,
    ClipboardBackendError,
    ClipboardUnresponsiveError,
    explain_missing,
    list_backends,
)
from smtui.clipboard.fingerprint import Clearing, Fingerprint, clear_if_unchanged
from smtui.clipboard.watchdog import Watch, Watchdog
from smtui.system.ambient import read_monotonic_clock

GRACE = 2.0
"""Seconds that the watchdog waits longer: it would write OSC 52 into the middle of a frame."""


class NoClipboardError(SmtuiError):
    """No backend could copy. `hint` says what is missing."""

    def __init__(self, hint: str) -> None:
        super().__init__("No clipboard is available here.")
        self.hint = hint


@dataclass(frozen=True)
class Copied:
    """A finished copy: the name of its backend, and a sentence for the user."""

    backend: str
    sentence: str


@dataclass(frozen=True)
class Cleared:
    """The result of clearing. True if there was a copy that was cleared, or requested to be cleared."""

    outcomes: tuple[Clearing, ...] = ()
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return Clearing.CLEARED in self.outcomes or Clearing.REQUESTED in self.outcomes

    @property
    def has_failed(self) -> bool:
        return Clearing.FAILED in self.outcomes

    @property
    def sentence(self) -> str:
        if self.has_failed:
            return "The clipboard could not be cleared: its tool does not answer. It may still hold the copy."
        if Clearing.REQUESTED in self.outcomes:
            return "The terminal was asked to clear its clipboard (OSC 52); this cannot be verified."
        if Clearing.CLEARED in self.outcomes:
            return " ".join(("The clipboard is empty.", *self.notes))
        return "The clipboard holds nothing that was copied in this session."


@dataclass(frozen=True)
class _Held:
    backend: ClipboardBackend
    fingerprint: Fingerprint
    deadline: float


class Clipboard:
    """The clipboard of this session. It tracks one copy for each backend until that is cleared.

    Args:
        osc52: writes an escape sequence to the terminal; None if OSC 52 is not allowed.
        linger: keep a copy until its deadline even if this process ends, as a command does.
        environ: the environment variables that decide which backends there are.
        monotonic: a clock in seconds.
    """

    def __init__(
        self,
        osc52: Callable[[str], None] | None = None,
        *,
        linger: bool = False,
        environ: Mapping[str, str] = os.environ,
        monotonic: Callable[[], float] = read_monotonic_clock,
    ) -> None:
        self.osc52 = osc52
        self._linger = linger
        self._environ = environ
        self._monotonic = monotonic
        self._watchdog = Watchdog()
        self._held: dict[str, _Held] = {}
        self._busy = threading.Lock()

    def copy(self, data: bytes, seconds: float) -> Copied:
        """Copies `data` for `seconds`; 0 = until `clear` or the end of this process. Raises NoClipboardError."""
        with self._busy:
            for backend in list_backends(self.osc52, self._environ):
                if _copy_and_verify(backend, data):
                    self._track(backend, data, seconds)
                    return Copied(backend.name, backend.describe_copy(seconds))
        raise NoClipboardError(explain_missing(self._environ, osc52=self.osc52 is not None))

    def _track(self, backend: ClipboardBackend, data: bytes, seconds: float) -> None:
        """Starts the watchdog for a copy. Raises NoClipboardError if it cannot be started."""
        fingerprint = Fingerprint.make(data)
        self._held[backend.name] = _Held(backend, fingerprint, self._monotonic() + seconds if seconds else math.inf)
        if backend.spec is None or not (seconds or not self._linger):
            return
        grace = GRACE if seconds and _is_blind(backend) and not self._linger else 0
        try:
            self._watchdog.watch(Watch(backend.spec, fingerprint, seconds + grace, self._linger))
        except OSError:
            self._clear_held()
            raise NoClipboardError("The process that clears the clipboard cannot be started.") from None

    def count_seconds_left(self) -> int:
        """Seconds until the last copy is cleared; 0 if there is none, or none has a deadline."""
        left = [held.deadline - self._monotonic() for held in list(self._held.values()) if held.deadline != math.inf]
        return max(math.ceil(max(left, default=0)), 0)

    def clear_overdue(self) -> None:
        """Clears OSC 52 copies whose deadline has passed. Only this process may write to a terminal on which it draws.
        """
        now, known = self._monotonic(), list(self._held.values())
        overdue = [held for held in known if _is_blind(held.backend) and held.deadline <= now]
        if not overdue or not self._busy.acquire(blocking=False):
            return
        try:
            for held in overdue:
                self._held.pop(held.backend.name, None)
                with suppress(ClipboardBackendError):
                    held.backend.clear()
                    if held.backend.spec is not None:
                        self._watchdog.forget(Watch(held.backend.spec, held.fingerprint, 0))
        finally:
            self._busy.release()

    def clear(self) -> Cleared:
        """Clears every copy that is still on a clipboard. The watchdog retries what fails, and then ends."""
        with self._busy:
            cleared = self._clear_held()
            self._watchdog.leave()
            return cleared

    def _clear_held(self) -> Cleared:
        """Clears all copies, and keeps tracking those that could not be cleared."""
        outcomes = {name: clear_if_unchanged(held.backend, held.fingerprint) for name, held in self._held.items()}
        notes = tuple("Your terminal may keep a copy." for name in outcomes if name == "tmux")
        self._held = {name: held for name, held in self._held.items() if outcomes[name] is Clearing.FAILED}
        return Cleared(tuple(outcomes.values()), notes)


def _is_blind(backend: ClipboardBackend) -> bool:
    """Whether the clipboard cannot be read back."""
    return backend.name == "OSC 52"


def _copy_and_verify(backend: ClipboardBackend, data: bytes) -> bool:
    """Copies and reads back. A copy that cannot be verified is cleared again.

    A tool that does not end in time may still have copied; so has one that changes line breaks or trailing space.
    """
    try:
        backend.put(data)
    except ClipboardBackendError as failure:
        if isinstance(failure, ClipboardUnresponsiveError):
            clear_if_unchanged(backend, Fingerprint.make(data))
        return False
    with suppress(ClipboardBackendError):
        found = backend.read()
        if found is None or found == data:
            return True
        if _normalize(found) != _normalize(data):
            return False
    with suppress(ClipboardBackendError):
        backend.clear()
    return False


def _normalize(data: bytes) -> bytes:
    """Undoes the changes that tools make to line breaks and surrounding space."""
    return data.replace(b"\r\n", b"\n").strip()
