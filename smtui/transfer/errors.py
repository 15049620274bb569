"""Errors of import and export. No message contains a secret value; `hint` is advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from smtui.api.errors import SmtuiError


class TransferError(SmtuiError):
    """The base of all errors of this package."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class UnreadableFileError(TransferError):
    """An import file is not valid; the message says where and why."""


class DuplicateNamesError(UnreadableFileError):
    """A file gives some `names` several times, with different values."""

    def __init__(self, message: str, names: Sequence[str], *, hint: str = "") -> None:
        self.names = names
        super().__init__(message, hint=hint)


class RepeatedNameError(UnreadableFileError):
    """Two entries of an import have the same name."""


class FileNotWrittenError(TransferError):
    """A file was not written; an existing file is unchanged."""


class InvalidSelectionError(TransferError):
    """Secrets cannot be selected in this way."""


class NothingToExportError(TransferError):
    """No secret was written: none matches the selection, or none of them has a value yet."""

    def __init__(self, left_out: Mapping[str, int] | None = None) -> None:
        omitted = "; ".join(f"{what}: {number:,}" for what, number in (left_out or {}).items())
        super().__init__("Nothing to export.", hint=f"Omitted: {omitted}." if omitted else "")


class InvalidVariableError(TransferError):
    """A value cannot be an environment variable, or not under this name."""


class UnknownSourceError(TransferError):
    """A file is of no kind that can be imported, or of one that has to be converted first; the hint says how."""


class SourcePassphraseError(TransferError):
    """An encrypted file needs its own passphrase, or the given one is wrong (`is_wrong`)."""

    def __init__(self, file: str, *, is_wrong: bool = False, hint: str = "") -> None:
        self.file = file
        self.is_wrong = is_wrong
        said = "the passphrase or the key file is wrong, or the file is damaged" if is_wrong else \
            "this file is encrypted and needs its own passphrase"
        super().__init__(f"{file}: {said}.", hint=hint)
