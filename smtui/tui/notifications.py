"""Notifications: warnings and errors, always shown as plain text without markup."""

from __future__ import annotations

from smtui.api.errors import ClientError, SmtuiError, VaultBusyError, VaultLockedError
from smtui.text.sanitize import sanitize
from smtui.tui.jobs.job import JobStoppedError
from smtui.tui.workarounds import QuietApp


class TellingApp(QuietApp[None]):
    """Shows warnings and errors as notifications."""

    def warn(self, sentence: str, seconds: float | None = None) -> None:
        """Shows a warning, for `seconds` or for the default time."""
        self.notify(sanitize(sentence), severity="warning", markup=False, timeout=seconds)

    def report(self, error: SmtuiError) -> None:
        """Shows an error and its hint. A stopped job is shown as information, not as an error.

        The footer is updated, because AWS may have refused to the caller what a key does.
        """
        if self.screen_stack:
            self.screen.refresh_bindings()
        if isinstance(error, JobStoppedError):
            self.notify(sanitize(error), markup=False)
            return
        self.notify(sanitize(explain_error(error), lines=True), title=_get_title(error), severity="error", markup=False)


def explain_error(error: SmtuiError) -> str:
    """Returns the message of an error and, on a second line, its hint if there is one."""
    return f"{error.sentence}\n{error.hint}".strip()


def is_input_kept(error: SmtuiError) -> bool:
    """Whether a form may be shown again with its input after the error: not once the vault is locked."""
    return isinstance(error, VaultBusyError) or not isinstance(error, VaultLockedError)


def _get_title(error: SmtuiError) -> str:
    """Returns the error code of AWS, which users can look up; empty for errors of the vault file."""
    return error.code if isinstance(error, ClientError) else ""
