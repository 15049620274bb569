"""The signals of the keyboard, while another program has the terminal."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_KEYBOARD = [signal.SIGINT, *([signal.SIGQUIT] if hasattr(signal, "SIGQUIT") else [])]


@contextmanager
def leave_signals_to_program() -> Iterator[None]:
    """Ctrl+C must reach only the other program. It does not inherit a handler, but would inherit SIG_IGN."""
    before = {number: signal.signal(number, lambda *_: None) for number in _KEYBOARD}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
