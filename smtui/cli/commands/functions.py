"""Shows, adds, allows and removes rotation functions: what is run to rotate a secret. Each has an ARN like those of
AWS Lambda, which rotate-secret takes.

With --password the function makes a new random password, as get-random-password does with the same options: in one
key of a JSON value, or instead of the whole value. It is for secrets that nobody but the vault keeps.

With -- and a command, that command is run for each of the four steps (createSecret, setSecret, testSecret,
finishSecret). It gets {"Step", "SecretId", "ClientRequestToken", "RotationToken"} as JSON on its standard input, and
reaches its secret by the smtui command itself, or by smtui.rotation_client() from Python. Each step must be safe to
run again.

A command is run only where you allowed it on this machine for this vault. Adding it here allows it; one that came with
the vault waits until `allow` has shown it to you and you agreed. Any change to it takes the permission away, and so
does `revoke`.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from smtui.api.limits import DEFAULT_STEP_SECONDS
from smtui.api.model import OPERATIONS
from smtui.cli import diagnostics, output, parameters, terminal
from smtui.cli.exit_codes import Exit, RefusedError, UsageError
from smtui.cli.parser import whole_number
from smtui.cli.unlocking import opened
from smtui.config import state_path
from smtui.rotation.arguments import format_arguments, from_anywhere, number_arguments

if TYPE_CHECKING:
    from smtui.api.own import RotationClient

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
        elif args.action == "allow":
            _allow(functions, args.name)
        elif args.action == "revoke":
            functions.revoke_function(FunctionName=args.name)
            output.line(f"{args.name}: not allowed to run on this machine")
        else:
            made = functions.create_function(FunctionName=args.name, **settings)
            output.line(_described(made))
            if "WaitsForPermission" in made:
                diagnostics.warn(f"The function is made, but not allowed to run: {state_path()} cannot be written.",
                                 f"Once it can be: smtui functions allow {args.name}")
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


def _allow(functions: RotationClient, name: str) -> None:
    """Shows what would run, in full, and allows exactly that. Raises RefusedError where nobody agrees."""
    function = next((each for each in functions.list_functions()["Functions"] if each["FunctionName"] == name), None)
    if function is None:
        raise RefusedError(f"There is no function called {name}.", hint="smtui functions shows them.")
    if "Unreadable" in function:
        raise RefusedError(f"The settings of {name} cannot be read, so it cannot be allowed.", hint="Run: smtui check")
    if "WaitsForPermission" not in function:
        output.line(f"{name}: may run on this machine already" if "Command" in function else
                    f"{name}: needs no permission, it only makes passwords")
        return
    terminal.tell(_in_full(function))
    try:
        answer = terminal.ask_text(f"Run this on this machine whenever a rotation is due? Type {YES} to allow it: ")
    except terminal.NoTerminalError:
        raise RefusedError("There is no terminal to show the command and to ask on, so it was not allowed.") from None
    if answer.strip().lower() != YES:
        raise RefusedError(f"{name} was not allowed. Its rotations wait.")
    functions.allow_function(FunctionName=name, Command=function["Command"])
    output.line(f"{name}: allowed to run on this machine")


def _in_full(function: dict[str, Any]) -> str:
    """Every argument behind its number, so that none can be taken for two."""
    command, users = function["Command"], function["SecretCount"]
    arguments = "\n".join(number_arguments(command["Arguments"], WIDTH))
    secrets = "1 secret" if users == 1 else f"{users:,} secrets"
    return (f"{function['FunctionArn']}\nruns this as you, argument by argument:\n\n{arguments}\n\n"
            f"Time limit: {command.get('TimeoutInSeconds', DEFAULT_STEP_SECONDS)} seconds a step. It rotates "
            f"{secrets}, and gets the values of those.")


def _described(function: dict[str, Any]) -> str:
    if "Unreadable" in function:
        return f"{function['FunctionArn']}  unreadable; see smtui check"
    if "Password" in function:
        key = function["Password"].get("Key")
        what = "a new password" + (f" in {key}" if key else "")
    else:
        what = format_arguments(function["Command"]["Arguments"])
    if "WaitsForPermission" in function:
        what += f"  (waits for your permission: smtui functions allow {function['FunctionName']})"
    return f"{function['FunctionArn']}  {what}"
