"""Copying: by the first way that works, remembered by its seal, cleared when its time has come."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from smtui.ambient import seconds_awake
from smtui.api.errors import SmtuiError
from smtui.clipboard.guard import Guard, Watch
from smtui.clipboard.seal import Seal, clear_if_ours
from smtui.clipboard.ways import Way, WayFailed, ways


class NoClipboardError(SmtuiError):
    """No way led to a clipboard."""

    def __init__(self) -> None:
        super().__init__("There is no clipboard to copy to here.")
        self.hint = "Install wl-clipboard, xclip or xsel, run inside tmux, or reveal the value instead."


@dataclass(frozen=True)
class Copied:
    """By which way, and a sentence for the person who copied."""

    way: str
    sentence: str


@dataclass(frozen=True)
class _Held:
    way: Way
    seal: Seal
    deadline: float


class Clipboard:
    """`osc52` writes an escape sequence to the terminal; None where that is not wanted.

    With `linger` a copy stays for its time although we end at once, as a command does.
    """

    def __init__(
        self,
        osc52: Callable[[str], None] | None = None,
        *,
        linger: bool = False,
        environ: Mapping[str, str] = os.environ,
        steady: Callable[[], float] = seconds_awake,
    ) -> None:
        self.osc52 = osc52
        self._linger = linger
        self._environ = environ
        self._steady = steady
        self._guard = Guard()
        self._held: _Held | None = None

    def copy(self, data: bytes, seconds: float) -> Copied:
        """Puts `data` on the clipboard for `seconds` (0: until cleared or we end). Raises NoClipboardError."""
        for way in ways(self.osc52, self._environ):
            try:
                way.put(data)
                if way.read() not in (data, None):
                    continue
            except WayFailed:
                continue
            return self._remember(way, data, seconds)
        raise NoClipboardError

    def _remember(self, way: Way, data: bytes, seconds: float) -> Copied:
        if way.spec is None:
            self._held = None
            return Copied(way.name, way.told(seconds))
        seal = Seal.of(data)
        self._held = _Held(way, seal, self._steady() + seconds if seconds else math.inf)
        if seconds or not self._linger:
            self._guard.look_after(Watch(way.spec, seal, seconds, self._linger))
        return Copied(way.name, way.told(seconds))

    def seconds_left(self) -> int:
        """Until the guard clears; 0 when nothing of ours is there, or nothing is to be cleared by itself."""
        if self._held is None or self._held.deadline == math.inf:
            return 0
        left = math.ceil(self._held.deadline - self._steady())
        if left <= 0:
            self._held = None
        return max(left, 0)

    def clear(self) -> bool:
        """Clears now what is still ours; True where it was. The guard has nothing more to do then."""
        held, self._held = self._held, None
        cleared = held is not None and clear_if_ours(held.way, held.seal)
        self._guard.leave()
        return cleared
