"""Runs a command with secrets in its environment. What comes behind -- is the command; it takes the place of smtui, so
signals and the exit code are its own. Nothing is put on its command line, and the vault is closed before it starts.

    NAME              each key of a JSON object becomes a variable of that name; any other text becomes one named
                      after the secret, in capitals: prod/api-key is PROD_API_KEY
    NAME#KEY          one key alone
    VARIABLE=NAME     the whole value, under a name of your choice; VARIABLE=NAME#KEY one key of it
    --prefix prod/    every secret whose name begins so; the prefix is no part of a variable's name

Characters that no variable's name has become _. They win over variables that are there already. Two values for one
variable are refused, and so are names that decide which programs run (PATH, LD_PRELOAD), unless you chose them, bytes,
and texts with a NUL character. A secret whose name has a = in it may have to be named by its ARN.

The command gets your environment without the SMTUI_* variables, except SMTUI_VAULT, SMTUI_CONFIG and SMTUI_STATE, and
of the open file descriptors 0, 1 and 2, those its arguments name (<(command)), and those of --keep-fd. One that the
passphrase was read from is never among them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn

from smtui.cli.exit_codes import CommandNotExecutableError, CommandNotFoundError, Exit, UsageError
from smtui.cli.target import Target
from smtui.cli.unlocking import opened
from smtui.transfer import variables
from smtui.transfer.chosen import Chosen, value_of
from smtui.transfer.variables import Variable

if TYPE_CHECKING:
    from smtui.api.types import Client

EXAMPLE = (
    "smtui exec prod/db -- ./server --port 8080\n"
    "smtui exec PGPASSWORD=prod/db#password -- psql -h db.example.com\n"
    "smtui exec --prefix dev/ --pristine -- env"
)


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("targets", metavar="[VARIABLE=]NAME[#KEY]", nargs="*", help="a secret (name or ARN)")
    parser.add_argument("--prefix", metavar="TEXT", default="", help="and every secret whose name begins so")
    parser.add_argument("--pristine", action="store_true",
                        help="start from a small environment: PATH, HOME, the language, the terminal and the display")
    parser.add_argument("--keep-fd", metavar="N", type=int, action="append", default=[],
                        help="leave file descriptor N open for the command; may be repeated")
    parser.set_defaults(behind=())


def run(args: argparse.Namespace) -> Exit:
    if not args.behind:
        raise UsageError("Which command?", hint="It comes behind --: smtui exec prod/db -- ./server")
    if not args.targets and not args.prefix:
        raise UsageError("Which secrets?")
    _keep_descriptors(args.keep_fd)
    surroundings = _surroundings(pristine=args.pristine)
    program = _program(args.behind[0], surroundings)
    with opened(args) as vault:
        held = _held(vault.client(region_name=args.region), args)
    become(program, args.behind, surroundings, held)


def _surroundings(*, pristine: bool) -> dict[str, str]:
    """The variables the command gets anyway: the person's, without those that open the vault, or the few of a child."""
    from smtui.children import command_environment, environment

    return environment() if pristine else command_environment()


def _keep_descriptors(descriptors: Sequence[int]) -> None:
    from smtui import children

    for descriptor in descriptors:
        if children.is_secret(descriptor):
            raise UsageError(f"--keep-fd {descriptor}: the passphrase was read from it.")
        children.keep_descriptor(descriptor)


def _program(word: str, surroundings: Mapping[str, str]) -> str:
    """Where the command is; looked for before anybody types a passphrase."""
    path = surroundings.get("PATH")
    found = shutil.which(word, path=path)
    if found is not None:
        return found
    if shutil.which(word, os.F_OK, path) is not None:
        raise CommandNotExecutableError(f"{word} cannot be run: it is no program that you may execute.")
    raise CommandNotFoundError(f"There is no command {word}.")


def _held(client: Client, args: argparse.Namespace) -> dict[str, str]:
    """The variables that the secrets make."""
    names = variables.Names(ignore_case=sys.platform == "win32")
    held: dict[str, str] = {}
    for variable in _variables(client, args):
        names.take(variable)
        held[variable.name] = variable.value
    return held


def _variables(client: Client, args: argparse.Namespace) -> Iterator[Variable]:
    for word in args.targets:
        yield from _of_target(client, word)
    if args.prefix:
        for answer in Chosen(prefix=args.prefix).answers(client):
            value = value_of(answer)
            if value is not None:
                yield from variables.of_secret(answer["Name"], value, args.prefix)


def _of_target(client: Client, word: str) -> Iterator[Variable]:
    before, equals, rest = word.partition("=")
    chosen = before if equals and variables.NAME.fullmatch(before) else None
    source = rest if chosen else word
    target = Target.of(source)
    response = client.get_secret_value(SecretId=target.name)
    if target.key is None and chosen is None:
        yield from variables.of_secret(response["Name"], target.value_in(response))
    else:
        name = chosen or variables.cleaned(str(target.key), source)
        yield variables.named(name, target.value_in(response), source, meant=chosen is not None)


def become(program: str, words: list[str], surroundings: Mapping[str, str], held: Mapping[str, str]) -> NoReturn:
    """This process ends, and the command is in its place; on Windows, which cannot, it is waited for."""
    from smtui import children

    if sys.platform == "win32":
        raise SystemExit(children.run_on_terminal(words, program=program, environ={**surroundings, **held}))
    from smtui.hardening import hand_over

    hand_over()
    values = {name: os.fsencode(value) for name, value in surroundings.items()}
    values |= {name: value.encode() for name, value in held.items()}
    try:
        children.replace_process(program, words, values)
    except OSError as error:
        raise CommandNotExecutableError(f"{words[0]} cannot be run: {error.strerror}.") from None
