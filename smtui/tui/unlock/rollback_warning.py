"""The warning that a vault file is older than the last state this machine saw (rollback protection)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call
from smtui.tui.dialogs.confirm import Confirm

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.shell import Shell

TITLE = SafeText("Older vault file")
ADVICE = (
    "If a backup was restored on purpose, open it. Otherwise an older copy has replaced the vault: cancel, and look "
    "for the newer file."
)
MOST_LISTED = 5
WIDTH = 66
NOT_OPENED = "Not opened: the file is older than when this machine last opened it."


async def confirm_rollback(app: Shell, vault: Vault) -> bool:
    """Returns whether the session may begin. If the file is older, asks the user; on "no" closes the vault.

    Raises:
        SmtuiError: the confirmed rollback could not be stored.
    """
    if not vault.maintenance.missing_commits:
        return True
    state = vault.maintenance
    changes = _list_lost(state.missing_changes, state.missing_commits)
    text = "\n".join([state.rollback_warning, "", *changes, ADVICE])
    question = Confirm(TITLE, sanitize(text, lines=True), "Open older file")
    if await app.push_screen_wait(question):
        await call(vault.maintenance.accept_rollback)
        return True
    await call(vault.close)
    return False


def _list_lost(lost: Sequence[str], missing: int) -> list[str]:
    """Returns the newest missing changes, cut to `WIDTH`, how many more there are, and an empty line."""
    lines = [each if len(each) <= WIDTH else f"{each[: WIDTH - 1]}…" for each in lost[:MOST_LISTED]]
    more = missing - len(lines)
    return [*lines, *([f"and {more:,} more"] if lines and more > 0 else []), *([""] if lost else [])]
