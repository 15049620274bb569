"""Confirmation of a vault file that is older than what this machine last saw of it (rollback protection)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smtui.cli import diagnostics, terminal
from smtui.cli.exit_codes import CommandError, Exit
from smtui.cli.parser import ACCEPT_OLDER
from smtui.cli.terminal import NoTerminalError

if TYPE_CHECKING:
    from smtui.backends.local import Vault

MAX_CHANGES = 20
QUESTION = "Was a backup restored on purpose? Type yes to continue: "


class OlderFileError(CommandError):
    """Nobody confirmed the older file; it was not used."""

    exit = Exit.VAULT


def require_confirmation(vault: Vault, *, is_accepted: bool) -> None:
    """Accepts an older file if the command line did (`is_accepted`) or the user confirms it. Raises OlderFileError."""
    if not vault.maintenance.missing_commits:
        return
    if not is_accepted:
        for line in _list_changes(vault.maintenance.missing_changes, vault.maintenance.missing_commits):
            diagnostics.write(line)
    if not is_accepted and not _confirm():
        raise OlderFileError(
            "The vault file was replaced by an older one. It was not used.",
            hint=f"If a backup was restored on purpose, use {ACCEPT_OLDER} once. If not, find the newer file.",
        )
    vault.maintenance.accept_rollback()


def _list_changes(lost: Sequence[str], missing: int) -> list[str]:
    """Lines for the newest of the `missing` changes; this machine may know only some of them (`lost`)."""
    listed = lost[:MAX_CHANGES]
    more = missing - len(listed)
    return [*(["missing:"] if listed else []), *(f"  {each}" for each in listed),
            *([f"  and {more:,} more"] if listed and more > 0 else [])]


def _confirm() -> bool:
    try:
        return terminal.ask_text(QUESTION).strip().lower() in ("y", "yes")
    except NoTerminalError:
        return False
