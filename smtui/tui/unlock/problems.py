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
        "No vault found", "Restore the file or a backup of it, open another vault, or create one here."),
    VaultDamagedError: Problem(
        "This vault is damaged", "Open a backup, or restore one in its place. Keep the damaged file too: "
        "opening did not change it.", recoverable=True),
    VaultFormatError: Problem(
        "Cannot read this file", "No changes made. It may need a newer smtui, or it is not a vault.",
        recoverable=True),
    VaultPathError: Problem(
        "File not opened", "Fix the cause outside of smtui, then retry."),
    VaultBusyError: Problem(
        "Vault in use", "Close the other smtui, or wait until it is done."),
    VaultReadOnlyError: Problem(
        "Vault not writable", "smtui --read-only opens it; reads are then not recorded in the audit log."),
}


def find_problem(error: SmtuiError) -> Problem | None:
    """Returns the problem for an error; None if another attempt can succeed, as after a wrong passphrase."""
    return next((PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS), None)
