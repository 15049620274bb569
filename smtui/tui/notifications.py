"""What the program says to the person, from wherever it is: always as text, never as markup."""

from __future__ import annotations

from smtui.api.errors import SmtuiError, VaultBusyError, VaultLockedError
from smtui.text.sanitize import sanitize
from smtui.tui.jobs.job import JobStoppedError
from smtui.tui.workarounds import QuietApp


class TellingApp(QuietApp[None]):
    """Says warnings, and errors as sentences."""

    def warn(self, sentence: str, seconds: float | None = None) -> None:
        self.notify(sanitize(sentence), severity="warning", markup=False, timeout=seconds)

    def report(self, error: SmtuiError) -> None:
        """Shows an error as a sentence, with our advice as a second one."""
        if isinstance(error, JobStoppedError):
            self.notify(sanitize(error), markup=False)
            return
        self.notify(sanitize(explain_error(error), lines=True), title=_title(error), severity="error", markup=False)


def explain_error(error: SmtuiError) -> str:
    """What happened, and in a second line our advice, if there is any."""
    message = getattr(error, "message", None) or str(error)
    return f"{message}\n{error.hint}".strip()


def keeps_what_was_typed(error: SmtuiError) -> bool:
    """Whether a form can be shown again with what was typed: not once the vault is locked."""
    return isinstance(error, VaultBusyError) or not isinstance(error, VaultLockedError)


def _title(error: SmtuiError) -> str:
    """AWS's name of a refusal, which people can look up; nothing for errors of the file."""
    return getattr(error, "code", "")
