"""The task "New passphrase": re-encrypts the vault with new keys and a new recovery code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtui.api.errors import SmtuiError, VaultBusyError
from smtui.text.sanitize import SafeText
from smtui.tui.bridge import call
from smtui.tui.jobs.job import Progress, run_job
from smtui.tui.unlock.passphrase_change import PassphraseChange
from smtui.tui.unlock.recovery_code import RecoveryScreen
from smtui.tui.vault.change_passphrase import ChangePassphrase

if TYPE_CHECKING:
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

TITLE = SafeText("New passphrase")
STILL_OPEN = "These copies still open with the old passphrase: {}."
AGENT_RUNS = "The agent of this program has the vault open, so the passphrase cannot be changed now."
CHANGED = "Passphrase changed. The old one opens only older copies."


async def change_passphrase(app: Shell, session: Session) -> None:
    """Asks for a new passphrase, re-encrypts the vault, and shows the new recovery code.

    Warns of older format backups that the old passphrase still opens.

    Raises:
        VaultBusyError: a rotation is running, or an agent in this process has the vault open.
        SmtuiError: the vault could not be re-encrypted.
    """
    if session.agent.is_here:
        raise VaultBusyError(AGENT_RUNS, hint="Stop it on the Access screen first.")
    change = await app.push_screen_wait(ChangePassphrase(session.vault))
    if change is None:
        return
    try:
        await session.verifier.stop()
        if session.background.is_busy:
            raise VaultBusyError("A rotation is in progress, so the passphrase cannot be changed now.",
                                 hint="Try again when it is done.")
        await run_job(app, TITLE, lambda vault, progress: _change_passphrase(session, change, progress), alone=True)
    except SmtuiError:
        change.wipe()
        raise
    app.key_file = change.key_file or app.key_file
    code, session.code_unseen = session.vault.maintenance.take_recovery_code(), False
    await app.push_screen_wait(RecoveryScreen(code))
    app.notify(CHANGED)
    if copies := await call(session.vault.maintenance.list_format_backups):
        app.warn(STILL_OPEN.format(", ".join(copy.name for copy in copies)))


def _change_passphrase(session: Session, change: PassphraseChange, progress: Progress) -> None:
    """Changes the passphrase and wipes it. The caller may be cancelled earlier, so it cannot do the wiping."""
    from smtui.backends import stored_key

    try:
        with stored_key.update_after_change(session.vault):
            change.apply(session.vault, progress)
        session.code_unseen = True
    finally:
        change.wipe()
