"""Verifies the integrity of the vault: pages, rows, references, audit log and values. Prints what was checked and every
problem found; exits with 4 if there is one.
"""

from __future__ import annotations

import argparse

from smtui.cli import diagnostics, output
from smtui.cli.exit_codes import Exit
from smtui.cli.unlocking import open_for

EXAMPLE = "smtui check"


def declare(parser: argparse.ArgumentParser) -> None:
    del parser


def run(args: argparse.Namespace) -> Exit:
    with open_for(args) as vault, diagnostics.show_progress() as bar:
        report = vault.maintenance.check(bar)
    for what, count in report.counted.items():
        output.write_line(f"{what}: {count:,} checked")
    for finding in report.findings:
        output.write_line(f"{finding.area}: {finding.sentence}")
    if report.clean:
        output.write_line("no problems found")
        return Exit.DONE
    output.write_line(f"{len(report.findings):,} problem{'s' if len(report.findings) > 1 else ''}")
    return Exit.VAULT
