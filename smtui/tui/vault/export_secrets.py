"""The task "Export": writes secrets in plain text to a file that only its owner can read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from smtui.text.sanitize import SafeText, sanitize
from smtui.transfer.errors import TransferError
from smtui.transfer.export import ExportCounts, Format, export
from smtui.transfer.private_file import private_file
from smtui.transfer.selection import Selection
from smtui.tui.dialogs.ask_path import expand_path
from smtui.tui.jobs.job import Progress, run_job
from smtui.tui.vault.export_form import ExportForm, Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smtui.backends.local import Vault
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

TITLE = SafeText("Export")


async def export_secrets(app: Shell, session: Session, names: Sequence[str] = ()) -> None:
    """Asks for the target and writes the secrets to it. The audit log records each value that is read.

    Args:
        names: names or ARNs of the secrets; if empty, the form asks for a prefix.

    Raises:
        SmtuiError: the secrets could not be read. A `TransferError` is reported, and the form is shown again.
    """
    wanted = await app.push_screen_wait(ExportForm(Wanted(), len(names), session.region))
    while wanted is not None:
        try:
            done = await _run_export(app, session.region, wanted, Selection(names, "" if names else wanted.prefix))
        except TransferError as error:
            app.report(error)
            wanted = await app.push_screen_wait(ExportForm(wanted, len(names), session.region))
        else:
            app.notify(format_notice(done, expand_path(wanted.path)), markup=False)
            return


async def _run_export(app: Shell, region: str, wanted: Wanted, chosen: Selection) -> ExportCounts:
    path = expand_path(wanted.path)

    def export_into_file(vault: Vault, progress: Progress) -> ExportCounts:
        with private_file(path) as file:
            done = export(vault.client(region_name=region), chosen, Format(wanted.format), file.write, progress)
            if not done.written:
                raise NothingToExportError
        return done

    return await run_job(app, TITLE, export_into_file)


class NothingToExportError(TransferError):
    """No secret was written, for example because the prefix matches no name."""

    def __init__(self) -> None:
        super().__init__("There is nothing to export.")


def format_notice(done: ExportCounts, path: Path) -> SafeText:
    """Returns the notification about a finished export."""
    several = done.written != 1
    them = "them" if several else "it"
    left_out = f" Left out, for they have no value yet: {done.without_value:,}." if done.without_value else ""
    return sanitize(f"{done.written:,} secret{'s' if several else ''} in plain text: {path}. "
                    f"Whoever can read the file has {them}.{left_out}")
