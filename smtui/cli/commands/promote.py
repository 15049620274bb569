"""Applies a plan of smtui compare --plan: brings values of the left side to the right one.

First every new version is stored under a label of the plan, then AWSCURRENT moves to each, if it is still on the
version that the comparison saw: what others have stored since stays, and is listed. A run that was interrupted
continues when the same plan is applied again. --undo moves the labels back under the same condition, and schedules the
deletion of new secrets. New secrets get the description and tags of the left side. Policies, rotation and KMS keys are
not copied.

The plan can be edited before: the action of a secret is promote or skip; each key is copy, new (a generated password),
ask (typed on the terminal) or omit (keeps the value of the right side). It has no values. The exit code is 0 if every
secret of the plan was promoted, and 1 if not.
"""

from __future__ import annotations

import argparse
from typing import Any

from smtui.cli import confirm, diagnostics, inputs, output, terminal
from smtui.cli.comparison_sides import OpenSide, open_sides
from smtui.cli.exit_codes import Exit, RefusedError, UsageError
from smtui.comparison.costs import describe_promotion_cost
from smtui.comparison.new_value import ValueSources
from smtui.comparison.plan import PlannedSide, PromotionPlan
from smtui.comparison.plan_file import InvalidPlanError, parse_plan_file
from smtui.comparison.plan_report import FAILURES, format_plan, format_result, summarize_results
from smtui.comparison.promote import Promotion, PromotionResult
from smtui.comparison.undo import undo_promotion

EXAMPLE = (
    "smtui promote release.plan --dry-run\n"
    "smtui promote release.plan --rw\n"
    "smtui promote release.plan --stage --rw\n"
    "smtui promote release.plan --undo --rw"
)
PASSWORD_LENGTH = 32


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plan", metavar="PLAN", help="a file that smtui compare --plan has written")
    parser.add_argument("--dry-run", action="store_true", help="show the plan and what can be promoted; change nothing")
    parser.add_argument("--stage", action="store_true",
                        help="only store the new versions under the label of the plan, for another person to apply")
    parser.add_argument("--undo", action="store_true", help="move the labels back")
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")


def run(args: argparse.Namespace) -> Exit:
    if args.dry_run + args.undo + args.stage > 1:
        raise UsageError("Use one of --dry-run, --stage and --undo.")
    plan = _read_plan(args.plan)
    text = "\n".join(format_plan(plan))
    if args.dry_run:
        output.write_line(text)
    elif not args.yes:
        confirm.require_confirmation(text, _describe_act(args))
    with open_sides((plan.left.name, plan.right.name), args, (plan.left.is_copy, False)) as (left, right):
        for planned, side in ((plan.left, left), (plan.right, right)):
            _require_place(planned, side)
        if cost := describe_promotion_cost(left.can, right.can, plan):
            diagnostics.note(cost)
        results = _apply(plan, left, right, args)
    for result in results:
        if args.dry_run or result.outcome in FAILURES:
            output.write_line(format_result(result))
    output.write_line(summarize_results(results))
    return Exit.REFUSED if any(result.outcome in FAILURES for result in results) else Exit.DONE


def _describe_act(args: argparse.Namespace) -> str:
    """What is confirmed."""
    return "undo this promotion" if args.undo else f"{'stage' if args.stage else 'promote'} these secrets"


def _read_plan(path: str) -> PromotionPlan:
    """Reads the plan. Raises UsageError."""
    try:
        return parse_plan_file(inputs.read_file(path, "PLAN"))
    except InvalidPlanError as error:
        raise UsageError(str(error), hint=error.hint) from None


def _require_place(planned: PlannedSide, side: OpenSide) -> None:
    """Raises RefusedError if a side is another account or Region than that of the plan."""
    if (planned.account, planned.region) != (side.account, side.region):
        raise RefusedError(f"{side.title} is account {side.account or 'none'} in {side.region or 'no Region'}, and the "
                           f"plan is for account {planned.account or 'none'} in {planned.region or 'no Region'}.")


def _apply(plan: PromotionPlan, left: OpenSide, right: OpenSide, args: argparse.Namespace) -> list[PromotionResult]:
    client: Any = right.client

    def generate_password() -> str:
        return str(client.get_random_password(PasswordLength=PASSWORD_LENGTH)["RandomPassword"])

    with diagnostics.show_progress() as bar:
        if args.undo:
            return undo_promotion(plan, client, bar)
        promotion = Promotion(plan, left.side, client, ValueSources(generate_password, _ask), bar)
        return promotion.check() if args.dry_run else promotion.stage() if args.stage else promotion.apply()


def _ask(name: str, key: str) -> str:
    """Asks for the value of a key. Raises CannotUnlockError if there is no terminal."""
    return terminal.ask_text(f"New value of {key or 'the entire value'} in {name}: ")
