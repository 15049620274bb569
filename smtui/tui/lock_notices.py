"""What the user learns about losses by a lock: before an idle lock a countdown, after the unlock a report."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.text.dates import format_duration
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.dialogs.dialog import list_dirty_forms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.screen import Screen

    from smtui.tui.shell import Shell

ANNOUNCED = 60
"""Seconds before an idle lock from which it is announced, if it would discard or stop something."""
LOCKS_SOON = "The vault locks in {time}: {losses}. Press any key to continue."
DISCARDED = "Locking discarded text that was not stored in: {title}"


class LockNotices:
    """Counts down to an idle lock, and keeps the reports of the last lock until each vault is unlocked again."""

    def __init__(self) -> None:
        self._countdown = ""
        self._reports: dict[Path, list[SafeText]] = {}

    def show_countdown(self, app: Shell) -> None:
        """Shows in the header how soon the vault locks, and in a notice what the lock will discard or stop.

        Removes both after input.
        """
        session, shown = app.session, self._countdown
        left = math.inf if session is None else session.seconds_to_lock
        is_near = session is not None and left < min(ANNOUNCED, session.idle_lock / 2) + 1
        app.locks_in = max(1, round(left)) if is_near else 0
        losses = _list_losses(app) if is_near else ""
        self._countdown = LOCKS_SOON.format(time=format_duration(left), losses=losses) if losses else ""
        if shown != self._countdown:
            app.remove_notification(shown)
            if self._countdown:
                app.warn(self._countdown, ANNOUNCED)

    def keep_report(self, path: Path, sentences: list[SafeText]) -> None:
        """Keeps what the lock of the vault at `path` has discarded and stopped."""
        self._reports[path] = sentences

    def take_report(self, path: Path) -> list[SafeText]:
        """Returns what the last lock has discarded and stopped, once, if it locked the vault at `path`."""
        return self._reports.pop(path, [])


def describe_discarded(screens: Iterable[Screen[object]]) -> list[SafeText]:
    """Returns a sentence for each form in which something is entered that is not stored."""
    return [sanitize(DISCARDED.format(title=title)) for title in list_dirty_forms(screens)]


def _list_losses(app: Shell) -> str:
    """Returns what a lock would discard and stop now; empty if nothing."""
    job = app.session.job if app.session is not None else None
    losses = [f"{title} is not stored" for title in list_dirty_forms(app.screen_stack)]
    return ", ".join([*losses, *([f"{job.status.title} is stopped"] if job is not None else [])])
