"""Shows the trail: every operation that was asked of this vault, done or refused, newest first.

Times may be written as 2026-11-24, 2026-11-24T09:30 (local), 2026-11-24T09:30+00:00, or as an age: 90m, 24h, 7d.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from smtui.ambient import Ambient
from smtui.api.model import OPERATIONS
from smtui.cli import diagnostics, output
from smtui.cli.exits import Exit
from smtui.cli.parameters import kebab
from smtui.cli.parser import whole_number
from smtui.cli.unlocking import opened

EXAMPLE = "smtui trail --secret prod/db --since 7d\nsmtui trail --operation GetSecretValue --json --limit 0"
MOST = 50
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--secret", metavar="NAME", help="only what concerned this secret")
    parser.add_argument("--operation", metavar="OPERATION", type=_operation, help="only this operation")
    parser.add_argument("--since", metavar="TIME", type=_moment, help="only from this time on")
    parser.add_argument("--until", metavar="TIME", type=_moment, help="only before this time")
    parser.add_argument("--limit", metavar="N", type=whole_number, default=MOST,
                        help=f"at most N, 0 for all (default: {MOST})")
    parser.add_argument("--json", action="store_true", help="whole events, one JSON object a line")


def run(args: argparse.Namespace) -> Exit:
    line = _json if args.json else _row
    with opened(args) as vault:
        events = iter(vault.trail(secret_id=args.secret, operation=args.operation, since=args.since, until=args.until))
        for event in islice(events, args.limit or None):
            output.line(line(event))
        if args.limit and next(events, None) is not None:
            diagnostics.note(f"the newest {args.limit:,} are shown; --limit 0 shows all.")
    return Exit.DONE


def _json(event: Mapping[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False)


def _row(event: Mapping[str, Any]) -> str:
    asked = event.get("requestParameters") or {}
    secret = asked.get("secretId") or asked.get("name") or "-"
    who = str(event.get("userIdentity", {}).get("arn", "-")).rpartition(":")[2]
    when = datetime.fromisoformat(event["eventTime"]).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return f"{when}  {event['eventName']:<24}  {secret}  {who}  {event.get('errorCode', 'done')}"


def _operation(word: str) -> str:
    """An operation, in AWS's spelling or the command line's."""
    found = {kebab(name): name for name in OPERATIONS} | {name.lower(): name for name in OPERATIONS}
    if word.lower() not in found:
        raise argparse.ArgumentTypeError("an operation is wanted, like GetSecretValue or get-secret-value")
    return found[word.lower()]


def _moment(word: str) -> datetime:
    age = re.fullmatch(r"([0-9]{1,6})([mhd])", word)
    try:
        if age:
            return Ambient().now() - timedelta(**{_UNITS[age[2]]: int(age[1])})
        return datetime.fromisoformat(word).astimezone(UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError("a time is wanted, like 2026-11-24, 2026-11-24T09:30 or 7d") from None
