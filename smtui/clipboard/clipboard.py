"""Copying: by the first way that works, known by its seal until it is cleared, and cleared when its time has come."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from smtui.ambient import seconds_awake
from smtui.api.errors import SmtuiError
from smtui.clipboard.guard import Guard, Watch
from smtui.clipboard.seal import Clearing, Seal, clear_if_ours
from smtui.clipboard.ways import ClipboardBackendError, ClipboardUnresponsiveError, Way, advice, ways

GRACE = 2.0
"""Seconds after the deadline in which we ask the terminal ourselves, before the guard does, in the midst of a frame."""


class NoClipboardError(SmtuiError):
    """No way led to a clipboard. `hint` says what is missing."""

    def __init__(self, hint: str) -> None:
        super().__init__("There is no clipboard to copy to here.")
        self.hint = hint


@dataclass(frozen=True)
class Copied:
    """By which way, and a sentence for the person who copied."""

    way: str
    sentence: str


@dataclass(frozen=True)
class Cleared:
    """What became of the copies that were there; true where there was one, cleared now or asked to be."""

    outcomes: tuple[Clearing, ...] = ()
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return Clearing.CLEARED in self.outcomes or Clearing.REQUESTED in self.outcomes

    @property
    def failed(self) -> bool:
        return Clearing.FAILED in self.outcomes

    @property
    def sentence(self) -> str:
        if self.failed:
            return "The clipboard could not be cleared: its tool does not answer. It may still hold the copy."
        if Clearing.REQUESTED in self.outcomes:
            return "The terminal was asked to clear its clipboard (OSC 52); this cannot be verified."
        if Clearing.CLEARED in self.outcomes:
            return " ".join(("The clipboard is empty.", *self.notes))
        return "The clipboard holds nothing that was copied in this session."


@dataclass(frozen=True)
class _Held:
    way: Way
    seal: Seal
    deadline: float


class Clipboard:
    """`osc52` writes an escape sequence to the terminal; None where that is not wanted.

    With `linger` a copy stays for its time although we end at once, as a command does. A copy is known until it is
    cleared, for each way by itself: a new copy by the same way takes the place of the one before, by another does not.
    """

    def __init__(
        self,
        osc52: Callable[[str], None] | None = None,
        *,
        linger: bool = False,
        environ: Mapping[str, str] = os.environ,
        monotonic: Callable[[], float] = seconds_awake,
    ) -> None:
        self.osc52 = osc52
        self._linger = linger
        self._environ = environ
        self._monotonic = monotonic
        self._guard = Guard()
        self._held: dict[str, _Held] = {}
        self._busy = threading.Lock()

    def copy(self, data: bytes, seconds: float) -> Copied:
        """Puts `data` on the clipboard for `seconds` (0: until cleared or we end). Raises NoClipboardError."""
        with self._busy:
            for way in ways(self.osc52, self._environ):
                if _takes(way, data):
                    self._remember(way, data, seconds)
                    return Copied(way.name, way.told(seconds))
        raise NoClipboardError(advice(self._environ, osc52=self.osc52 is not None))

    def _remember(self, way: Way, data: bytes, seconds: float) -> None:
        """Raises NoClipboardError where nobody would clear it after us."""
        seal = Seal.of(data)
        self._held[way.name] = _Held(way, seal, self._monotonic() + seconds if seconds else math.inf)
        if way.spec is None or not (seconds or not self._linger):
            return
        grace = GRACE if seconds and _is_blind(way) and not self._linger else 0
        try:
            self._guard.look_after(Watch(way.spec, seal, seconds + grace, self._linger))
        except OSError:
            self._clear_held()
            raise NoClipboardError("The process that clears the clipboard cannot be started.") from None

    def seconds_left(self) -> int:
        """Until the last of the copies is cleared; 0 where that is none, or none is to be cleared by itself."""
        left = [held.deadline - self._monotonic() for held in list(self._held.values()) if held.deadline != math.inf]
        return max(math.ceil(max(left, default=0)), 0)

    def clear_overdue(self) -> None:
        """Asks the terminal to forget a copy whose time has come, which nobody else should do while we draw on it."""
        now, known = self._monotonic(), list(self._held.values())
        overdue = [held for held in known if _is_blind(held.way) and held.deadline <= now]
        if not overdue or not self._busy.acquire(blocking=False):
            return
        try:
            for held in overdue:
                self._held.pop(held.way.name, None)
                with suppress(ClipboardBackendError):
                    held.way.clear()
                    if held.way.spec is not None:
                        self._guard.forget(Watch(held.way.spec, held.seal, 0))
        finally:
            self._busy.release()

    def clear(self) -> Cleared:
        """Clears now what is still ours. The guard tries again what failed, and has nothing more to do then."""
        with self._busy:
            cleared = self._clear_held()
            self._guard.leave()
            return cleared

    def _clear_held(self) -> Cleared:
        """What may be there still stays known."""
        outcomes = {name: clear_if_ours(held.way, held.seal) for name, held in self._held.items()}
        notes = tuple("Your terminal may keep a copy." for name in outcomes if name == "tmux")
        self._held = {name: held for name, held in self._held.items() if outcomes[name] is Clearing.FAILED}
        return Cleared(tuple(outcomes.values()), notes)


def _is_blind(way: Way) -> bool:
    """Nobody can read back what it holds."""
    return way.name == "OSC 52"


def _takes(way: Way, data: bytes) -> bool:
    """Puts it there and looks; where that cannot be seen, it is taken away again, for nobody would know of it.

    A tool that did not end in time may have it all the same; so has one that alters line breaks or the end.
    """
    try:
        way.put(data)
    except ClipboardBackendError as failure:
        if isinstance(failure, ClipboardUnresponsiveError):
            clear_if_ours(way, Seal.of(data))
        return False
    with suppress(ClipboardBackendError):
        found = way.read()
        if found is None or found == data:
            return True
        if _in_one_spelling(found) != _in_one_spelling(data):
            return False
    with suppress(ClipboardBackendError):
        way.clear()
    return False


def _in_one_spelling(data: bytes) -> bytes:
    """Without what tools do to line breaks."""
    return data.replace(b"\r\n", b"\n").strip()
