"""Lists, adds, allows and removes rotation functions, which rotate secrets. Each has an ARN like that of an AWS Lambda
function, for rotate-secret.

With --password, the function generates a random password with the options of get-random-password. It replaces one key
of a JSON value, or the entire value. Use it for secrets that are stored only in this vault.

With -- and a command, the command runs for each of the four steps (createSecret, setSecret, testSecret, finishSecret).
Its standard input is a JSON object {"Step", "SecretId", "ClientRequestToken", "RotationToken"}. It accesses its secret
with the smtui command, or from Python with smtui.rotation_client(). Each step must be safe to repeat.

A command runs only if you have allowed it on this machine for this vault. `add` also allows the command; one that came
with the vault waits until you review it with `allow`. Any change to the command removes the permission, and so does
`revoke`.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from smtui.api.limits import DEFAULT_STEP_SECONDS
from smtui.api.model import OPERATIONS
from smtui.cli import diagnostics, output, parameters, terminal
from smtui.cli.exit_codes import Exit, RefusedError, UsageError
from smtui.cli.parser import parse_count
from smtui.cli.unlocking import open_for
from smtui.rotation.arguments import format_arguments, make_absolute, number_arguments
from smtui.rotation.function import WAITS
from smtui.system.settings import get_state_path

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionDescription, FunctionEntry, RotationClient

EXAMPLE = (
    "smtui functions add new-password --password --key password --password-length 24\n"
    "smtui functions add postgres --time-limit 120 -- python3 rotate_postgres.py\n"
    "smtui functions allow postgres"
)
ACTIONS = ("list", "add", "rm", "allow", "revoke")
YES = "yes"
WIDTH = 79
GENERATOR = OPERATIONS["GetRandomPassword"]


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", metavar="ACTION", nargs="?", default="list", choices=ACTIONS,
                        help="list (default), add, rm, allow or revoke")
    parser.add_argument("name", metavar="NAME", nargs="?", help="name of the function")
    parser.set_defaults(behind=())
    parser.add_argument("--time-limit", metavar="SECONDS", type=parse_count,
                        help="with add: time limit of the command for each step (default: 60)")
    parser.add_argument("--password", action="store_true", help="with add: generate a password with the options below")
    parser.add_argument("--key", metavar="KEY",
                        help="with --password: the key of a JSON value (default: the entire value)")
    parameters.declare(parser, GENERATOR)


def run(args: argparse.Namespace) -> Exit:
    settings = _parse_settings(args)
    with open_for(args) as vault:
        functions = vault.rotations(region_name=args.region)
        if args.action == "list":
            for each in functions.list_functions()["Functions"]:
                output.write_line(_format_function(each))
        elif args.action == "rm":
            functions.delete_function(FunctionName=args.name)
            output.write_line(f"{args.name}: removed")
        elif args.action == "allow":
            _allow(functions, args.name)
        elif args.action == "revoke":
            functions.revoke_function(FunctionName=args.name)
            output.write_line(f"{args.name}: not allowed to run on this machine")
        else:
            created = functions.create_function(FunctionName=args.name, **settings)
            output.write_line(_format_function(created))
            if "WaitsForPermission" in created:
                diagnostics.warn(
                    f"The function was created but not allowed to run: {get_state_path()} cannot be written.",
                    f"When it can be written: smtui functions allow {args.name}",
                )
    return Exit.DONE


def _parse_settings(args: argparse.Namespace) -> dict[str, Any]:
    """The settings of a new function, empty unless the action is `add`. Raises UsageError before the vault is opened.
    """
    if args.action != "list" and not args.name:
        raise UsageError("Which function?")
    if args.action != "add":
        return {}
    if args.password == bool(args.behind):
        raise UsageError("Use either --password, or -- and a command.")
    if args.password:
        options = parameters.build_request(GENERATOR, vars(args))
        return {"Password": {**({"Key": args.key} if args.key else {}), **options}}
    limit = {"TimeoutInSeconds": args.time_limit} if args.time_limit else {}
    return {"Command": {"Arguments": [make_absolute(word) for word in args.behind], **limit}}


def _allow(functions: RotationClient, name: str) -> None:
    """Shows the entire command and allows exactly that. Raises RefusedError if it is not confirmed."""
    function = next((each for each in functions.list_functions()["Functions"] if each["FunctionName"] == name), None)
    if function is None:
        raise RefusedError(f"There is no function called {name}.", hint="smtui functions lists them.")
    if "Unreadable" in function:
        raise RefusedError(f"The settings of {name} cannot be read, so it cannot be allowed.", hint="Run: smtui check")
    if "WaitsForPermission" not in function:
        output.write_line(f"{name}: may run on this machine already" if "Command" in function else
                    f"{name}: needs no permission, it only generates passwords")
        return
    terminal.write(_describe_command(function))
    try:
        answer = terminal.ask_text(f"Run this on this machine whenever a rotation is due? Type {YES} to allow it: ")
    except terminal.NoTerminalError:
        raise RefusedError("There is no terminal to show the command on, so it was not allowed.") from None
    if answer.strip().lower() != YES:
        raise RefusedError(f"{name} was not allowed. Its rotations wait.")
    functions.allow_function(FunctionName=name, Command=function["Command"])
    output.write_line(f"{name}: allowed to run on this machine")


def _describe_command(function: FunctionEntry) -> str:
    """The command with a number before each argument, so that one cannot look like two."""
    command, users = function["Command"], function["SecretCount"]
    arguments = "\n".join(number_arguments(command["Arguments"], WIDTH))
    secrets = "1 secret" if users == 1 else f"{users:,} secrets"
    return (f"{function['FunctionArn']}\nruns this as you, argument by argument:\n\n{arguments}\n\n"
            f"Time limit: {command.get('TimeoutInSeconds', DEFAULT_STEP_SECONDS)} seconds per step. It rotates "
            f"{secrets} and can read their values.")


def _format_function(function: FunctionDescription) -> str:
    if "Unreadable" in function:
        return f"{function['FunctionArn']}  unreadable; run smtui check"
    if "Password" in function:
        key = function["Password"].get("Key")
        what = "a new password" + (f" in {key}" if key else "")
    else:
        what = format_arguments(function["Command"]["Arguments"])
    if "WaitsForPermission" in function:
        what += f"  ({WAITS}: smtui functions allow {function['FunctionName']})"
    return f"{function['FunctionArn']}  {what}"
