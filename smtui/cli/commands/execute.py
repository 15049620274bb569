"""Runs a command with secrets in its environment. The command follows --. It replaces the smtui process, so signals and
the exit code are its own. No value is on its command line, and the vault is closed before it starts.

    NAME              each key of a JSON object becomes a variable of that name; any other value becomes one variable
                      named after the secret: API_KEY stays, prod/api-key is PROD_API_KEY
    NAME#KEY          only this key
    NAME:LABEL        another version, by its label; NAME~1 is the previous version; both also with #KEY
    VARIABLE=NAME     the entire value under a name of your choice; VARIABLE=NAME#KEY one key of it
    --prefix prod/    every secret whose name starts with prod/; variable names omit the prefix. VARIABLE=NAME takes
                      precedence over it for that variable

Names that are valid for variables are kept; other characters become _. Secrets override existing variables. These are
refused: two values for one variable; names that change how programs run (PATH, LD_PRELOAD, GIT_SSH, HTTPS_PROXY),
unless you chose them with VARIABLE=; binary values; and text with a NUL character. A secret whose name contains = may
need its ARN instead.

The command gets your environment without the SMTUI_* variables, except SMTUI_VAULT, SMTUI_CONTEXT, SMTUI_CONFIG and
SMTUI_STATE. It gets the file descriptors 0, 1 and 2, those in its arguments (<(command)) and those of --keep-fd, but
never one from which the passphrase was read.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from smtui.cli.agent_session import open_for_client
from smtui.cli.call_costs import note_many_calls
from smtui.cli.exit_codes import CommandNotExecutableError, Exit, UsageError
from smtui.cli.programs import find_program
from smtui.cli.target import Target
from smtui.transfer import variables
from smtui.transfer.selection import Selection, get_value
from smtui.transfer.variables import Naming, Variable

if TYPE_CHECKING:
    from smtui.api.context import Context
    from smtui.api.types import Client

EXAMPLE = (
    "smtui exec prod/db -- ./server --port 8080\n"
    "smtui exec PGPASSWORD=prod/db#password -- psql -h db.example.com\n"
    "smtui exec --prefix dev/ --pristine -- env"
)


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("targets", metavar="[VARIABLE=]NAME[:LABEL|~N][#KEY]", nargs="*",
                        help="secret (name or ARN), its version, and a key of its JSON object")
    parser.add_argument("--prefix", metavar="TEXT", default="", help="also every secret whose name starts with TEXT")
    declare_naming(parser)
    parser.add_argument("--pristine", action="store_true",
                        help="start with a minimal environment: PATH, HOME, locale, terminal and display")
    parser.add_argument("--keep-fd", metavar="N", type=int, action="append", default=[],
                        help="keep file descriptor N open for the command; can be repeated")
    parser.set_defaults(behind=())


def declare_naming(parser: argparse.ArgumentParser) -> None:
    """Declares the options that name variables, which dotenv exports have too."""
    parser.add_argument("--skip", metavar="NAME", action="append", default=[],
                        help="leave out the variable or the secret NAME; can be repeated")
    parser.add_argument("--upper", action="store_true", help="write every variable name in capitals")
    parser.add_argument("--qualified", action="store_true",
                        help="name variables after secret and key: PROD_DB_PASSWORD instead of password")


def read_naming(args: argparse.Namespace) -> Naming:
    """How the options name variables."""
    return Naming(args.upper, args.qualified, frozenset(args.skip))


def run(args: argparse.Namespace) -> Exit:
    if not args.behind:
        raise UsageError("Which command?", hint="Put it after --: smtui exec prod/db -- ./server")
    if not args.targets and not args.prefix:
        raise UsageError("Which secrets?")
    _keep_descriptors(args.keep_fd)
    environment = _make_environment(pristine=args.pristine)
    program = find_program(args.behind[0], environment)
    with open_for_client(args) as vault:
        values = _read_variables(vault, args)
    replace_process(program, args.behind, environment, values)


def _make_environment(*, pristine: bool) -> dict[str, str]:
    """The command's variables apart from secrets: the user's without those that unlock the vault, or a minimal set."""
    from smtui.system.inheritance import build_command_environment, build_environment

    return build_environment() if pristine else build_command_environment()


def _keep_descriptors(descriptors: Sequence[int]) -> None:
    from smtui.system import inheritance

    for descriptor in descriptors:
        if inheritance.is_secret(descriptor):
            raise UsageError(f"--keep-fd {descriptor}: the passphrase was read from it.")
        inheritance.keep_descriptor(descriptor)


def _read_variables(vault: Context, args: argparse.Namespace) -> dict[str, str]:
    """The variables made from secrets. Raises SmtuiError."""
    names = variables.VariableNames(ignore_case=sys.platform == "win32")
    values: dict[str, str] = {}
    for variable in _list_variables(vault, args):
        names.add(variable)
        values[variable.name] = variable.value
    return values


def _list_variables(vault: Context, args: argparse.Namespace) -> Iterator[Variable]:
    client = vault.client(region_name=args.region)
    naming = read_naming(args)
    chosen = set[str]()
    for word in args.targets:
        if name := variables.split_target(word)[0]:
            chosen.add(name)
        yield from _list_target_variables(client, word, naming)
    if args.prefix:
        replaced = replace(naming, skip=naming.skip | chosen)
        announce = partial(note_many_calls, vault) if vault.can.has_costs else None
        for answer in Selection(prefix=args.prefix).read_secrets(client, vault.reading, announce):
            value = get_value(answer)
            if value is not None:
                yield from variables.make_variables(answer["Name"], value, args.prefix, naming=replaced)


def _list_target_variables(client: Client, word: str, naming: Naming) -> Iterator[Variable]:
    chosen_name, source = variables.split_target(word)
    target = Target.parse(source)
    response = target.read_secret(client)
    written = variables.VariableTarget(chosen_name, source, target.name, target.key)
    yield from variables.make_target_variables(written, response["Name"], target.get_value(response), naming)


def replace_process(
    program: str, words: list[str], environment: Mapping[str, str], secrets: Mapping[str, str]
) -> NoReturn:
    """Replaces this process by the command. Windows has no such call: there it runs as a child, and this process waits.

    `secrets` are variables that override `environment`. Raises CommandNotExecutableError.
    """
    from smtui.system import inheritance

    if sys.platform == "win32":
        from smtui.system import subprocesses

        raise SystemExit(subprocesses.run_on_terminal(words, program=program, environ={**environment, **secrets}))
    from smtui.system.hardening import restore_inherited_state

    restore_inherited_state()
    values = {name: os.fsencode(value) for name, value in environment.items()}
    values |= {name: value.encode() for name, value in secrets.items()}
    try:
        inheritance.replace_process(program, words, values)
    except OSError as error:
        raise CommandNotExecutableError(f"{words[0]} cannot be run: {error.strerror}.") from None
