"""Questions to the person at the terminal, asked there even where input and output go elsewhere.

What is typed is not echoed, and goes from the terminal straight into bytes that are wiped. Lines are read key by key:
the terminal's own line editing cuts a pasted line at 4,095 bytes without a word.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from smtui.cli.exit_codes import CannotUnlockError, UsageError
from smtui.shown import sanitize

LONGEST = 65_536
ENTER, ERASE, CLEAR, END = b"\r\n", b"\x08\x7f", 0x15, 0x04


class NoTerminalError(CannotUnlockError):
    """There is nobody to ask."""

    def __init__(self) -> None:
        super().__init__("There is no terminal to ask on.")


class Typed:
    """A line as it is typed, in one place of memory that can be wiped."""

    def __init__(self) -> None:
        self._held = bytearray(LONGEST)
        self._length = 0

    def take(self, key: int) -> bool:
        """One byte from the keyboard; True when the line is complete."""
        if key in ENTER or key == END:
            return True
        if key in ERASE:
            self._erase()
        elif key == CLEAR:
            self._length = 0
        elif self._length == LONGEST:
            raise UsageError(f"An answer is at most {LONGEST:,} bytes long; use a file for more.")
        else:
            self._held[self._length] = key
            self._length += 1
        return False

    def _erase(self) -> None:
        """The last character goes, with all of its bytes."""
        while self._length and self._held[self._length - 1] & 0xC0 == 0x80:
            self._length -= 1
        self._length = max(self._length - 1, 0)

    def line(self) -> bytearray:
        """What was typed, handed over once."""
        answer = self._held[: self._length]
        wipe(self._held)
        return answer


def ask(question: str) -> bytearray:
    """One line typed without echo, as bytes the caller wipes. Raises NoTerminalError."""
    if sys.platform == "win32":
        return _ask_console(question)
    return _ask_tty(question)


def ask_text(question: str) -> str:
    """One line typed without echo, for what has to become text anyway."""
    typed = ask(question)
    try:
        return typed.decode("utf-8", "surrogateescape")
    finally:
        wipe(typed)


def tell(text: str) -> bool:
    """Writes lines to the terminal itself; False where there is none."""
    try:
        with _opened() as terminal:
            os.write(terminal, f"{sanitize(text, lines=True)}\n".encode())
    except NoTerminalError:
        return False
    return True


def is_there() -> bool:
    try:
        with _opened():
            return True
    except NoTerminalError:
        return False


def escape(sequence: str) -> None:
    """Sends the terminal an escape sequence of our own making, such as the one that fills its clipboard."""
    with _opened() as terminal:
        os.write(terminal, sequence.encode())


def wipe(secret: bytearray) -> None:
    secret[:] = bytes(len(secret))


@contextmanager
def _opened() -> Iterator[int]:
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

    with _opened() as terminal:
        before = termios.tcgetattr(terminal)
        silent = [*before]
        silent[3] = before[3] & ~(termios.ECHO | termios.ICANON)
        silent[6] = [*before[6]]
        silent[6][termios.VMIN], silent[6][termios.VTIME] = 1, 0
        try:
            termios.tcsetattr(terminal, termios.TCSAFLUSH, silent)
            os.write(terminal, sanitize(question).encode())
            return _line(terminal)
        finally:
            termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
            os.write(terminal, b"\n")


def _line(terminal: int) -> bytearray:
    typed = Typed()
    while (key := os.read(terminal, 1)) and not typed.take(key[0]):
        pass
    answer = typed.line()
    if select.select([terminal], [], [], 0)[0]:
        wipe(answer)
        raise UsageError("Several lines were pasted where one is asked for.", hint="Use --file PATH, or - with a pipe.")
    return answer


def _ask_console(question: str) -> bytearray:
    from getpass import getpass

    return bytearray(getpass(str(sanitize(question))).encode())
