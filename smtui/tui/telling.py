"""What the program says to the person, from wherever it is: always as text, never as markup."""

from __future__ import annotations

from smtui.api.errors import SmtuiError, VaultBusyError, VaultLockedError
from smtui.shown import shown
from smtui.tui.long_work import Stopped
from smtui.tui.workarounds import QuietApp


class TellingApp(QuietApp[None]):
    """Says warnings, and errors as sentences."""

    def warn(self, sentence: str, seconds: float | None = None) -> None:
        self.notify(shown(sentence), severity="warning", markup=False, timeout=seconds)

    def report(self, error: SmtuiError) -> None:
        """Shows an error as a sentence, with our advice as a second one."""
        if isinstance(error, Stopped):
            self.notify(shown(error), markup=False)
            return
        message = getattr(error, "message", None) or str(error)
        self.notify(
            shown(f"{message}\n{error.hint}".strip(), lines=True), title=_title(error), severity="error", markup=False,
        )


def keeps_what_was_typed(error: SmtuiError) -> bool:
    """Whether a form can be shown again with what was typed: not once the vault is locked."""
    return isinstance(error, VaultBusyError) or not isinstance(error, VaultLockedError)


def _title(error: SmtuiError) -> str:
    """AWS's name of a refusal, which people can look up; nothing for errors of the file."""
    return getattr(error, "code", "")
