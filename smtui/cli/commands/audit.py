"""Shows the trail: every operation that was asked of this vault, done or refused, newest first. A deleted secret is
found by the name it had.

Times may be written as 2026-11-24, 2026-11-24T09:30 (local), 2026-11-24T09:30+00:00, or as an age: 90m, 24h, 7d.

Where the clock was wrong once and the trail has later times than now, planned deletions wait until it is right again,
or until --accept-clock says that it is.

The trail is kept for ever, unless --keep says otherwise. What is left can still be verified (smtui check).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from smtui.ambient import Ambient
from smtui.cli import diagnostics, output
from smtui.cli.exit_codes import Exit
from smtui.cli.parser import whole_number
from smtui.cli.unlocking import opened
from smtui.trail_words import AuditQueryError, caller, moment, operation, outcome, subject

if TYPE_CHECKING:
    from smtui.backends.local import Vault

EXAMPLE = (
    "smtui trail --secret prod/db --since 7d\n"
    "smtui trail --caller user/alice --outcome refused\n"
    "smtui trail --operation GetSecretValue --json --limit 0\n"
    "smtui trail --keep 365"
)
HEADING = f"{'TIME':<19}  {'OPERATION':<24}  SECRET  CALLER  OUTCOME"
MOST = 50
Read = TypeVar("Read")


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--secret", metavar="NAME", help="only what concerned this secret")
    parser.add_argument("--caller", metavar="ARN", help="only what this caller asked: an ARN, or its end: user/alice")
    parser.add_argument("--operation", metavar="OPERATION", type=_read(operation), help="only this operation")
    parser.add_argument("--outcome", metavar="OUTCOME", type=_read(outcome),
                        help="only what was done, refused, or an error")
    parser.add_argument("--since", metavar="TIME", type=_read(_moment), help="only from this time on")
    parser.add_argument("--until", metavar="TIME", type=_read(_moment), help="only before this time")
    parser.add_argument("--limit", metavar="N", type=whole_number, default=MOST,
                        help=f"at most N, 0 for all (default: {MOST})")
    parser.add_argument("--json", action="store_true", help="whole events, one JSON object a line")
    parser.add_argument("--keep", metavar="DAYS", type=whole_number,
                        help="show nothing; keep events for so many days from now on, 0 for ever")
    parser.add_argument("--accept-clock", action="store_true",
                        help="show nothing; this machine's clock is right, and later times in the trail were not")


def run(args: argparse.Namespace) -> Exit:
    line = _json if args.json else _row
    with opened(args) as vault:
        if args.keep is not None:
            return _keep(vault, args.keep)
        if args.accept_clock:
            return _accept_clock(vault)
        events = iter(vault.audit_log(
            secret_id=args.secret, operation=args.operation, caller=args.caller, outcome=args.outcome,
            since=args.since, until=args.until, region_name=args.region,
        ))
        if output.is_terminal() and not args.json:
            output.line(HEADING)
        for event in islice(events, args.limit or None):
            output.line(line(event))
        if args.limit and next(events, None) is not None:
            diagnostics.note(f"the newest {args.limit:,} are shown; --limit 0 shows all.")
    return Exit.DONE


def _keep(vault: Vault, days: int) -> Exit:
    vault.audit.set_retention(days)
    output.line(f"trail: kept for {days:,} days" if days else "trail: kept for ever")
    return Exit.DONE


def _accept_clock(vault: Vault) -> Exit:
    vault.maintenance.accept_clock()
    output.line("trail: this machine's clock is right")
    return Exit.DONE


def _json(event: Mapping[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False)


def _row(event: Mapping[str, Any]) -> str:
    when = datetime.fromisoformat(event["eventTime"]).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    about, who, how = subject(event) or "-", caller(event) or "-", event.get("errorCode", "done")
    return f"{when}  {event['eventName']:<24}  {about}  {who}  {how}"


def _read(word: Callable[[str], Read]) -> Callable[[str], Read]:
    """A reader of words as the parser wants one."""
    def reading(text: str) -> Read:
        try:
            return word(text)
        except AuditQueryError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return reading


def _moment(word: str) -> datetime:
    return moment(word, Ambient().now())
