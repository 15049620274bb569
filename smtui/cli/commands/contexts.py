"""Lists contexts: named AWS accounts and vaults. --context NAME selects one for any command.

    list            all contexts, and the AWS profiles that have no context; these can be used under their own name
    add NAME        add a context: --profile NAME for an AWS account, or --vault PATH; an existing one is replaced
    remove NAME     remove a context; the account or the vault stays
    test NAME       sign in, check the account ID, and list one secret
    forget NAME     delete the list of an account that the vault keeps (index = "keep"); --vault selects the vault

An account is protected from changes unless --protect is ask (asks before the first change of a command) or no; --rw
allows the changes of one command. --account refuses any other account behind the profile. SSO, roles, MFA,
credential_process and endpoint_url are settings of the profile in ~/.aws/config.

Accounts need boto3: pip install 'smtui[aws]'
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from smtui.api.errors import ContextMissingError
from smtui.backends import contexts, rotation_session
from smtui.cli import output
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.parser import TEXT_OR_JSON, parse_account, parse_region
from smtui.cli.rendering import align_columns
from smtui.system.context_settings import COLOURS, KEEP, PROTECTIONS, ContextSettings, parse_context, split_region
from smtui.system.settings import change_settings, load_settings

EXAMPLE = (
    "smtui contexts\n"
    "smtui contexts add prod --profile prod --account 222222222222 --regions eu-west-1 us-east-1\n"
    "smtui contexts add team --vault ~/team.vault\n"
    "smtui contexts test prod"
)
HEADING = ("NAME", "KIND", "ACCOUNT", "REGIONS", "PROTECT", "FROM")
ANY = "-"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", metavar="ACTION", nargs="?", default="list", choices=tuple(ACTIONS),
                        help="list (default), add, remove, test or forget")
    parser.add_argument("name", metavar="NAME", nargs="?", help="name of the context")
    parser.add_argument("--profile", metavar="PROFILE", help="with add: a profile of ~/.aws/config")
    parser.add_argument("--account", metavar="ID", type=parse_account, help="with add: the only account to accept")
    parser.add_argument("--regions", metavar="REGION", type=parse_region, nargs="+", default=[],
                        help="with add: the Regions to offer; the first is the default")
    parser.add_argument("--protect", choices=PROTECTIONS,
                        help="with add: read refuses changes (default for accounts), ask asks first (accounts only), "
                             "no allows them")
    parser.add_argument("--colour", choices=COLOURS, help="with add: the colour of the context on the screens")
    parser.add_argument("--index", choices=(KEEP,),
                        help="with add: keep stores the list in the open vault, encrypted and without values")
    parser.add_argument("--output", choices=TEXT_OR_JSON, default="text", help="with list: text (default) or json")


def run(args: argparse.Namespace) -> Exit:
    if (args.name is None) != (args.action == "list"):
        raise UsageError("list takes no name." if args.name else "Enter the name of the context.")
    given = [name for name in ("profile", "account", "regions", "protect", "colour", "index") if getattr(args, name)]
    if given and args.action != "add":
        raise UsageError(f"--{given[0]} is an option of add.")
    ACTIONS[args.action](args)
    return Exit.DONE


def _list(args: argparse.Namespace) -> None:
    tables = load_settings().list_contexts()
    found = [*tables.values(), *contexts.list_free_profiles(tables).values()]
    if args.output == "json":
        output.write_line(json.dumps([{"name": each.name, **each.to_table(), "protect": each.protection}
                                      for each in found], indent=4, ensure_ascii=False))
        return
    if not found:
        output.write_line("no contexts; smtui contexts add NAME --profile PROFILE adds an AWS account")
        return
    for line in align_columns([HEADING, *map(_format_row, found)]):
        output.write_line(line)


def _format_row(context: ContextSettings) -> tuple[str, ...]:
    return (context.name, "aws" if context.is_aws else "vault", context.account or ANY,
            " ".join(context.regions) or ANY, context.protection, _describe_source(context))


def _describe_source(context: ContextSettings) -> str:
    return f"profile {context.profile}" if context.is_aws else context.vault


def _add(args: argparse.Namespace) -> None:
    table = {"profile": args.profile, "vault": _make_absolute(args.vault), "account": args.account,
             "regions": args.regions, "protect": args.protect, "colour": args.colour,
             "index": args.index}
    try:
        added = parse_context(args.name, {name: value for name, value in table.items() if value})
    except ValueError as error:
        raise UsageError(f"{error}.") from None
    change_settings(lambda settings: replace(settings, contexts={**settings.contexts, args.name: added.to_table()}))
    output.write_line(f"{args.name}: {'AWS account' if added.is_aws else 'vault'}, "
                      f"{PROTECTION_WORDS[added.protection]}")


def _make_absolute(path: str | None) -> str | None:
    """A path that means the same in every folder; `~` stays."""
    return path if not path or path.startswith("~") else str(Path(path).absolute())


PROTECTION_WORDS = {
    "read": "protected from changes", "ask": "asks before changes", "no": "not protected from changes",
}


def _remove(args: argparse.Namespace) -> None:
    if args.name not in load_settings().contexts:
        raise ContextMissingError(f"There is no context {args.name} in the settings.")
    change_settings(lambda settings: replace(
        settings, contexts={name: table for name, table in settings.contexts.items() if name != args.name}))
    output.write_line(f"{args.name}: removed; the account or vault itself is unchanged")


def _test(args: argparse.Namespace) -> None:
    """Raises SmtuiError for the first step that fails."""
    from smtui.cli.unlocking import open_context_for

    args.context = [args.name]
    try:
        found = contexts.find_context(split_region(args.name)[0])
    except ValueError as error:
        raise UsageError(f"{error}.") from None
    with open_context_for(args) as context:
        region = args.region or context.region_name
        secrets = context.client(region_name=region).list_secrets(MaxResults=1)["SecretList"]
        output.write_line(f"{found.name}: {_describe_source(found)}, {PROTECTION_WORDS[found.protection]}")
        output.write_line(f"account: {context.account_id}")
        output.write_line(f"Region: {region}")
        output.write_line(f"ListSecrets: allowed, {'secrets found' if secrets else 'no secrets'}")


def _forget(args: argparse.Namespace) -> None:
    """Deletes the kept list of a context that may no longer be in the settings. Raises SmtuiError."""
    from smtui.cli.unlocking import open_for

    if rotation_session.is_rotation_function():
        raise UsageError("A rotation function cannot change what the vault keeps.")
    with open_for(args) as vault:
        was_kept = vault.kept_indexes.forget(args.name)
        output.write_line(f"{args.name}: {'the kept list is deleted' if was_kept else 'no list is kept'}")


ACTIONS: dict[str, Callable[[argparse.Namespace], None]] = {
    "list": _list, "add": _add, "remove": _remove, "test": _test, "forget": _forget,
}
