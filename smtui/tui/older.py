"""A vault file that is older than what this machine last saw of it: entered only by who says that this is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtui.shown import Shown, shown
from smtui.tui.bridge import call
from smtui.tui.dialogs.confirm import Confirm

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.app import SmtuiApp

TITLE = Shown("An older file")
ADVICE = (
    "If a backup was restored on purpose, go on. If not, somebody or something put an older copy in the place of the "
    "vault: what was changed since, passwords among it, is not in it. Cancel, and look for the newer file."
)
NOT_OPENED = "Not opened: the file is older than what this machine last saw."


async def is_meant(app: SmtuiApp, vault: Vault) -> bool:
    """Whether a session may begin with the vault just opened, which is closed again where it may not."""
    if not vault.behind:
        return True
    question = Confirm(TITLE, shown(f"{vault.older}\n\n{ADVICE}", lines=True), "It is a backup: go on")
    if await app.push_screen_wait(question):
        await call(vault.accept_older)
        return True
    await call(vault.close)
    return False
