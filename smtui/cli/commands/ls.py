"""Lists secrets by name, one per line: those whose names start with PREFIX, or, with several words or --search, those
with every word in their name, description or tags.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from smtui.api.limits import MAX_PAGE_SIZE
from smtui.cli import output
from smtui.cli.agent_session import open_for_client
from smtui.cli.exit_codes import Exit
from smtui.text.dates import format_date

if TYPE_CHECKING:
    from smtui.api.types import Client

EXAMPLE = "smtui ls prod/\nsmtui ls --long orders database"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", metavar="PREFIX|WORDS", nargs="*", help="prefix of the names, or words to search for")
    parser.add_argument("--search", action="store_true", help="search for a single word instead of a prefix")
    parser.add_argument("--long", action="store_true",
                        help="show the dates of last change and last access, and the description")
    parser.add_argument("--all", action="store_true", help="include secrets scheduled for deletion")


def run(args: argparse.Namespace) -> Exit:
    format_secret = _format_long if args.long else _format_short
    if args.long:
        output.write_line(f"{'CHANGED':<10}  {'ACCESSED':<10}  NAME")
    with open_for_client(args) as vault:
        for secret in list_matching(vault.client(region_name=args.region), args):
            output.write_line(format_secret(secret))
    return Exit.DONE


def list_matching(client: Client, args: argparse.Namespace) -> Iterator[Mapping[str, Any]]:
    """The secrets that the options select, sorted by name, fetched page by page."""
    request: dict[str, Any] = {"SortBy": "name", "SortOrder": "asc", "MaxResults": MAX_PAGE_SIZE}
    if args.words:
        searching = args.search or len(args.words) > 1
        request["Filters"] = [{"Key": "all" if searching else "name", "Values": [" ".join(args.words)]}]
    if args.all:
        request["IncludePlannedDeletion"] = True
    while True:
        page = client.list_secrets(**request)
        yield from page["SecretList"]
        if not page.get("NextToken"):
            return
        request["NextToken"] = page["NextToken"]


def _format_short(secret: Mapping[str, Any]) -> str:
    return f"{secret['Name']}{_format_deletion(secret)}"


def _format_long(secret: Mapping[str, Any]) -> str:
    dates = f"{_format_day(secret.get('LastChangedDate')):<10}  {_format_day(secret.get('LastAccessedDate')):<10}"
    about = f"  {secret['Description']}" if secret.get("Description") else ""
    return f"{dates}  {secret['Name']}{_format_deletion(secret)}{about}"


def _format_deletion(secret: Mapping[str, Any]) -> str:
    return f"\tdeletion {_format_day(secret['DeletedDate'])}" if "DeletedDate" in secret else ""


def _format_day(moment: datetime | None) -> str:
    return format_date(moment) or "-"
