"""Lists and manages the KMS keys of a Region: `list` (default), `describe`, `create`, `enable`, `disable`, `alias`,
`unalias`, `delete`, `cancel-deletion`, `policy`, `tags`.

KEY is a key ID, an ARN or an alias; alias/NAME can be written as NAME. A key is deleted after a waiting period
(--days). During that period it cannot be used, and the deletion can be cancelled. Afterwards the versions encrypted
with it are permanently lost.

`policy` prints the key policy, which says who may use and manage the key; --policy replaces it. `tags` prints the tags,
--add and --remove change them.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from smtui.api.arn import is_arn
from smtui.api.context import KeyUsageExtent
from smtui.api.limits import MAX_KEY_DELETION_DAYS, MIN_KEY_DELETION_DAYS
from smtui.cli import inputs, output, rendering
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.parser import parse_count
from smtui.cli.unlocking import open_context_for

if TYPE_CHECKING:
    from smtui.api.context import Context
    from smtui.api.kms_types import KeyClient, KeyMetadata, KeyTag

EXAMPLE = (
    "smtui keys create orders --description 'The orders database'\n"
    "smtui keys\n"
    "smtui keys policy orders --policy file://policy.json\n"
    "smtui keys tags orders --add team=core --remove env\n"
    "smtui keys delete orders --days 14"
)
ALIAS = "alias/"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
COLUMNS = ("KEY", "STATE", "DELETION", "VERSIONS", "ALIASES", "DESCRIPTION")


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", metavar="ACTION", nargs="?", default="list", choices=("list", *ACTIONS))
    parser.add_argument("key", metavar="KEY", nargs="?",
                        help="key ID, ARN or alias; with create, an alias for the new key")
    parser.add_argument("--alias", metavar="NAME", help="with alias: the alias for the key")
    parser.add_argument("--description", metavar="TEXT", help="with create: description of the key")
    parser.add_argument("--policy", metavar="JSON", help="with policy: the new policy as JSON, file://PATH or -")
    parser.add_argument("--add", metavar="KEY=VALUE", nargs="+", help="with tags: tags to add or change")
    parser.add_argument("--remove", metavar="KEY", nargs="+", help="with tags: tags to remove")
    window = f"{MIN_KEY_DELETION_DAYS} to {MAX_KEY_DELETION_DAYS} days (default: {MAX_KEY_DELETION_DAYS})"
    parser.add_argument("--days", metavar="N", type=parse_count, help=f"with delete: waiting period of {window}")


def run(args: argparse.Namespace) -> Exit:
    _validate(args)
    with open_context_for(args) as vault:
        client = vault.keys(region_name=args.region)
        if args.action == "list":
            for line in _format_table(vault, client, args.region):
                output.write_line(line)
        else:
            with vault.transaction():
                done = ACTIONS[args.action](vault, client, args)
            output.write_line(done)
    return Exit.DONE


def _validate(args: argparse.Namespace) -> None:
    if args.action == "list" and args.key is not None:
        raise UsageError("list takes no key; describe shows one.")
    if args.action not in ("list", "create") and args.key is None:
        raise UsageError("Which key?")
    for option, action in (("alias", "alias"), ("description", "create"), ("days", "delete"), ("policy", "policy"),
                           ("add", "tags"), ("remove", "tags")):
        if getattr(args, option) is not None and args.action != action:
            raise UsageError(f"--{option} goes with {action}.")
    if args.action == "alias" and args.alias is None:
        raise UsageError("Which name? Use --alias NAME.")


def to_key_id(word: str) -> str:
    """A KeyId for KMS: a word that is neither an ID nor an ARN becomes an alias."""
    return word if is_arn(word) or word.startswith(ALIAS) or _ID.fullmatch(word) else ALIAS + word


def _read_metadata(client: KeyClient, word: str) -> KeyMetadata:
    return client.describe_key(KeyId=to_key_id(word))["KeyMetadata"]


def _describe(vault: Context, client: KeyClient, args: argparse.Namespace) -> str:
    return rendering.render(rendering.to_json_types({"KeyMetadata": _read_metadata(client, args.key)}), "json") or ""


def _create(vault: Context, client: KeyClient, args: argparse.Namespace) -> str:
    key_id = client.create_key(Description=args.description or "")["KeyMetadata"]["KeyId"]
    if args.key is None:
        return f"{key_id}: created"
    client.create_alias(AliasName=to_key_id(args.key), TargetKeyId=key_id)
    return f"{key_id}: created as {to_key_id(args.key)}"


def _enable(vault: Context, client: KeyClient, args: argparse.Namespace) -> str:
    key_id = _read_metadata(client, args.key)["KeyId"]
    client.enable_key(KeyId=key_id)
    return f"{key_id}: enabled"


def _disable(vault: Context, client: KeyClient, args: argparse.Namespace) -> str:
    key_id = _read_metadata(client, args.key)["KeyId"]
    client.disable_key(KeyId=key_id)
    return f"{key_id}: disabled; {_count_encrypted(vault, key_id, args.region)} cannot be read until it is enabled"


def _alias(vault: Context, client: KeyClient, args: argparse.Namespace) -> str:
    """Creates the alias, or moves it to this key."""
    key_id, alias = _read_metadata(client, args.key)["KeyId"], to_key_id(args.alias)
    there = any(each["AliasName"] == alias for each in client.list_aliases()["Aliases"])
    (client.update_alias if there else client.create_alias)(AliasName=alias, TargetKeyId=key_id)
    return f"{key_id}: {alias}"


def _unalias(vault: Context, client: KeyClient, args: argparse.Namespace) -> str:
    client.delete_alias(AliasName=to_key_id(args.key))
    return f"{to_key_id(args.key)}: removed"


def _delete(vault: Context, client: KeyClient, args: argparse.Namespace) -> str:
    key_id = _read_metadata(client, args.key)["KeyId"]
    waiting = {} if args.days is None else {"PendingWindowInDays": args.days}
    date = client.schedule_key_deletion(KeyId=key_id, **waiting)["DeletionDate"].astimezone()
    return (f"{key_id}: disabled, will be deleted on {date:%Y-%m-%d %H:%M}; "
            f"{_count_encrypted(vault, key_id, args.region)} will then be permanently lost.\n"
            f"To cancel: smtui keys cancel-deletion {key_id}")


def _cancel_deletion(vault: Context, client: KeyClient, args: argparse.Namespace) -> str:
    key_id = _read_metadata(client, args.key)["KeyId"]
    client.cancel_key_deletion(KeyId=key_id)
    return f"{key_id}: deletion cancelled; the key is disabled, smtui keys enable {key_id} enables it"


def _change_policy(vault: Context, client: KeyClient, args: argparse.Namespace) -> str:
    key_id = _read_metadata(client, args.key)["KeyId"]
    if args.policy is None:
        return client.get_key_policy(KeyId=key_id)["Policy"]
    client.put_key_policy(KeyId=key_id, Policy=inputs.read_text(args.policy, "--policy"))
    return f"{key_id}: policy changed"


def _change_tags(vault: Context, client: KeyClient, args: argparse.Namespace) -> str:
    key_id = _read_metadata(client, args.key)["KeyId"]
    added = [_parse_tag(word) for word in args.add or ()]
    if args.remove:
        client.untag_resource(KeyId=key_id, TagKeys=args.remove)
    if added:
        client.tag_resource(KeyId=key_id, Tags=added)
    if added or args.remove:
        return f"{key_id}: tags changed"
    tags = client.list_resource_tags(KeyId=key_id)["Tags"]
    return "\n".join(f"{tag['TagKey']}={tag['TagValue']}" for tag in tags) or f"{key_id}: no tags"


def _parse_tag(word: str) -> KeyTag:
    key, equals, value = word.partition("=")
    if not key or not equals:
        raise UsageError("--add takes KEY=VALUE.")
    return {"TagKey": key, "TagValue": value}


Action = Callable[["Context", "KeyClient", argparse.Namespace], str]
ACTIONS: dict[str, Action] = {
    "describe": _describe, "create": _create, "enable": _enable, "disable": _disable, "alias": _alias,
    "unalias": _unalias, "delete": _delete, "cancel-deletion": _cancel_deletion,
    "policy": _change_policy, "tags": _change_tags,
}


def _count_encrypted(vault: Context, key_id: str, region: str | None) -> str:
    versions, secrets = vault.key_usage.count_versions(key_id, region_name=region)
    least = "" if vault.can.key_usage is KeyUsageExtent.EXACT else "at least "
    return (f"{least}{versions:,} version{'' if versions == 1 else 's'} of {secrets:,} "
            f"secret{'' if secrets == 1 else 's'}")


def _format_table(vault: Context, client: KeyClient, region: str | None) -> Iterator[str]:
    """One line per key, with columns as wide as their content."""
    yield from rendering.align_columns([COLUMNS, *_list_rows(vault, client, region)])


def _list_rows(vault: Context, client: KeyClient, region: str | None) -> Iterator[tuple[str, ...]]:
    aliases = client.list_aliases()["Aliases"]
    for key_id in (key["KeyId"] for key in client.list_keys()["Keys"]):
        key = client.describe_key(KeyId=key_id)["KeyMetadata"]
        deletion = f"{key['DeletionDate'].astimezone():%Y-%m-%d}" if "DeletionDate" in key else "-"
        names = ", ".join(alias["AliasName"] for alias in aliases if alias.get("TargetKeyId") == key_id)
        versions, _ = vault.key_usage.count_versions(key_id, region_name=region)
        more = "" if vault.can.key_usage is KeyUsageExtent.EXACT else "+"
        yield key_id, key["KeyState"], deletion, f"{versions:,}{more}", names or "-", key.get("Description", "")
