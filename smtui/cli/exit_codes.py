"""Exit codes, the command line's own errors, and the one place that maps every error to an exit code."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

from smtui.api.context import SIGN_IN_CODES
from smtui.api.errors import (
    ClientError,
    ContextError,
    NotAvailableError,
    ParamValidationError,
    SignInError,
    SmtuiError,
    VaultError,
    WrongAccountError,
    WrongPassphraseError,
)
from smtui.transfer.errors import UnreadableFileError


class Exit(IntEnum):
    DONE = 0
    REFUSED = 1
    USAGE = 2
    CANNOT_UNLOCK = 3
    VAULT = 4
    CANNOT_RUN = 126
    NO_COMMAND = 127
    INTERRUPTED = 130
    BROKEN_PIPE = 141


MEANING = {
    Exit.DONE: "done",
    Exit.REFUSED: "the operation was refused; standard error has AWS's error code and message",
    Exit.USAGE: "the command line or an input file is not valid",
    Exit.CANNOT_UNLOCK: "the vault cannot be unlocked: wrong passphrase or key file, or none given; "
                        "or the profile is not signed in to AWS",
    Exit.VAULT: "the vault is missing, damaged, busy, older than the one this machine last saw, or not usable "
                "as requested; the context is missing or cannot be reached",
    Exit.CANNOT_RUN: "the command of exec cannot be run; otherwise exec exits as its command does",
    Exit.NO_COMMAND: "the command of exec does not exist",
    Exit.INTERRUPTED: "interrupted with Ctrl+C",
    Exit.BROKEN_PIPE: "the reader of the output went away",
}


class CommandError(SmtuiError):
    """The base of the command line's own errors. `str(error)` is a sentence without secret values; `hint` is advice."""

    exit: ClassVar[Exit]

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class UsageError(CommandError):
    """The command line, or a file it names, is not valid."""

    exit = Exit.USAGE


class RefusedError(CommandError):
    """A valid command that was refused; nothing was changed."""

    exit = Exit.REFUSED


class CommandNotExecutableError(CommandError):
    """The command of `exec` is not an executable program, or the system refused to run it."""

    exit = Exit.CANNOT_RUN


class CommandNotFoundError(CommandError):
    """The command of `exec` does not exist."""

    exit = Exit.NO_COMMAND


class CannotUnlockError(CommandError):
    """No passphrase was given and nobody can be asked for one, or the given one is not usable."""

    exit = Exit.CANNOT_UNLOCK


_CODE_BY_ERROR = (
    (WrongPassphraseError, Exit.CANNOT_UNLOCK),
    (SignInError, Exit.CANNOT_UNLOCK),
    (WrongAccountError, Exit.CANNOT_UNLOCK),
    (NotAvailableError, Exit.REFUSED),
    (ContextError, Exit.VAULT),
    (VaultError, Exit.VAULT),
    (ParamValidationError, Exit.USAGE),
    (UnreadableFileError, Exit.USAGE),
    (ClientError, Exit.REFUSED),
)


def get_exit_code(error: SmtuiError) -> Exit:
    """The exit code for an error of this program."""
    if isinstance(error, CommandError):
        return error.exit
    if isinstance(error, ClientError) and error.code in SIGN_IN_CODES:
        return Exit.CANNOT_UNLOCK
    return next((code for kind, code in _CODE_BY_ERROR if isinstance(error, kind)), Exit.REFUSED)
