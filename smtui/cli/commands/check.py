"""Verifies what can be verified: pages, rows, references, the trail, values. Says what it looked at and what it found;
findings make it leave with exit code 4.
"""

from __future__ import annotations

import argparse

from smtui.cli import diagnostics, output
from smtui.cli.exit_codes import Exit
from smtui.cli.unlocking import opened

EXAMPLE = "smtui check"


def declare(parser: argparse.ArgumentParser) -> None:
    del parser


def run(args: argparse.Namespace) -> Exit:
    with opened(args) as vault, diagnostics.progress() as bar:
        report = vault.maintenance.check(bar)
    for what, count in report.counted.items():
        output.line(f"{what}: {count:,} looked at")
    for finding in report.findings:
        output.line(f"{finding.area}: {finding.sentence}")
    if report.clean:
        output.line("nothing wrong was found")
        return Exit.DONE
    output.line(f"{len(report.findings):,} finding{'s' if len(report.findings) > 1 else ''}")
    return Exit.VAULT
