"""Shows, adds and removes rotation functions: what is run to rotate a secret. Each has an ARN like those of AWS
Lambda, which rotate-secret takes.

With --password the function makes a new random password, as get-random-password does with the same options: in one
key of a JSON value, or instead of the whole value. It is for secrets that nobody but the vault keeps.

With -- and a command, that command is run for each of the four steps (createSecret, setSecret, testSecret,
finishSecret). It gets {"Step", "SecretId", "ClientRequestToken", "RotationToken"} as JSON on its standard input, and
reaches its secret by the smtui command itself, or by smtui.rotation_client() from Python. Each step must be safe to
run again.
"""

from __future__ import annotations

import argparse
from typing import Any

from smtui.api.model import OPERATIONS
from smtui.cli import output, parameters
from smtui.cli.exits import Exit, UsageError
from smtui.cli.parser import whole_number
from smtui.cli.unlocking import opened
from smtui.rotation.arguments import from_anywhere

EXAMPLE = (
    "smtui functions add new-password --password --key password --password-length 24\n"
    "smtui functions add postgres --time-limit 120 -- python3 rotate_postgres.py"
)
GENERATOR = OPERATIONS["GetRandomPassword"]


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", metavar="ACTION", nargs="?", default="list", choices=("list", "add", "rm"),
                        help="list (default), add or rm")
    parser.add_argument("name", metavar="NAME", nargs="?", help="the function")
    parser.set_defaults(behind=())
    parser.add_argument("--time-limit", metavar="SECONDS", type=whole_number,
                        help="how long the command may take for a step (default: 60)")
    parser.add_argument("--password", action="store_true", help="with add: make a new password, with these options")
    parser.add_argument("--key", metavar="KEY", help="the key of a JSON value it goes into (default: the whole value)")
    parameters.declare(parser, GENERATOR)


def run(args: argparse.Namespace) -> Exit:
    settings = _settings(args)
    with opened(args) as vault:
        functions = vault.rotations(region_name=args.region)
        if args.action == "list":
            for each in functions.list_functions()["Functions"]:
                output.line(_described(each))
        elif args.action == "rm":
            functions.delete_function(FunctionName=args.name)
            output.line(f"{args.name}: removed")
        else:
            made = functions.create_function(FunctionName=args.name, **settings)
            output.line(_described(made))
    return Exit.DONE


def _settings(args: argparse.Namespace) -> dict[str, Any]:
    """What `add` was told; refused before the vault is opened."""
    if args.action != "list" and not args.name:
        raise UsageError("Which function?")
    if args.action != "add":
        return {}
    if args.password == bool(args.behind):
        raise UsageError("Say either --password, or -- and the command to run.")
    if args.password:
        options = parameters.request(GENERATOR, vars(args))
        return {"Password": {**({"Key": args.key} if args.key else {}), **options}}
    limit = {"TimeoutInSeconds": args.time_limit} if args.time_limit else {}
    return {"Command": {"Arguments": [from_anywhere(word) for word in args.behind], **limit}}


def _described(function: dict[str, Any]) -> str:
    if "Password" in function:
        key = function["Password"].get("Key")
        what = "a new password" + (f" in {key}" if key else "")
    else:
        what = " ".join(function["Command"]["Arguments"])
    return f"{function['FunctionArn']}  {what}"
