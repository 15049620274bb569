"""Tests of the corrections of Textual's faults that no screen shows."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from queue import Queue
from threading import Event, Thread
from types import FrameType
from typing import Any

import pytest
from textual import events

from smtui.tui.workarounds import KeyParser
from tests.waiting import wait_until

PASTED = "pasted-Fq4Kestrel8Umbra"
PASTE = f"\x1b[200~{PASTED}\x1b[201~"
PATIENCE = 300
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has another driver")


class Input:
    """The input thread of the driver, which reads from a pipe."""

    def __init__(self) -> None:
        from smtui.tui.workarounds import LastingDriver

        end, self._write_end = os.pipe()
        self.messages: Queue[Any] = Queue()
        self._driver = LastingDriver.__new__(LastingDriver)
        self._driver.fileno, self._driver.exit_event, self._driver._debug = end, Event(), False
        self._driver.process_message = self.messages.put  # type: ignore[method-assign]
        self.thread = Thread(target=self._driver.run_input_thread, daemon=True)
        self.thread.start()

    def send(self, data: bytes) -> None:
        os.write(self._write_end, data)

    def read_bytewise(self) -> None:
        self._driver._read = lambda: os.read(self._driver.fileno, 1)  # type: ignore[method-assign]

    def next(self) -> Any:
        return self.messages.get(timeout=PATIENCE)

    def end(self) -> None:
        self._driver.exit_event.set()
        self.thread.join(PATIENCE)
        os.close(self._write_end)
        os.close(self._driver.fileno)

    def variables(self) -> str:
        """Returns the local variables of each function that the thread runs, and of its parser."""
        frames = list(_outwards(sys._current_frames().get(self.thread.ident or 0)))
        parsers = [each for frame in frames for each in frame.f_locals.values() if isinstance(each, KeyParser)]
        everywhere = [frame.f_locals for frame in [*frames, *(each._gen.gi_frame for each in parsers)]]
        return repr([(name, value) for found in everywhere for name, value in found.items() if value != self._driver])


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


@pytest.fixture
def terminal() -> Iterator[Input]:
    terminal = Input()
    yield terminal
    terminal.end()


@pytest.mark.parametrize("typed", [PASTE, f"before{PASTE}after", PASTE * 2, f"{PASTED}\r"], ids=repr)
def test_no_variable_keeps_what_was_pasted_or_typed(terminal: Input, typed: str) -> None:
    """A pasted passphrase is not in memory until the next key or the next paste."""
    terminal.send(typed.encode())

    wait_until(lambda: terminal.messages.qsize() == len(list(KeyParser().feed(typed))), "all is read")
    wait_until(lambda: PASTED not in terminal.variables(), "no variable keeps the text")
    assert "KeyParser" in terminal.variables()


def test_all_that_was_pasted_arrives() -> None:
    found = list(KeyParser().feed(f"a{PASTE}b{PASTE}\x1b[200~\x1b[201~c"))

    received = [each.text if isinstance(each, events.Paste) else each.character for each in found]
    assert received == ["a", PASTED, "b", PASTED, "", "c"]


def test_a_character_may_arrive_byte_by_byte(terminal: Input) -> None:
    """A slow connection delivers the bytes of one character in several reads."""
    terminal.read_bytewise()
    terminal.send("ß€🔑x".encode())

    assert [terminal.next().character for _ in range(4)] == ["ß", "€", "🔑", "x"]
