"""Why a KDBX file cannot be read. No message contains anything that was decrypted."""

from __future__ import annotations


class KdbxError(Exception):
    """The file is damaged, or uses what is not supported; `hint` is advice."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class WrongKeyError(KdbxError):
    """The passphrase or the key file does not open the file."""

    def __init__(self) -> None:
        super().__init__("the passphrase or the key file is wrong")
