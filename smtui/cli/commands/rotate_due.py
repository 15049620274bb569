"""Rotates every secret whose rotation window is open, and resumes rotations that failed or were interrupted. Run it
from cron or a systemd timer; the TUI does the same while it is open. Two processes never rotate one secret at the same
time.

A failed rotation is retried after five minutes, then ten, up to a day; with NAME it is retried now. A rotation whose
command is not allowed on this machine waits for permission: it is listed, and the exit code is 1.
"""

from __future__ import annotations

import argparse

from smtui.cli import diagnostics, output
from smtui.cli.exit_codes import Exit
from smtui.cli.unlocking import open_for

EXAMPLE = "smtui rotate-due\nsmtui rotate-due prod/db"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", help="only this secret, without waiting for its next retry")


def run(args: argparse.Namespace) -> Exit:
    with open_for(args) as vault:
        ended = vault.scheduler.run_due(secret_id=args.name, region_name=args.region)
        waiting = vault.scheduler.list_waiting(secret_id=args.name, region_name=args.region)
    for each in ended:
        success = "tested" if each.kind == "test" else "rotated"
        if not each.waits:
            output.write_line(f"{each.name}: {f'{each.step} failed: {each.problem}' if each.problem else success}")
    for rotation in waiting:
        output.write_line(f"{rotation.name}: waits for your permission to run {rotation.function}")
        command = f"smtui functions allow {rotation.function} --region {rotation.region}"
        diagnostics.note(f"to see and allow it: {command}")
    return Exit.REFUSED if waiting or any(each.problem for each in ended) else Exit.DONE
