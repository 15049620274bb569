"""Standard error: notes, warnings, errors and the progress bar of a command.

Standard output stays free for the answer. No sentence contains a secret value, whatever went wrong. Every sentence
passes `sanitize`, because it may quote a name or a path that somebody else chose. Each notice is written once per
command.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from smtui.api.errors import ClientError, ParamValidationError, SmtuiError
from smtui.text.sanitize import sanitize

BAR_WIDTH = 30
COUNT_STEP = 100
"""Items between two updates, if the total is unknown."""
_written: set[str] = set()
_command = ""


def reset() -> None:
    """Begins a new command: every notice may be written again."""
    _written.clear()
    begin_command("")


def begin_command(name: str) -> None:
    """Notes which command runs: no hint of an error recommends it."""
    global _command
    _command = name


def note(sentence: str) -> None:
    """Writes a note: worth knowing, and not a problem."""
    _write_once(f"note: {sentence}")


def warn(sentence: str, hint: str = "") -> None:
    """Writes a warning: something is done, but in a way that may do harm."""
    _write_once(f"warning: {sentence}" + (f"\nhint: {hint}" if hint else ""))


def write(text: str) -> None:
    """Writes lines without a prefix."""
    _write(text)


def report(error: SmtuiError) -> None:
    """Writes an error: AWS's as the aws CLI prints them, others after `smtui:`, each hint on its own line."""
    plain = str(error)
    if not isinstance(error, ClientError) or isinstance(error, ParamValidationError) or not error.operation_name:
        plain = f"smtui: {error.sentence}"
    hint = remove_command(error.hint, _command)
    _write(plain + (f"\nhint: {hint}" if hint else ""))


def remove_command(hint: str, command: str) -> str:
    """The hint without the advice to run a command: `Run smtui check, and open a backup.` as `Open a backup.`

    A command with arguments stays, because it does something else than the one that runs.
    """
    advice = re.search(rf"(?:^|(?<=\. ))[^.]*\bsmtui {re.escape(command)}(?:, and (?=\w)|\.? ?$|\. )", hint)
    if not command or advice is None:
        return hint
    rest = hint[advice.end():]
    return (hint[:advice.start()] + rest[:1].upper() + rest[1:]).strip()


def report_unexpected(error: BaseException) -> None:
    """Writes one sentence and a number that locates a bug in the code, never the error's own text."""
    from smtui.system.hardening import describe_incident

    _write(describe_incident(error))


def is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


class Progress:
    """A progress bar on the last line of a terminal. It shows counts and no names.

    If the total is unknown (`of` is 0), it shows the count alone.
    """

    def __init__(self) -> None:
        self._drawn = -1

    def __call__(self, what: str, done: int, of: int) -> None:
        step = BAR_WIDTH * done // of if of else done // COUNT_STEP
        if step != self._drawn:
            self._drawn = step
            bar = f"[{'#' * step}{'.' * (BAR_WIDTH - step)}] {done:,}/{of:,}" if of else f"{done:,}"
            _write_as_is(f"\r{sanitize(what)} {bar}\x1b[K")

    def clear(self) -> None:
        if self._drawn >= 0:
            _write_as_is("\r\x1b[K")


@contextmanager
def show_progress() -> Iterator[Progress | None]:
    """A progress bar for the length of the block, or None if standard error is not a terminal."""
    bar = Progress() if is_terminal() else None
    try:
        yield bar
    finally:
        if bar is not None:
            bar.clear()


def _write_once(text: str) -> None:
    if text not in _written:
        _written.add(text)
        _write(text)


def _write(text: str) -> None:
    _write_as_is(sanitize(text, lines=True) + "\n")


def _write_as_is(text: str) -> None:
    """Writes text as it is. A closed standard error is not a failure."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        pass
