"""Lists, adds and removes callers of the endpoint. Each has a name, an IAM ARN and its own key pair, which stays in the
vault, encrypted, and is valid whenever smtui serve runs. The policies of the secrets decide what a caller may do, and
the audit log names it.

--identity says what the caller's own policies allow: `none`, so that only resource policies grant access, or `admin`,
everything that they do not deny. The ARN is arn:aws:iam::ACCOUNT:user/NAME unless --arn names a user, role or session.

A program gets the key pair from smtui credentials --caller NAME (credential_process in ~/.aws/config). `rm` refuses it
from then on, even in an endpoint that is running.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from smtui.cli import output
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.unlocking import open_for

if TYPE_CHECKING:
    from smtui.backends.callers import VaultCaller

EXAMPLE = (
    "smtui callers\n"
    "smtui callers add alice --identity none\n"
    "smtui callers add ci --identity admin --arn arn:aws:iam::000000000000:role/ci\n"
    "smtui callers rm alice"
)


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", metavar="ACTION", nargs="?", default="list", choices=("list", "add", "rm"),
                        help="list (default), add or rm")
    parser.add_argument("name", metavar="NAME", nargs="?", help="name of the caller")
    parser.add_argument("--identity", choices=("none", "admin"),
                        help="with add: what the caller's own policies allow")
    parser.add_argument("--arn", metavar="ARN", default="", help="with add: the IAM ARN (default: the user NAME)")


def run(args: argparse.Namespace) -> Exit:
    if (args.action == "list") is (args.name is not None):
        raise UsageError("list takes no name." if args.name else f"Which caller? smtui callers {args.action} NAME")
    if (args.action == "add") is (args.identity is None):
        raise UsageError("Choose what the caller's own policies allow: --identity none or --identity admin."
                         if args.action == "add" else "--identity is for add.")
    if args.arn and args.action != "add":
        raise UsageError("--arn is for add.")
    with open_for(args) as vault:
        if args.action == "add":
            output.write_line(_format_caller(vault.callers.add(args.name, args.identity, args.arn)))
        elif args.action == "rm":
            vault.callers.remove(args.name)
            output.write_line(f"{args.name}: removed")
        else:
            for each in vault.callers.list_all():
                output.write_line(_format_caller(each))
    return Exit.DONE


def _format_caller(caller: VaultCaller) -> str:
    return f"{caller.name}  {caller.identity}  {caller.access_key_id}  {caller.arn}"
