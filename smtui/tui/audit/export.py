"""The task that writes audit events to a file, one JSON object per line in CloudTrail's format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.text.sanitize import SafeText, sanitize
from smtui.transfer.private_file import write_private_file
from smtui.tui.dialogs.ask_path import ask_path
from smtui.tui.jobs.job import Progress, run_job

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.audit.query import AuditQuery
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

TITLE = SafeText("Export audit log")
ABOUT = SafeText("Writes the filtered events, one JSON object per line, to a new file readable only by you. "
                 "Events contain no values.")


async def export_audit_log(app: Shell, session: Session, query: AuditQuery) -> None:
    """Asks for a path and writes the events that match `query` to a new private file there."""
    region = session.region

    async def write(path: Path) -> SafeText:
        count = await run_job(app, TITLE, lambda vault, progress: _write_events(vault, region, query, path, progress))
        return sanitize(f"{count:,} event{'' if count == 1 else 's'} exported to {path}")

    if notice := await ask_path(app, TITLE, ABOUT, write):
        app.notify(notice, markup=False)


def _write_events(vault: Vault, region: str, query: AuditQuery, path: Path, progress: Progress) -> int:
    count = 0
    with write_private_file(path) as file:
        for event in vault.audit_log(**query.criteria, region_name=region):
            if query.matches(event):
                file.write((json.dumps(event, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass"))
                count += 1
            progress("writing", count, 0)
    return count
