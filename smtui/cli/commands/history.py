"""Lists the versions of a secret, newest first: when and by whom each was created, and its staging labels. Values
are not shown. NAME:LABEL and NAME~N start the list at that version.

NAME:ID names a version for get, diff, rollback and other commands; the first characters of an ID are enough. A version
without labels is deprecated. The audit log tells who created a version, as far as it goes back; smtui audit --secret
NAME shows every change.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from smtui.api.context import AuditExtent
from smtui.backends.rotation_session import is_rotation_function
from smtui.cli import output
from smtui.cli.exit_codes import Exit
from smtui.cli.parser import TEXT_OR_JSON
from smtui.cli.rendering import to_json_types
from smtui.cli.target import parse_version
from smtui.cli.unlocking import open_context_for
from smtui.rules.audit_query import find_caller
from smtui.rules.labels import sort_labels
from smtui.rules.version_spec import VersionSpec, list_versions
from smtui.text.dates import format_time

if TYPE_CHECKING:
    from smtui.api.context import Context
    from smtui.api.types import Client

EXAMPLE = "smtui history prod/db\nsmtui history prod/db --output json"
HEADING = f"{'VERSION':<36}  {'CREATED':<16}  {'BY':<10}  LABELS"
UNKNOWN = "-"
DEPRECATED = "(deprecated)"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="NAME[:LABEL|~N]", help="secret (name or ARN), and the version to start at")
    parser.add_argument("--output", choices=TEXT_OR_JSON, default="text", help="text (default) or json")


def run(args: argparse.Namespace) -> Exit:
    version = parse_version(args.target)
    with open_context_for(args) as vault:
        found = _list_from(vault.client(region_name=args.region), version)
        creators = _find_creators(vault, version.secret_id, args.region)
    found = [{**each, **creators.get(each["VersionId"], {})} for each in found]
    if args.output == "json":
        output.write_line(json.dumps(to_json_types(found), indent=4, ensure_ascii=False))
        return Exit.DONE
    if output.is_terminal():
        output.write_line(HEADING)
    for each in found:
        output.write_line(_format_row(each))
    return Exit.DONE


def _list_from(client: Client, version: VersionSpec) -> list[Mapping[str, Any]]:
    """The versions of a secret, newest first, from the given one on. Raises ClientError, VersionNotFoundError."""
    found: list[Mapping[str, Any]] = [*reversed(list_versions(client, version.secret_id))]
    if version.is_current:
        return found
    first = version.find_version_id(client)
    return found[[each["VersionId"] for each in found].index(first) :]


def _find_creators(vault: Context, secret_id: str, region: str | None) -> dict[str, dict[str, str]]:
    """Who created each version, as far as the audit log goes back. A rotation function does not see it."""
    if is_rotation_function() or vault.can.audit_log is not AuditExtent.WHOLE:
        return {}
    events = vault.audit_log(secret_id=secret_id, outcome="done", region_name=region, changes_only=True)
    return {str((event.get("responseElements") or {}).get("versionId")): {"CreatedBy": find_caller(event)}
            for event in events}


def _format_row(version: Mapping[str, Any]) -> str:
    labels = ", ".join(sort_labels(version.get("VersionStages", ()))) or DEPRECATED
    created = format_time(version["CreatedDate"])
    return f"{version['VersionId']:<36}  {created:<16}  {version.get('CreatedBy') or UNKNOWN:<10}  {labels}"
