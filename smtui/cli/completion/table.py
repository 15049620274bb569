"""What completion knows of each command: its options, and the kind of each word, taken from the argument parsers."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from smtui.cli.command_table import COMMANDS
from smtui.cli.global_options import BEFORE_COMMAND
from smtui.cli.parser import Parser, declare_globals

BEFORE = ""
"""The name of the table of options that stand before the command."""
HELP = "help"
NOTHING, HIDDEN = "-", "!"
"""Fields that say that a row has no choices or no help, and that it is hidden."""
FILES = ("FILE", "PATH", "INTERPRETER", "LEFT", "RIGHT", "PLAN")
SECRETS = ("NAME[:", "NAME[#", "OLD", "[VARIABLE=]NAME", "PREFIX", "SECRET")
"""Beginnings of the metavars of words that are names of secrets, or prefixes of them."""
SECRET_PARAMETERS = ("SecretId", "SecretIdList", "target", "may_read")
SECRET_OPTIONS = ("--as-one", "--prefix", "--only")


class Kind(StrEnum):
    """What a word is. The templates have a case for each."""

    FLAG = "flag"
    TEXT = "text"
    FILE = "file"
    SECRET = "secret"  # noqa: S105  # the name of a kind
    CHOICE = "choice"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Row:
    """One option of a command, or one of its words.

    Attributes:
        name: the option; `1`, `2`, ... for a word by its position; `*` for all further ones; `--` for another command
            line behind these two dashes.
        kind: what the option takes, or the word is.
        is_repeated: whether the option takes several words.
        choices: the words to choose from.
        help: what it does, in a line.
        is_hidden: whether it is read, but not offered, because help leaves it out.
    """

    name: str
    kind: Kind
    is_repeated: bool = False
    choices: tuple[str, ...] = ()
    help: str = ""
    is_hidden: bool = False

    def __str__(self) -> str:
        """Four fields with tabs between them, as the templates read them; none is empty."""
        return "\t".join((self.name, f"{'*' if self.is_repeated else ''}{self.kind}", " ".join(self.choices) or NOTHING,
                          HIDDEN if self.is_hidden else self.help or NOTHING))


def make_tables() -> Mapping[str, list[Row]]:
    """The rows of each command by its name, and of the words before a command by an empty one; without common rows."""
    names = tuple(command.name for command in COMMANDS)
    tables = {BEFORE: [*_list_before()], HELP: [Row("1", Kind.CHOICE, choices=names)]}
    common = frozenset(row.name for row in list_common_rows())
    for command in COMMANDS:
        parser = Parser(prog=command.name)
        command.declare(parser)
        tables[command.name] = [row for row in _list_rows(parser) if row.name not in common]
    return tables


def list_common_rows() -> list[Row]:
    """The options of every command, which may also stand before it."""
    parser = Parser(prog="smtui")
    declare_globals(parser)
    return [*_list_rows(parser)]


def _list_before() -> Iterator[Row]:
    """Further words before a command."""
    common = frozenset(row.name for row in list_common_rows())
    for name, takes_value in BEFORE_COMMAND.items():
        if name not in common:
            yield Row(name, Kind.TEXT if takes_value else Kind.FLAG, is_hidden=True)
    yield Row("--version", Kind.FLAG, help="print the version")
    for command in COMMANDS:
        yield Row("1", Kind.CHOICE, choices=(command.name,), help=command.help)


def _list_rows(parser: Parser) -> Iterator[Row]:
    place = 0
    for action in parser.list_actions():
        if action.option_strings:
            for name in action.option_strings:
                yield _make_row(name, action)
        elif action.nargs in ("*", "+"):
            yield _make_row("*", action)
        else:
            place += 1
            yield _make_row(str(place), action)
    if parser.get_default("behind") is not None:
        yield Row("--", Kind.COMMAND)


def _make_row(name: str, action: argparse.Action) -> Row:
    is_hidden = action.help == argparse.SUPPRESS
    help = "" if is_hidden else " ".join((action.help or "").split()).replace("%(default)s", str(action.default))
    return Row(name, _find_kind(name, action), action.nargs in ("*", "+"), _list_choices(action), help, is_hidden)


def _list_choices(action: argparse.Action) -> tuple[str, ...]:
    """The words to choose from. Operations, which leave checking to the engine, have them in the metavar."""
    metavar = _get_metavar(action)
    if not action.choices and metavar.startswith("{"):
        return tuple(metavar.strip("{}").split(","))
    return tuple(map(str, action.choices or ()))


def _get_metavar(action: argparse.Action) -> str:
    return action.metavar if isinstance(action.metavar, str) else ""


def _find_kind(name: str, action: argparse.Action) -> Kind:
    metavar = _get_metavar(action)
    if action.nargs == 0:
        return Kind.FLAG
    if _list_choices(action):
        return Kind.CHOICE
    if metavar.startswith(FILES):
        return Kind.FILE
    is_secret = metavar.startswith(SECRETS) or action.dest in SECRET_PARAMETERS or name in SECRET_OPTIONS
    return Kind.SECRET if is_secret else Kind.TEXT
