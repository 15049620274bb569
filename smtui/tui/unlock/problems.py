"""Titles and advice for the errors that prevent a vault from being opened."""

from __future__ import annotations

from dataclasses import dataclass

from smtui.api.errors import (
    SmtuiError,
    VaultBusyError,
    VaultDamagedError,
    VaultFormatError,
    VaultMissingError,
    VaultPathError,
    VaultReadOnlyError,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What the unlock screen shows for an error. `recoverable` offers the recovery code."""

    title: str
    advice: str
    recoverable: bool = False


PROBLEMS: dict[type[SmtuiError], Problem] = {
    VaultMissingError: Problem(
        "There is no vault here", "Put it back where it was, or its backup; open another; or make a new one here."),
    VaultDamagedError: Problem(
        "This vault is damaged", "Open a backup of it, or put one in its place. Keep the damaged file as well: "
        "nothing in it was changed by looking.", recoverable=True),
    VaultFormatError: Problem(
        "This smtui cannot read it", "Nothing was changed. A newer smtui may know it; or another file was meant.",
        recoverable=True),
    VaultPathError: Problem(
        "This file is not opened", "What stands in its way has to be put right outside of smtui."),
    VaultBusyError: Problem(
        "Another program is using it", "Close the other smtui, or wait until it is done."),
    VaultReadOnlyError: Problem(
        "It cannot be written", "smtui --read-only opens it all the same; what is read is then not recorded."),
}


def find_problem(error: SmtuiError) -> Problem | None:
    """Returns the problem for an error; None if another attempt can succeed, as after a wrong passphrase."""
    return next((PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS), None)
