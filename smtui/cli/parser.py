"""The argument parser: argparse with our own errors, and the options that every command takes.

No message quotes the argument of an option: it may be a secret value in the wrong place.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NoReturn

from smtui.api.arn import is_account, is_region
from smtui.cli import output
from smtui.cli.abbreviations import expand_abbreviation
from smtui.cli.exit_codes import UsageError
from smtui.system.context_settings import split_region

ALLOW_DEBUG = "--allow-debug"  # permits debuggers and core files
ACCEPT_OLDER = "--accept-older"
NO_AGENT = "--no-agent"
KEY_FILE = "--key-file"
VAULT_KEY_FILE = "--vault-key-file"
"""The same, for commands whose `--key-file` is that of another file."""
OURS = {"--vault": True, "--context": True, "--read-only": False, "--rw": False, ACCEPT_OLDER: False,
        "--passphrase-fd": True, KEY_FILE: True, NO_AGENT: False}
"""The global options that the aws CLI does not have, and whether each takes a value."""
TEXT_OR_JSON = ("text", "json")


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Finds the width of the terminal without `shutil`, which argparse imports for each parser, for help or not."""

    def __init__(self, prog: str, **settings: Any) -> None:
        super().__init__(prog, **{"width": _find_width(), **settings})


@cache
def _find_width() -> int:
    """The columns of help: those of $COLUMNS or of the terminal, else 80, less a margin of two as in argparse."""
    width = os.environ.get("COLUMNS", "")
    if width.isdecimal() and int(width):
        return int(width) - 2
    try:
        return (os.get_terminal_size(1).columns or 80) - 2
    except OSError:
        return 78


class Parser(argparse.ArgumentParser):
    """Writes help through `output`, and raises UsageError where argparse would print and exit."""

    color = False

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("formatter_class", HelpFormatter)
        super().__init__(allow_abbrev=False, **settings)
        self.color = False

    def error(self, message: str) -> NoReturn:
        raise UsageError(_remove_values(message), hint=f"{self.prog} --help lists the options.")

    def list_options(self) -> list[str]:
        """The long names of all options that help shows."""
        return [action.option_strings[-1] for action in self._actions
                if action.option_strings and action.help != argparse.SUPPRESS]

    def list_actions(self) -> list[argparse.Action]:
        """All options and words, in the order of their declaration."""
        return list(self._actions)

    def shorten_usage(self) -> None:
        """Reduces the usage line to the positional arguments; help lists the options below it."""
        self.usage = " ".join([self.prog, *map(_format_positional, self._get_positional_actions()), "[OPTIONS]"])

    def print_help(self, file: object = None) -> None:
        output.write_line(self.format_help().rstrip("\n"))

    def parse_words(self, argv: Sequence[str]) -> argparse.Namespace:
        """Parses a command line. Raises UsageError.

        An option may be abbreviated as long as no other begins like it. A command with a default for `behind` gets the
        words after `--` there, unparsed: another program's command line.
        """
        behind: Sequence[str] = ()
        if self.get_default("behind") is not None and "--" in argv:
            at = list(argv).index("--")
            argv, behind = argv[:at], argv[at + 1 :]
        words = self._expand_abbreviations(argv)
        parsed, left = self.parse_known_args(words)
        if left and not any(action.nargs in (argparse.PARSER, argparse.REMAINDER)
                            for action in self._get_positional_actions()):
            parsed, left = self.parse_known_intermixed_args(words)  # an option before the second argument
        options = [word.split("=")[0] for word in left if word.startswith("-") and word != "-"]
        if options:
            raise UsageError(f"unknown option: {', '.join(options)}", hint=self._suggest(options[0]))
        if left:
            self.error(f"{len(left)} argument{'s' if len(left) > 1 else ''} too many")
        if behind:
            parsed.behind = behind
        return parsed

    def _expand_abbreviations(self, argv: Sequence[str]) -> list[str]:
        options = {name for action in self._actions for name in action.option_strings} - {ALLOW_DEBUG}
        end = list(argv).index("--") if "--" in argv else len(argv)
        return [*(expand_abbreviation(word, options, OURS) for word in argv[:end]), *argv[end:]]

    def _suggest(self, option: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(option, self.list_options(), n=2)
        return f"Did you mean {' or '.join(near)}?" if near else f"{self.prog} --help lists the options."


def _format_positional(action: argparse.Action) -> str:
    word = f"{action.metavar or action.dest}{'...' if action.nargs in ('+', '*') else ''}"
    return f"[{word}]" if action.nargs in ("?", "*") else word


def _remove_values(message: str) -> str:
    """argparse's sentence without the argument, unless the option has a fixed set of choices."""
    if "invalid choice" in message:
        return message
    return re.sub(r"(invalid \S+ value): .*", r"\1", message, flags=re.DOTALL)


def declare_globals(parser: argparse.ArgumentParser, *, names_key_file: bool = True) -> None:
    """Adds the options that select the vault or context, the Region, the key file and the source of the passphrase.

    Without `names_key_file`, `--key-file` is free for the command.
    """
    group = parser.add_argument_group("vault and passphrase")
    group.add_argument("--context", metavar="NAME[@REGION]", type=parse_context_name, action="append", default=[],
                       help="named AWS account or vault, see smtui contexts (default: $SMTUI_CONTEXT)")
    group.add_argument("--vault", metavar="PATH", help="vault file (default: $SMTUI_VAULT, else your data folder)")
    group.add_argument("--read-only", action="store_true",
                       help="open without writing; reads are not recorded in the audit log of a vault")
    group.add_argument("--rw", action="store_true", help="allow this command to change a protected context")
    group.add_argument(ACCEPT_OLDER, action="store_true",
                       help="accept a vault file older than the one this machine last saw (a restored backup)")
    group.add_argument("--region", metavar="REGION", type=parse_region, help="Region (default: the vault's)")
    group.add_argument("--passphrase-fd", metavar="N", type=int, help="read the passphrase from file descriptor N")
    names = (VAULT_KEY_FILE, KEY_FILE) if names_key_file else (VAULT_KEY_FILE,)
    group.add_argument(*names, metavar="PATH", dest="vault_key_file",
                       help="key file of the vault, if it has one (default: $SMTUI_KEY_FILE)")
    group.add_argument(NO_AGENT, action="store_true", help="open the file here, even if an agent has it unlocked")
    parser.add_argument(ALLOW_DEBUG, action="store_true", help=argparse.SUPPRESS)


def parse_context_name(word: str) -> str:
    """NAME or NAME@REGION. A word with = is a condition key, for `smtui policy explain`."""
    try:
        split_region("name" if "=" in word else word)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return word


def parse_region(word: str) -> str:
    if not is_region(word):
        raise argparse.ArgumentTypeError("expected a Region such as us-east-1")
    return word


def parse_account(word: str) -> str:
    if not is_account(word):
        raise argparse.ArgumentTypeError("an account is 12 digits")
    return word


def parse_count(word: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", word):
        raise argparse.ArgumentTypeError("expected a whole number")
    return int(word)
