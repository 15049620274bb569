"""Export: secrets in plain text, into a file that nobody else can read."""

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


async def take_out(app: Shell, session: Session, names: Sequence[str] = ()) -> None:
    """The secrets of these names or ARNs; without any, those the person chooses. Each is in the audit log."""
    wanted = await app.push_screen_wait(ExportForm(Wanted(), len(names), session.region))
    while wanted is not None:
        try:
            done = await _exported(app, session.region, wanted, Selection(names, "" if names else wanted.prefix))
        except TransferError as error:
            app.report(error)
            wanted = await app.push_screen_wait(ExportForm(wanted, len(names), session.region))
        else:
            app.notify(told(done, expand_path(wanted.path)), markup=False)
            return


async def _exported(app: Shell, region: str, wanted: Wanted, chosen: Selection) -> ExportCounts:
    path = expand_path(wanted.path)

    def export_into_file(vault: Vault, progress: Progress) -> ExportCounts:
        with private_file(path) as file:
            done = export(vault.client(region_name=region), chosen, Format(wanted.format), file.write, progress)
            if not done.written:
                raise NothingToExportError
        return done

    return await run_job(app, TITLE, export_into_file)


class NothingToExportError(TransferError):
    """A mistyped prefix is no success."""

    def __init__(self) -> None:
        super().__init__("There is nothing to export.")


def told(done: ExportCounts, path: Path) -> SafeText:
    several = done.written != 1
    them = "them" if several else "it"
    left_out = f" Left out, for they have no value yet: {done.without_value:,}." if done.without_value else ""
    return sanitize(f"{done.written:,} secret{'s' if several else ''} in plain text: {path}. "
                    f"Whoever can read the file has {them}.{left_out}")
