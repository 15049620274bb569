"""Copies a secret under a new name: description, tags, KMS key, policy, and every version that has a staging label,
with its value and labels. OLD:LABEL and OLD~N copy only that version, which becomes the current one.

Rotation and replicas are not copied. The plan is shown, without values, and must be confirmed. A name that is in use is
refused: nothing is overwritten.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from smtui.api.arn import is_arn
from smtui.api.errors import ClientError, ContextError, ResourceNotFoundException
from smtui.cli import confirm, output
from smtui.cli.exit_codes import Exit, RefusedError, UsageError
from smtui.cli.target import parse_name, parse_version
from smtui.cli.unlocking import open_context_for
from smtui.transfer.copy_secret import CopyPlan, copy_secret, plan_copy

if TYPE_CHECKING:
    from smtui.api.context import Context
    from smtui.api.types import Client

EXAMPLE = "smtui cp prod/db staging/db --dry-run\nsmtui cp prod/db~1 debug/db --yes"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD[:LABEL|~N]", help="secret to copy (name or ARN), and its version")
    declare_target(parser)


def declare_target(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("new", metavar="NEW", help="name of the new secret")
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    parser.add_argument("--dry-run", action="store_true", help="show the plan, and change nothing")


def run(args: argparse.Namespace) -> Exit:
    new, version = parse_new_name(args.new), parse_version(args.old)
    with open_context_for(args) as vault:
        client = vault.client(region_name=args.region)
        plan = make_plan(vault, client, args, new)
        if show_and_confirm(format_plan(plan), f"copy {plan.name} to {new}", args):
            with vault.transaction(), warn_if_incomplete(vault, new):
                copy_secret(client, plan, version)
            output.write_line(f"{new}: created as a copy of {plan.name}")
    return Exit.DONE


@contextmanager
def warn_if_incomplete(context: Context, new: str) -> Iterator[None]:
    """Says in errors of the block that a copy may be incomplete, where there are no transactions."""
    try:
        yield
    except (ClientError, ContextError) as error:
        if not context.can.is_atomic:
            error.hint = (f"{new} may now exist without all of its versions and labels. Check it; if it is incomplete, "
                          "delete it and copy again.")
        raise


def parse_new_name(word: str) -> str:
    """Raises UsageError for anything but a name."""
    if not word or is_arn(word):
        raise UsageError("Expected the name of the new secret.")
    return parse_name(word)


def make_plan(vault: Context, client: Client, args: argparse.Namespace, new: str) -> CopyPlan:
    """Plans the copy. Raises RefusedError if no secret can get the new name."""
    plan = plan_copy(client, parse_version(args.old), new)
    refused = vault.look_up_names([new], region_name=args.region)[1].get(new)
    if refused is not None:
        raise RefusedError(f"{new}: {refused}", hint="Choose another name.")
    with suppress(ResourceNotFoundException):
        vault.client(region_name=args.region, record_reads=False).describe_secret(SecretId=new)
        raise RefusedError(f"{new} already exists. Nothing was changed.", hint="Choose another name.")
    return plan


def format_plan(plan: CopyPlan) -> str:
    """The plan in lines: nouns in the first column, what the copy gets in the second."""
    rows = [f"  {noun:<13}{text}" for noun, text in plan.describe()]
    return "\n".join([f"copy {plan.name} to {plan.target}:", *rows])


def show_and_confirm(text: str, act: str, args: argparse.Namespace) -> bool:
    """Shows a plan; False for a dry run. Raises RefusedError, UsageError if it is not confirmed."""
    if args.dry_run:
        output.write_line(text)
        return False
    if not args.yes:
        confirm.require_confirmation(text, act)
    return True
