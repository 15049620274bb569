"""Exit codes and the errors that only a command line knows; the one place that decides how a call leaves."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

from smtui.api.errors import ClientError, ParamValidationError, SmtuiError, VaultError, WrongPassphraseError
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
    Exit.REFUSED: "the operation was refused; AWS's error code and message are on standard error",
    Exit.USAGE: "the command line cannot be understood",
    Exit.CANNOT_UNLOCK: "the vault cannot be unlocked: wrong passphrase, or none given",
    Exit.VAULT: "the vault is missing, damaged, busy, older than this machine last saw, or cannot be used as asked",
    Exit.CANNOT_RUN: "the command of exec cannot be run; otherwise exec leaves as its command does",
    Exit.NO_COMMAND: "the command of exec is not there",
    Exit.INTERRUPTED: "interrupted with Ctrl+C",
    Exit.BROKEN_PIPE: "the reader of the output went away",
}


class CommandError(SmtuiError):
    """A command stopped itself. `str(error)` is a sentence without any value in it; `hint` is advice."""

    exit: ClassVar[Exit]

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class UsageError(CommandError):
    """What was typed, or a file that was named, cannot be used."""

    exit = Exit.USAGE


class RefusedError(CommandError):
    """Understood, and not done; nothing was changed."""

    exit = Exit.REFUSED


class CommandNotExecutableError(CommandError):
    """A command that is to be run is no program, or the system refused it."""

    exit = Exit.CANNOT_RUN


class CommandNotFoundError(CommandError):
    """A command that is to be run is not there."""

    exit = Exit.NO_COMMAND


class CannotUnlockError(CommandError):
    """No passphrase could be had."""

    exit = Exit.CANNOT_UNLOCK


_LEAVES = (
    (WrongPassphraseError, Exit.CANNOT_UNLOCK),
    (VaultError, Exit.VAULT),
    (ParamValidationError, Exit.USAGE),
    (UnreadableFileError, Exit.USAGE),
    (ClientError, Exit.REFUSED),
)


def exit_of(error: SmtuiError) -> Exit:
    """The exit code with which an error leaves."""
    if isinstance(error, CommandError):
        return error.exit
    return next((code for kind, code in _LEAVES if isinstance(error, kind)), Exit.REFUSED)
