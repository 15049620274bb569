"""What goes to standard error, and nothing else does.

Three rules. Everything written here is a sentence for a person: standard output stays free for the answer. No sentence
holds a secret value, whatever went wrong. Every sentence passes `sanitize`, for it may quote a name or a path that
somebody else chose. A notice is given once in the life of a call.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from smtui.api.errors import ClientError, ParamValidationError, SmtuiError
from smtui.shown import sanitize

BAR = 30
STEP = 100
_said: set[str] = set()


def begin() -> None:
    """A new call: every notice may be given again."""
    _said.clear()


def note(sentence: str) -> None:
    """Something worth knowing that stops nothing."""
    _once(f"note: {sentence}")


def warn(sentence: str, hint: str = "") -> None:
    """Something done in a way that could hurt."""
    _once(f"warning: {sentence}" + (f"\nhint: {hint}" if hint else ""))


def tell(text: str) -> None:
    """Lines a person asked to have here."""
    _write(text)


def refused(error: SmtuiError) -> None:
    """An error as it leaves: AWS's words as the aws CLI prints them, ours after our name, the hint on its own line."""
    plain = str(error)
    if not isinstance(error, ClientError) or isinstance(error, ParamValidationError) or not error.operation_name:
        plain = f"smtui: {getattr(error, 'message', plain)}"
    _write(plain + (f"\nhint: {error.hint}" if error.hint else ""))


def broken(error: BaseException) -> None:
    """An error nobody foresaw: one sentence and a number that finds the place in the code, never the error's words."""
    from smtui.hardening import incident

    _write(incident(error))


def is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


class Progress:
    """A bar on the last line of a terminal. It counts, and never names what it counts.

    Where nobody knows how many there will be (`of` is 0), it is a number that grows.
    """

    def __init__(self) -> None:
        self._drawn = -1

    def __call__(self, what: str, done: int, of: int) -> None:
        step = BAR * done // of if of else done // STEP
        if step != self._drawn:
            self._drawn = step
            bar = f"[{'#' * step}{'.' * (BAR - step)}] {done:,}/{of:,}" if of else f"{done:,}"
            _raw(f"\r{sanitize(what)} {bar}\x1b[K")

    def clear(self) -> None:
        if self._drawn >= 0:
            _raw("\r\x1b[K")


@contextmanager
def progress() -> Iterator[Progress | None]:
    """A bar while something lasts, wiped at its end; None where nobody would see it."""
    bar = Progress() if is_terminal() else None
    try:
        yield bar
    finally:
        if bar is not None:
            bar.clear()


def _once(text: str) -> None:
    if text not in _said:
        _said.add(text)
        _write(text)


def _write(text: str) -> None:
    _raw(sanitize(text, lines=True) + "\n")


def _raw(text: str) -> None:
    """Whoever closed standard error does not want to hear; that is no reason to fail."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        pass
