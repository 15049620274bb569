"""Prompts on the controlling terminal, even if standard input and output are redirected.

Input is not echoed and goes directly into bytes that can be wiped. It is read key by key, because the terminal's line
editing silently cuts a pasted line at 4,095 bytes.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from smtui.cli.exit_codes import CannotUnlockError, UsageError
from smtui.text.sanitize import sanitize

MAX_BYTES = 65_536
"""Of one answer."""
ENTER, ERASE, CLEAR, END = b"\r\n", b"\x08\x7f", 0x15, 0x04


class NoTerminalError(CannotUnlockError):
    """There is no terminal to prompt on."""

    def __init__(self) -> None:
        super().__init__("There is no terminal to prompt on.")


class LineBuffer:
    """A line while it is typed, in one buffer that can be wiped."""

    def __init__(self) -> None:
        self._held = bytearray(MAX_BYTES)
        self._length = 0

    def add(self, key: int) -> bool:
        """Adds one byte from the keyboard. True when the line is complete. Raises UsageError if it is too long."""
        if key in ENTER or key == END:
            return True
        if key in ERASE:
            self._erase()
        elif key == CLEAR:
            self._length = 0
        elif self._length == MAX_BYTES:
            raise UsageError(f"An answer is at most {MAX_BYTES:,} bytes long; use a file for more.")
        else:
            self._held[self._length] = key
            self._length += 1
        return False

    def _erase(self) -> None:
        """Removes the last character, which may have several bytes."""
        while self._length and self._held[self._length - 1] & 0xC0 == 0x80:
            self._length -= 1
        self._length = max(self._length - 1, 0)

    def take_line(self) -> bytearray:
        """Returns the line and wipes the buffer."""
        answer = self._held[: self._length]
        wipe(self._held)
        return answer


def ask(question: str) -> bytearray:
    """Prompts for one line without echo. The caller wipes it. Raises NoTerminalError, UsageError."""
    if sys.platform == "win32":
        return _ask_console(question)
    return _ask_tty(question)


def ask_text(question: str) -> str:
    """Prompts for one line without echo, and returns it as text, which cannot be wiped. Raises like `ask`."""
    return take_text(ask(question))


def take_text(typed: bytearray) -> str:
    """Turns a line that was typed into text, which cannot be wiped, and wipes the line."""
    try:
        return typed.decode("utf-8", "surrogateescape")
    finally:
        wipe(typed)


def write(text: str) -> bool:
    """Writes lines to the terminal itself. False if there is none."""
    try:
        with _open_terminal() as terminal:
            os.write(terminal, f"{sanitize(text, lines=True)}\n".encode())
    except NoTerminalError:
        return False
    return True


def is_available() -> bool:
    try:
        with _open_terminal():
            return True
    except NoTerminalError:
        return False


def send_escape(sequence: str) -> None:
    """Sends an escape sequence to the terminal, such as OSC 52. Raises NoTerminalError."""
    with _open_terminal() as terminal:
        os.write(terminal, sequence.encode())


def wipe(secret: bytearray) -> None:
    """Overwrites the bytes with zeros."""
    secret[:] = bytes(len(secret))


@contextmanager
def _open_terminal() -> Iterator[int]:
    try:
        terminal = os.open("CONOUT$" if sys.platform == "win32" else "/dev/tty", os.O_RDWR)
    except OSError:
        raise NoTerminalError from None
    try:
        yield terminal
    finally:
        os.close(terminal)


def _ask_tty(question: str) -> bytearray:
    import termios

    with _open_terminal() as terminal:
        before = termios.tcgetattr(terminal)
        silent = [*before]
        silent[3] = before[3] & ~(termios.ECHO | termios.ICANON)
        silent[6] = [*before[6]]
        silent[6][termios.VMIN], silent[6][termios.VTIME] = 1, 0
        try:
            termios.tcsetattr(terminal, termios.TCSAFLUSH, silent)
            os.write(terminal, sanitize(question).encode())
            return _read_line(terminal)
        finally:
            termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
            os.write(terminal, b"\n")


def _read_line(terminal: int) -> bytearray:
    typed = LineBuffer()
    while (key := os.read(terminal, 1)) and not typed.add(key[0]):
        pass
    answer = typed.take_line()
    if select.select([terminal], [], [], 0)[0]:
        wipe(answer)
        raise UsageError("Several lines were pasted; the prompt takes one.", hint="Use --file PATH, or - with a pipe.")
    return answer


def _ask_console(question: str) -> bytearray:
    from getpass import getpass

    return bytearray(getpass(str(sanitize(question))).encode())
