"""Rotates every secret whose rotation window is open, and goes on with rotations that failed or were broken off. For
cron or a systemd timer; the screens do the same while they are open. Two of these never work on one secret at once.

A rotation that failed rests for five minutes, then ten, up to a day, before it is tried again; a NAME is tried now.
One whose command you have not allowed on this machine waits: it is named, and the exit code is 1.
"""

from __future__ import annotations

import argparse

from smtui.cli import diagnostics, output
from smtui.cli.exit_codes import Exit
from smtui.cli.unlocking import opened

EXAMPLE = "smtui rotate-due\nsmtui rotate-due prod/db"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", help="the one secret whose rotation is to be gone on with")


def run(args: argparse.Namespace) -> Exit:
    with opened(args) as vault:
        ended = vault.scheduler.run_due(secret_id=args.name, region_name=args.region)
        waiting = vault.scheduler.list_waiting(secret_id=args.name, region_name=args.region)
    for each in ended:
        done = "tested" if each.kind == "test" else "rotated"
        if not each.waits:
            output.line(f"{each.name}: {f'{each.step} failed: {each.problem}' if each.problem else done}")
    for rotation in waiting:
        output.line(f"{rotation.name}: waits for your permission to run {rotation.function}")
        diagnostics.note(f"to see and allow it: smtui functions allow {rotation.function} --region {rotation.region}")
    return Exit.REFUSED if waiting or any(each.problem for each in ended) else Exit.DONE
