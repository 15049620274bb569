"""Renames a secret: copies it under a new name as smtui cp does, then schedules the deletion of the old one.

The old secret can be restored until its recovery window ends: smtui restore-secret --secret-id OLD. Both happen
together or not at all. The ARN changes, and rotation and replicas are not copied.
"""

from __future__ import annotations

import argparse

from smtui.api.limits import MAX_RECOVERY_DAYS, MIN_RECOVERY_DAYS
from smtui.cli import output
from smtui.cli.commands import cp
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.parser import parse_count
from smtui.cli.target import parse_name, parse_version
from smtui.cli.unlocking import open_context_for
from smtui.transfer.copy_secret import copy_secret

EXAMPLE = "smtui mv prod/db prod/orders/db\nsmtui mv prod/db prod/orders/db --days 7 --yes"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help="secret to rename (name or ARN)")
    cp.declare_target(parser)
    parser.add_argument("--days", metavar="N", type=parse_count, default=MAX_RECOVERY_DAYS,
                        help=f"recovery window of OLD: {MIN_RECOVERY_DAYS} to {MAX_RECOVERY_DAYS} days "
                             f"(default: {MAX_RECOVERY_DAYS})")


def run(args: argparse.Namespace) -> Exit:
    new, version = cp.parse_new_name(args.new), parse_version(parse_name(args.old))
    if not MIN_RECOVERY_DAYS <= args.days <= MAX_RECOVERY_DAYS:
        raise UsageError(f"--days must be a number from {MIN_RECOVERY_DAYS} to {MAX_RECOVERY_DAYS}.")
    with open_context_for(args) as vault:
        client = vault.client(region_name=args.region)
        plan = cp.make_plan(vault, client, args, new)
        text = (f"{cp.format_plan(plan)}\nthen schedule the deletion of {plan.name}\n"
                f"  recovery window: {args.days} days")
        if cp.show_and_confirm(text, f"move {plan.name} to {new}", args):
            with vault.transaction(), cp.warn_if_incomplete(vault, new):
                copy_secret(client, plan, version)
                client.delete_secret(SecretId=plan.arn, RecoveryWindowInDays=args.days)
            output.write_line(f"{new}: created as a copy of {plan.name}")
            output.write_line(f"{plan.name}: scheduled for deletion; recovery window: {args.days} days")
    return Exit.DONE
