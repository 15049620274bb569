"""The task "Check": verifies the vault file and shows the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.jobs.job import run_job
from smtui.tui.json_editor.diagnostic import Severity
from smtui.tui.vault.report import Report

if TYPE_CHECKING:
    from smtui.backends.local import CheckReport
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

CLEAN = SafeText("No issues found.")
FOUND = "Keep this file unchanged and open a backup."


async def check(app: Shell, session: Session) -> None:
    """Runs the check of the vault as a job and shows its report.

    Raises:
        SmtuiError: the check could not run to its end.
    """
    report = await run_job(app, SafeText("Check"), lambda vault, progress: vault.maintenance.check(progress))
    await app.push_screen_wait(_make_report(report))


def _make_report(report: CheckReport) -> Report:
    """Builds the report dialog: the verdict, the findings if there are any, and what was counted."""
    looked_at = [sanitize(f"{count:,} {what}") for what, count in report.counted.items()]
    if report.clean:
        return Report(SafeText("Check"), CLEAN, looked_at)
    findings = [sanitize(f"{Severity.ERROR.sign} {finding.area}: {finding.sentence}") for finding in report.findings]
    several = "s" if len(findings) > 1 else ""
    verdict = sanitize(f"{len(findings):,} finding{several}. {FOUND}")
    return Report(SafeText("Check"), verdict, [*findings, SafeText(), *looked_at], wrong=True)
