"""Lists, adds, tries, allows and removes rotation functions, which rotate secrets. Each has an ARN like that of an AWS
Lambda function, for rotate-secret.

With --password, the function generates a random password with the options of get-random-password. It replaces one key
of a JSON value, or the entire value. Use it for secrets that are stored only in this vault.

With -- and a command, the command runs for each of the four steps (createSecret, setSecret, testSecret, finishSecret).
Its standard input is a JSON object {"Step", "SecretId", "ClientRequestToken", "RotationToken"}. It accesses its secret
with the smtui command, or from Python with smtui.rotation_client(). Each step must be safe to repeat.

With --lambda, a rotation function written for AWS Lambda runs unmodified: its handler is called with the event and a
context. Its boto3 client for Secrets Manager reaches the secret that is rotated, may read those of --may-read, and gets
AccessDeniedException for any other.

`change` replaces all settings of a function; the secrets that it rotates keep using it.

A command or Lambda function runs only if you have allowed it on this machine for this vault. `add` and `change` also
allow it; one that came with the vault waits until you review it with `allow`. Any change to it, even
to a Lambda function's file, removes the permission, and so does `revoke`.

`try` takes the function through the four steps on a copy of a secret, with a report after each. The steps are real: a
password that setSecret changes in a database stays changed. The secret itself is only read; the copy keeps the new
value.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from smtui.api.limits import DEFAULT_STEP_SECONDS
from smtui.api.model import OPERATIONS
from smtui.cli import diagnostics, lambda_settings, output, parameters, terminal
from smtui.cli.exit_codes import Exit, RefusedError, UsageError
from smtui.cli.function_trial import try_function
from smtui.cli.parser import parse_count
from smtui.cli.unlocking import open_for
from smtui.rotation.arguments import make_absolute
from smtui.rotation.function import WAITS, find_function
from smtui.rotation.settings_text import describe_process, list_process_lines
from smtui.system.settings import get_state_path
from smtui.text.dates import format_duration

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionDescription, FunctionEntry, RotationClient

EXAMPLE = (
    "smtui functions add new-password --password --key password --password-length 24\n"
    "smtui functions add postgres --time-limit 120 -- python3 rotate_postgres.py\n"
    "smtui functions add multi-user --lambda lambda_function.py --python venv/bin/python --may-read prod/superuser\n"
    "smtui functions try multi-user --secret test/db\n"
    "smtui functions allow postgres"
)
ACTIONS = ("list", "add", "change", "try", "rm", "allow", "revoke")
WITH_SETTINGS = ("add", "change")
YES = "yes"
WIDTH = 79
GENERATOR = OPERATIONS["GetRandomPassword"]


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", metavar="ACTION", nargs="?", default="list", choices=ACTIONS,
                        help="list (default), add, change, try, rm, allow or revoke")
    parser.add_argument("name", metavar="NAME", nargs="?", help="name of the function")
    parser.set_defaults(behind=())
    parser.add_argument("--time-limit", metavar="SECONDS", type=parse_count,
                        help="with add or change: time limit of a command or Lambda function, per step (default: 60)")
    parser.add_argument("--secret", metavar="SECRET", help="with try: the secret to copy")
    lambda_settings.declare(parser)
    parser.add_argument("--password", action="store_true",
                        help="with add or change: generate a password with the options below")
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
        elif args.action == "try":
            return try_function(vault, _get_function(functions, args.name), args.secret, args.region)
        elif args.action == "revoke":
            functions.revoke_function(FunctionName=args.name)
            output.write_line(f"{args.name}: not allowed to run on this machine")
        else:
            write = functions.create_function if args.action == "add" else functions.update_function
            created = write(FunctionName=args.name, **settings)
            output.write_line(_format_function(created))
            if "WaitsForPermission" in created:
                diagnostics.warn(
                    f"The function was stored but not allowed to run: {get_state_path()} cannot be written.",
                    f"When it can be written: smtui functions allow {args.name}",
                )
    return Exit.DONE


def _parse_settings(args: argparse.Namespace) -> dict[str, Any]:
    """The settings of a function, empty unless the action is `add` or `change`.

    Raises UsageError, before the vault is opened.
    """
    if args.action != "list" and not args.name:
        raise UsageError("Which function?")
    if (args.action == "try") != bool(args.secret):
        raise UsageError("try needs --secret SECRET, and no other action takes it.")
    if args.action not in WITH_SETTINGS:
        return {}
    if [args.password, bool(args.behind), bool(args.lambda_file)].count(True) != 1:
        raise UsageError("Use one of --password, --lambda FILE, and -- with a command.")
    if args.lambda_file:
        return {"Lambda": lambda_settings.parse_settings(args)}
    if given := [name for name in lambda_settings.NEED_LAMBDA if getattr(args, name)]:
        raise UsageError(f"--{given[0].replace('_', '-')} needs --lambda FILE.")
    if args.password:
        options = parameters.build_request(GENERATOR, vars(args))
        return {"Password": {**({"Key": args.key} if args.key else {}), **options}}
    limit = {"TimeoutInSeconds": args.time_limit} if args.time_limit else {}
    return {"Command": {"Arguments": [make_absolute(word) for word in args.behind], **limit}}


def _allow(functions: RotationClient, name: str) -> None:
    """Shows the entire command and allows exactly that. Raises RefusedError if it is not confirmed."""
    function = _get_function(functions, name)
    if "Unreadable" in function:
        raise RefusedError(f"The settings of {name} cannot be read, so it cannot be allowed.", hint="Run: smtui check")
    if "WaitsForPermission" not in function:
        output.write_line(f"{name}: needs no permission, it only generates passwords" if "Password" in function else
                          f"{name}: already allowed to run on this machine")
        return
    if "FileSha256" not in function.get("Lambda", {"FileSha256": ""}):
        raise RefusedError(f"Cannot read the file of {name}: {function['Lambda']['File']}.")
    terminal.write(_describe_in_full(function))
    try:
        answer = terminal.ask_text(f"Run this on this machine whenever a rotation is due? Type {YES} to allow it: ")
    except terminal.NoTerminalError:
        raise RefusedError("There is no terminal to show the command on, so it was not allowed.") from None
    if answer.strip().lower() != YES:
        raise RefusedError(f"{name} was not allowed. Its rotations wait.")
    if "Lambda" in function:
        functions.allow_function(FunctionName=name, Lambda=function["Lambda"])
    else:
        functions.allow_function(FunctionName=name, Command=function["Command"])
    output.write_line(f"{name}: allowed to run on this machine")


def _get_function(functions: RotationClient, name: str) -> FunctionEntry:
    function = find_function(functions, name)
    if function is None:
        raise RefusedError(f"Function not found: {name}.", hint="smtui functions lists them.")
    return function


def _describe_in_full(function: FunctionEntry) -> str:
    """Everything that the function runs with, so that one setting or argument cannot look like two."""
    settings = function["Lambda"] if "Lambda" in function else function["Command"]
    users, how = function["SecretCount"], "" if "Lambda" in function else ", argument by argument"
    lines = "\n".join(list_process_lines(function, WIDTH))
    secrets = "1 secret" if users == 1 else f"{users:,} secrets"
    limit = settings.get("TimeoutInSeconds", DEFAULT_STEP_SECONDS)
    return (f"{function['FunctionArn']}\nruns this as you{how}:\n\n{lines}\n\n"
            f"Time limit: {format_duration(limit)} per step. It rotates {secrets} and can read their values.")


def _format_function(function: FunctionDescription) -> str:
    if "Unreadable" in function:
        return f"{function['FunctionArn']}  unreadable; run smtui check"
    if "Password" in function:
        key = function["Password"].get("Key")
        what = "a new password" + (f" in {key}" if key else "")
    else:
        what = describe_process(function)
    if "WaitsForPermission" in function:
        what += f"  ({WAITS}: smtui functions allow {function['FunctionName']})"
    return f"{function['FunctionArn']}  {what}"
