"""What can go wrong between files and secrets. No sentence holds a value; `hint` is advice."""

from __future__ import annotations

from smtui.api.errors import SmtuiError


class TransferError(SmtuiError):
    """The root of these."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class UnreadableFileError(TransferError):
    """A file that cannot be read as it should; the sentence says where and why."""


class FileNotWrittenError(TransferError):
    """A file was not written; what was there was left as it is."""


class InvalidSelectionError(TransferError):
    """Secrets cannot be asked for in this way."""


class InvalidVariableError(TransferError):
    """A value that cannot be a variable, or not under this name."""
