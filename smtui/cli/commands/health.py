"""Reports problems of the secrets of a Region, grouped by kind, worst first: public policies, failed, overdue or
waiting rotations, failed replicas, upcoming deletions, secrets never rotated, unused or undescribed. No value is read
or shown, unless --values is given: it reads every current value and reports weak and repeated ones.

Alerts and warnings need attention; notes do not. Settings (health_unused_days and others) hold the limits. For CI, the
output depends only on the vault, the settings and the date, and --fail exits with 1 if there is an alert or a warning.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from smtui.api.limits import MAX_PAGE_SIZE
from smtui.cli import diagnostics, output
from smtui.cli.call_costs import note_many_calls
from smtui.cli.exit_codes import Exit
from smtui.cli.parser import TEXT_OR_JSON
from smtui.cli.unlocking import open_context_for
from smtui.health.finding import URGENCIES, FindingGroup, Urgency, group_findings, read_limits
from smtui.health.secrets import check_region
from smtui.system.settings import load_settings

if TYPE_CHECKING:
    from smtui.api.context import Context

EXAMPLE = "smtui health\nsmtui health --values --fail\nsmtui health --fail alert --output json"
LEVELS = tuple(each.value for each in URGENCIES)
NOTHING = "no findings"
CALLS_PER_SECRET = 2


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--values", action="store_true", help="also check every value; the audit log records each read")
    parser.add_argument("--fail", metavar="LEVEL", nargs="?", choices=LEVELS, const=Urgency.WARNING.value,
                        help="exit with 1 if there is a finding of LEVEL or worse: alert, warning (default) or note")
    parser.add_argument("--output", choices=TEXT_OR_JSON, default="text", help="text (default) or json")


def run(args: argparse.Namespace) -> Exit:
    limits = read_limits(load_settings())
    with open_context_for(args) as vault, diagnostics.show_progress() as bar:
        region = args.region or vault.region_name
        if vault.can.has_costs:
            _note_costs(vault, region)
        found, count = check_region(vault, region, limits, bar or _ignore, values=args.values)
    groups = group_findings(found)
    if args.output == "json":
        output.write_line(json.dumps(_build_answer(groups, region, count), indent=4, ensure_ascii=False))
    else:
        for line in _format_lines(groups, count):
            output.write_line(line)
    return Exit.REFUSED if _is_failure(groups, args.fail) else Exit.DONE


def _note_costs(context: Context, region: str) -> None:
    """Says first what the check of many secrets costs, where each call costs time and money."""
    pages = context.client(region_name=region).get_paginator("list_secrets").paginate(MaxResults=MAX_PAGE_SIZE)
    calls = CALLS_PER_SECRET * sum(len(page["SecretList"]) for page in pages)
    note_many_calls(context, calls)


def _ignore(what: str, done: int, of: int) -> None:
    """Shows no progress."""


def _is_failure(groups: Sequence[FindingGroup], level: str | None) -> bool:
    return level is not None and any(LEVELS.index(each.urgency.value) <= LEVELS.index(level) for each in groups)


def _count_by_urgency(groups: Sequence[FindingGroup]) -> dict[str, int]:
    counts = Counter(dict.fromkeys(LEVELS, 0))
    for each in groups:
        counts[each.urgency.value] += len(each.findings)
    return dict(counts)


def _format_lines(groups: Sequence[FindingGroup], count: int) -> Iterator[str]:
    for group in groups:
        yield f"{group.urgency.value}: {group.kind} ({len(group.findings):,})"
        yield from (f"  {each.name}: {each.words}" for each in group.findings)
    counts = [_count(number, level) for level, number in _count_by_urgency(groups).items() if number]
    yield f"{_count(count, 'secret')} checked: {', '.join(counts) or NOTHING}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _build_answer(groups: Sequence[FindingGroup], region: str, count: int) -> dict[str, Any]:
    return {
        "Region": region, "Secrets": count, "Counts": _count_by_urgency(groups),
        "Groups": [{
            "Level": group.urgency.value, "Kind": group.kind, "Count": len(group.findings),
            "Findings": [{"Name": each.name, **({"ARN": each.arn} if each.arn else {}), "Details": each.words}
                         for each in group.findings],
        } for group in groups],
    }
