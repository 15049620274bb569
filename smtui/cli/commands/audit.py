"""Shows the audit log, newest first: the changes requested of this vault, whether done or refused. --all, --operation
and --outcome also show what was only read. A deleted secret is found by its former name.

Times are written as 2026-11-24, 2026-11-24T09:30 (local), 2026-11-24T09:30+00:00, or as an age: 90m, 24h, 7d.

If the audit log has events later than the current time, the clock was wrong at some point. Scheduled deletions then
wait until the time of those events has come, or until --accept-clock confirms the clock.

Events are kept without limit unless --keep sets a number of days. smtui check verifies the remaining events.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from smtui.api.context import Feature
from smtui.cli import diagnostics, output
from smtui.cli.exit_codes import Exit
from smtui.cli.parser import parse_count
from smtui.cli.unlocking import open_context_for, open_for
from smtui.rules.audit_query import (
    AuditQueryError,
    find_caller,
    find_outcome,
    find_subject_name,
    parse_operation,
    parse_outcome,
    parse_time,
)
from smtui.system.ambient import Ambient

if TYPE_CHECKING:
    from smtui.backends.local import Vault

EXAMPLE = (
    "smtui audit --secret prod/db --since 7d\n"
    "smtui audit --caller user/alice --outcome refused\n"
    "smtui audit --operation GetSecretValue --json --limit 0\n"
    "smtui audit --all --since 24h\n"
    "smtui audit --keep 365"
)
HEADING = f"{'TIME':<19}  {'OPERATION':<24}  SECRET  CALLER  OUTCOME"
DEFAULT_LIMIT = 50
CHANGES_ONLY = "only changes are shown; --all also shows what was only read, and steps of rotations."
Parsed = TypeVar("Parsed")


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--secret", metavar="NAME", help="only events about this secret")
    parser.add_argument("--caller", metavar="ARN",
                        help="only events of this caller: an ARN, or the end of one, like user/alice")
    parser.add_argument("--operation", metavar="OPERATION", type=_wrap_parser(parse_operation),
                        help="only this operation")
    parser.add_argument("--outcome", metavar="OUTCOME", type=_wrap_parser(parse_outcome),
                        help="only this outcome: done, refused, or an error code")
    parser.add_argument("--all", action="store_true",
                        help="also events that only read, such as GetSecretValue, and steps of rotations")
    parser.add_argument("--since", metavar="TIME", type=_wrap_parser(_parse_time), help="only from this time on")
    parser.add_argument("--until", metavar="TIME", type=_wrap_parser(_parse_time), help="only before this time")
    parser.add_argument("--limit", metavar="N", type=parse_count, default=DEFAULT_LIMIT,
                        help=f"at most N events; 0 = all (default: {DEFAULT_LIMIT})")
    parser.add_argument("--json", action="store_true", help="entire events, one JSON object per line")
    parser.add_argument("--keep", metavar="DAYS", type=parse_count,
                        help="show nothing; set the retention to this many days; 0 = unlimited")
    parser.add_argument("--accept-clock", action="store_true",
                        help="show nothing; confirm that the clock is right and later times in the log are wrong")


def run(args: argparse.Namespace) -> Exit:
    if args.keep is not None or args.accept_clock:
        with open_for(args) as opened:
            return _accept_clock(opened) if args.keep is None else _set_retention(opened, args.keep)
    format_event = _format_json if args.json else _format_row
    with open_context_for(args) as vault:
        changes_only = not (args.all or args.operation or args.outcome)
        events = iter(vault.audit_log(
            secret_id=args.secret, operation=args.operation, caller=args.caller, outcome=args.outcome,
            since=args.since, until=args.until, region_name=args.region, changes_only=changes_only,
        ))
        if output.is_terminal() and not args.json:
            output.write_line(HEADING)
        for event in islice(events, args.limit or None):
            output.write_line(format_event(event))
        if args.limit and next(events, None) is not None:
            diagnostics.note(f"only the newest {args.limit:,} are shown; --limit 0 shows all.")
        if changes_only:
            diagnostics.note(CHANGES_ONLY)
        if reason := vault.can.explain(Feature.AUDIT_LOG):
            diagnostics.note(reason)
    return Exit.DONE


def _set_retention(vault: Vault, days: int) -> Exit:
    vault.audit.set_retention(days)
    output.write_line(f"audit log retention: {f'{days:,} days' if days else 'unlimited'}")
    return Exit.DONE


def _accept_clock(vault: Vault) -> Exit:
    vault.maintenance.accept_clock()
    output.write_line("audit log: clock accepted")
    return Exit.DONE


def _format_json(event: Mapping[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False)


def _format_row(event: Mapping[str, Any]) -> str:
    when = datetime.fromisoformat(event["eventTime"]).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    about, who, how = find_subject_name(event) or "-", find_caller(event) or "-", find_outcome(event)
    return f"{when}  {event['eventName']:<24}  {about}  {who}  {how}"


def _wrap_parser(parse: Callable[[str], Parsed]) -> Callable[[str], Parsed]:
    """Turns a parser that raises AuditQueryError into one that argparse reports as a bad argument."""
    def parse_argument(text: str) -> Parsed:
        try:
            return parse(text)
        except AuditQueryError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parse_argument


def _parse_time(word: str) -> datetime:
    return parse_time(word, Ambient().now())
