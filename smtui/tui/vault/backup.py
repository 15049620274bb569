"""The task "Backup": writes a complete copy of the vault to a new file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from smtui.api.errors import VaultExistsError
from smtui.text.dates import format_date
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.dialogs.ask_path import ask_path
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.jobs.job import run_job

if TYPE_CHECKING:
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

TITLE = SafeText("Backup")
ABOUT = SafeText("A complete copy in a new file, opened by the same passphrase and recovery code.")
REPLACED = SafeText("The existing file will be replaced. If the backup fails, it is kept.")


async def back_up(app: Shell, session: Session) -> None:
    """Asks for the target path and writes a backup of the vault there. Asks again before it replaces a file.

    Raises:
        SmtuiError: the backup could not be written.
    """
    async def write(target: Path) -> bool:
        try:
            await _write_backup(app, target)
        except VaultExistsError:
            if not await app.push_screen_wait(Confirm(sanitize(f"Replace {target}?"), REPLACED, "Replace")):
                return False
            await _write_backup(app, target, force=True)
        app.notify(sanitize(f"Backup written: {target}"), markup=False)
        return True

    await ask_path(app, TITLE, ABOUT, write, _propose_path(session))


async def _write_backup(app: Shell, target: Path, *, force: bool = False) -> None:
    await run_job(app, TITLE, lambda vault, progress: vault.maintenance.backup(target, force=force, progress=progress))


def _propose_path(session: Session) -> str:
    """Returns the default target: a file in the vault's directory, with today's date in its name."""
    path = session.vault.path
    return str(path.with_name(f"{path.stem}-{format_date(session.now())}{path.suffix}"))
