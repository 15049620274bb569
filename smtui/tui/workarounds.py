"""Where we lean on Textual's insides. An upgrade of Textual starts by reading this file and trying to empty it."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from functools import _lru_cache_wrapper
from typing import Any, Generic

from rich.text import Text
from textual.app import App, ReturnType
from textual.drivers import _writer_thread
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.worker import WorkerFailed

from smtui.hardening import incident

REMEMBER_TEXTS = frozenset({
    "cached_cell_len", "Segment._split_cells", "_utf8_encode", "build_byte_to_codepoint_dict",
})  # fmt: skip


class LastingWriter(_writer_thread.WriterThread):
    """Textual 8.2's thread that writes to the terminal dies with it, and whoever writes then waits for ever.

    This one goes on taking what it is given, and tells of the hangup as the system does: all is locked and left.
    """

    def run(self) -> None:
        there = True
        while (text := self._queue.get()) is not None:
            if there and not self._sent(text):
                there = False
                os.kill(os.getpid(), signal.SIGHUP)
        self._sent("")

    def _sent(self, text: str) -> bool:
        """The end of it is on its way too once nothing more waits: before a shell or an editor has its turn."""
        try:
            self._file.write(text)
            if self._queue.empty():
                self._file.flush()
        except OSError:
            return False
        return True


with suppress(ImportError):  # Windows has a driver of its own
    from textual.drivers import linux_driver

    linux_driver.WriterThread = LastingWriter  # type: ignore[attr-defined]


def forget_what_waits(screen: Screen[Any]) -> None:
    """Textual 8.2 leaves what is to follow the next painting to the screen in sight at that moment.

    The lowest screen is that for an instant, and paints never: it would keep alive every screen that was over it.
    """
    screen._callbacks.clear()


def forget_texts() -> None:
    """Textual 8.2 and Rich 15 remember texts that were measured, cut or edited, thousands of them: no longer."""
    for cached in gc.get_objects():
        if isinstance(cached, _lru_cache_wrapper) and cached.__qualname__ in REMEMBER_TEXTS:
            cached.cache_clear()

__all__ = ["QuietApp"]


class QuietApp(App[ReturnType], Generic[ReturnType]):
    """Where Textual 8.2 prints a crash with the local variables of every frame, this prints one sentence.

    It also calls private parts by one name, so that nobody else has to.
    """

    def _handle_exception(self, error: Exception) -> None:
        self._crash = error.error if isinstance(error, WorkerFailed) else error
        super()._handle_exception(self._crash if isinstance(self._crash, Exception) else error)

    def _fatal_error(self) -> None:
        error = getattr(self, "_crash", None) or sys.exception() or RuntimeError()
        self._exit_renderables.append(Text(incident(error)))
        self._close_messages_no_wait()

    @property
    def is_leaving(self) -> bool:
        """Screens are being taken down."""
        return self._exit or not self.is_running

    @property
    def inner_clipboard(self) -> str:
        """What Ctrl+V pastes between two fields of this app."""
        return self._clipboard

    @inner_clipboard.setter
    def inner_clipboard(self, text: str) -> None:
        self._clipboard = text

    def notify(
        self, message: str, *, title: str = "", severity: SeverityLevel = "information",
        timeout: float | None = None, markup: bool = True,
    ) -> None:
        """What was merely told goes when something new is told; warnings and errors stay their time."""
        if severity == "information":
            for told in [each for each in self._notifications if each.severity == severity]:
                self._unnotify(told, refresh=False)
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)
