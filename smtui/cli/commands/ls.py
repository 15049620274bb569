"""Lists secrets by name: those that begin with PREFIX, or, given several words or --search, those where every word
occurs in name, description or tags. Names come page by page, one a line.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from smtui.api.limits import MAX_PAGE_SIZE
from smtui.cli import output
from smtui.cli.exit_codes import Exit
from smtui.cli.unlocking import opened

if TYPE_CHECKING:
    from smtui.api.types import Client

EXAMPLE = "smtui ls prod/\nsmtui ls --long orders database"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", metavar="PREFIX|WORDS", nargs="*", help="beginning of the names, or words to look for")
    parser.add_argument("--search", action="store_true", help="look for a single word everywhere, too")
    parser.add_argument("--long", action="store_true", help="with the dates of change and last access, and description")
    parser.add_argument("--all", action="store_true", help="with secrets that are scheduled for deletion")


def run(args: argparse.Namespace) -> Exit:
    line = _long if args.long else _short
    if args.long:
        output.line(f"{'CHANGED':<10}  {'ACCESSED':<10}  NAME")
    with opened(args) as vault:
        for secret in listed(vault.client(region_name=args.region), args):
            output.line(line(secret))
    return Exit.DONE


def listed(client: Client, args: argparse.Namespace) -> Iterator[Mapping[str, Any]]:
    """The secrets that are meant, page after page, by name."""
    asked: dict[str, Any] = {"SortBy": "name", "SortOrder": "asc", "MaxResults": MAX_PAGE_SIZE}
    if args.words:
        searching = args.search or len(args.words) > 1
        asked["Filters"] = [{"Key": "all" if searching else "name", "Values": [" ".join(args.words)]}]
    if args.all:
        asked["IncludePlannedDeletion"] = True
    while True:
        page = client.list_secrets(**asked)
        yield from page["SecretList"]
        if "NextToken" not in page:
            return
        asked["NextToken"] = page["NextToken"]


def _short(secret: Mapping[str, Any]) -> str:
    return f"{secret['Name']}{_deletion(secret)}"


def _long(secret: Mapping[str, Any]) -> str:
    dates = f"{_day(secret.get('LastChangedDate')):<10}  {_day(secret.get('LastAccessedDate')):<10}"
    about = f"  {secret['Description']}" if secret.get("Description") else ""
    return f"{dates}  {secret['Name']}{_deletion(secret)}{about}"


def _deletion(secret: Mapping[str, Any]) -> str:
    return f"\tdeletion {_day(secret['DeletedDate'])}" if "DeletedDate" in secret else ""


def _day(moment: datetime | None) -> str:
    return moment.astimezone().strftime("%Y-%m-%d") if moment else "-"
