"""Compares the secrets of two sides, without showing a value. Each side is one of these:

    NAME[@REGION]    a context: an AWS account or a vault, see smtui contexts
    .[@REGION]       the context or vault that --context, --vault or the defaults select
    PATH[@REGION]    a vault file, such as a backup; it is opened read-only
    PATH             a file that smtui import can read

    ~ NAME    differs: + and - are keys that only the right or the left side has, ~ those that differ
    ! NAME    conflict: both sides have changed since the version that they share
    r NAME    differs, and the secret on the right rotates
    < NAME    only on the left
    > NAME    only on the right

Secrets with the same version ID on both sides have the same value, because the ID travels with a copy: no value is read
for them. All others are read in batches of 20 and compared. With --no-values only the lists are read, which needs
permission for ListSecrets only. The exit code is 0 if nothing differs and 1 if something does.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from functools import partial

from smtui.cli import diagnostics, output
from smtui.cli.comparison_report import build_answer
from smtui.cli.comparison_sides import OpenSide, open_sides
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.parser import TEXT_OR_JSON
from smtui.comparison.compare import CompareOptions, Pair, Status, compare
from smtui.comparison.costs import describe_comparison_cost
from smtui.comparison.differences import Part
from smtui.comparison.names import InvalidRuleError, NameRules, parse_rules
from smtui.comparison.plan import PlannedSide, make_plan
from smtui.comparison.plan_file import format_plan_file
from smtui.comparison.plan_report import summarize_plan
from smtui.comparison.report import format_lines
from smtui.system.ambient import Ambient
from smtui.system.paths import expand_home
from smtui.transfer.private_file import write_private_file

EXAMPLE = (
    "smtui compare dev prod --rename dev/=prod/\n"
    "smtui compare prod@us-east-1 prod@eu-west-1 --no-values\n"
    "smtui compare backup.vault . --output json\n"
    "smtui compare .env . --rename =dev/\n"
    "smtui compare dev prod --rename dev/=prod/ --plan release.plan"
)


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("left", metavar="LEFT", help="a context, a vault file or a file that can be imported")
    parser.add_argument("right", metavar="RIGHT", help="what it is compared with")
    parser.add_argument("--rename", metavar="FROM=TO", action="append", default=[],
                        help="compare only the secrets below FROM on the left with those below TO on the right; "
                             "can be repeated")
    parser.add_argument("--no-values", action="store_true", help="compare version IDs only; no value is read")
    parser.add_argument("--verify", action="store_true", help="read the values with the same version ID too")
    parser.add_argument("--policies", action="store_true",
                        help="compare resource policies too, with one call for each secret of both sides")
    parser.add_argument("--ignore", metavar="PART", nargs="+", choices=[part.value for part in Part], default=[],
                        help="do not compare these: " + ", ".join(Part))
    parser.add_argument("--plan", metavar="FILE",
                        help="write what would be promoted to the right side to a new file, for smtui promote")
    parser.add_argument("--output", choices=TEXT_OR_JSON, default="text", help="text (default) or json")


def run(args: argparse.Namespace) -> Exit:
    rules, options = read_rules(args), _read_options(args)
    with open_sides((args.left, args.right), args) as (left, right):
        if args.no_values and not (left.side.has_versions and right.side.has_versions):
            raise UsageError("A file has no version IDs: omit --no-values.")
        with diagnostics.show_progress() as bar:
            pairs = compare(left.side, right.side, rules, options, bar, partial(_note_cost, left, right))
        if args.plan:
            write_plan(args.plan, left, right, pairs)
    if args.output == "json":
        output.write_line(json.dumps(build_answer(left, right, pairs), indent=4, ensure_ascii=False))
    else:
        for line in format_lines(pairs):
            output.write_line(line)
    return Exit.DONE if all(pair.status is Status.SAME for pair in pairs) else Exit.REFUSED


def _note_cost(left: OpenSide, right: OpenSide, calls: int) -> None:
    """Says what very many calls cost, before they are made."""
    if sentence := describe_comparison_cost(left.can, right.can, calls):
        diagnostics.note(sentence)


def read_rules(args: argparse.Namespace) -> NameRules:
    """The rules of --rename. Raises UsageError."""
    try:
        return parse_rules(args.rename)
    except InvalidRuleError as error:
        raise UsageError(f"--rename: {error}") from None


def _read_options(args: argparse.Namespace) -> CompareOptions:
    if args.no_values and args.verify:
        raise UsageError("Use either --no-values or --verify.")
    return CompareOptions(values=not args.no_values, verify=args.verify, policies=args.policies,
                          ignored=frozenset(map(Part, args.ignore)))


def write_plan(path: str, left: OpenSide, right: OpenSide, pairs: Sequence[Pair]) -> None:
    """Writes the plan of a promotion to a new private file. Raises UsageError, FileNotWrittenError."""
    _ = right.client
    plan = make_plan(_plan_side(left), _plan_side(right), pairs, Ambient())
    with write_private_file(expand_home(path)) as file:
        file.write(format_plan_file(plan).encode())
    diagnostics.note(f"{path}: the plan of {summarize_plan(plan)}. To apply it: smtui promote {path}")


def _plan_side(side: OpenSide) -> PlannedSide:
    return PlannedSide(side.title, side.account, side.region, side.is_copy)
