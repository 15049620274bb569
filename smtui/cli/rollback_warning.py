"""A vault file that is older than what this machine last saw of it: used only once somebody said that this is meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smtui.cli import diagnostics, terminal
from smtui.cli.exit_codes import CommandError, Exit
from smtui.cli.parser import ACCEPT_OLDER
from smtui.cli.terminal import NoTerminalError

if TYPE_CHECKING:
    from smtui.backends.local import Vault

MOST_LISTED = 20
QUESTION = "Is it a backup that was restored on purpose? Type yes to go on: "


class OlderFileError(CommandError):
    """Nobody said that the older file is meant; it was left as it is."""

    exit = Exit.VAULT


def must_be_meant(vault: Vault, *, accepted: bool) -> None:
    """Goes on with an older file where it was `accepted` on the command line or is now. Raises OlderFileError."""
    if not vault.maintenance.missing_commits:
        return
    if not accepted:
        for line in _listed(vault.maintenance.missing_changes, vault.maintenance.missing_commits):
            diagnostics.tell(line)
    if not accepted and not _said_yes():
        raise OlderFileError(
            "An older file was put in the place of the vault. It was not used.",
            hint=f"If a backup was restored on purpose, say so once: {ACCEPT_OLDER}. If not, look for the newer file.",
        )
    vault.maintenance.accept_rollback()


def _listed(lost: Sequence[str], missing: int) -> list[str]:
    """The newest of the changes that are missing, of which this machine may know only some."""
    listed = lost[:MOST_LISTED]
    more = missing - len(listed)
    return [*(["missing:"] if listed else []), *(f"  {each}" for each in listed),
            *([f"  and {more:,} more"] if listed and more > 0 else [])]


def _said_yes() -> bool:
    try:
        return terminal.ask_text(QUESTION).strip().lower() in ("y", "yes")
    except NoTerminalError:
        return False
