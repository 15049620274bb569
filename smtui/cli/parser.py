"""The command line's grammar: argparse, with errors that are ours, and the options every command takes.

No message quotes what was typed behind an option: it may be a value that was put in the wrong place.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from smtui.cli import output
from smtui.cli.exit_codes import UsageError

ALLOW_DEBUG = "--allow-debug"  # leaves the process open to debuggers and core files
ACCEPT_OLDER = "--accept-older"
OUTPUTS = ("json", "text", "table")


class Parser(argparse.ArgumentParser):
    """Writes help by `output` and raises UsageError where argparse would write and leave."""

    color = False

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **settings)
        self.color = False

    def error(self, message: str) -> NoReturn:
        raise UsageError(_without_values(message), hint=f"{self.prog} --help shows how.")

    def options(self) -> list[str]:
        """Every option's long spelling that help shows."""
        return [action.option_strings[-1] for action in self._actions
                if action.option_strings and action.help != argparse.SUPPRESS]

    def shorten_usage(self) -> None:
        """A usage line of what must be there; the options are listed below it anyway."""
        self.usage = " ".join([self.prog, *map(_in_usage, self._get_positional_actions()), "[OPTIONS]"])

    def print_help(self, file: object = None) -> None:
        output.line(self.format_help().rstrip("\n"))

    def understood(self, argv: Sequence[str]) -> argparse.Namespace:
        """What the words say. Raises UsageError.

        A command that has a default for `behind` takes another's words behind `--`, as they are.
        """
        behind: Sequence[str] = ()
        if self.get_default("behind") is not None and "--" in argv:
            at = list(argv).index("--")
            argv, behind = argv[:at], argv[at + 1 :]
        parsed, left = self.parse_known_args(argv)
        options = [word.split("=")[0] for word in left if word.startswith("-") and word != "-"]
        if options:
            raise UsageError(f"unknown option: {', '.join(options)}", hint=self._nearest(options[0]))
        if left:
            self.error(f"{len(left)} more word{'s' if len(left) > 1 else ''} than this command takes")
        if behind:
            parsed.behind = behind
        return parsed

    def _nearest(self, option: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(option, self.options(), n=2)
        return f"Did you mean {' or '.join(near)}?" if near else f"{self.prog} --help lists the options."


def _in_usage(action: argparse.Action) -> str:
    word = f"{action.metavar or action.dest}{'...' if action.nargs in ('+', '*') else ''}"
    return f"[{word}]" if action.nargs in ("?", "*") else word


def _without_values(message: str) -> str:
    """argparse's sentence; what was typed for an option without choices is not in it."""
    if "invalid choice" in message:
        return message
    return re.sub(r"(invalid \S+ value): .*", r"\1", message, flags=re.DOTALL)


def declare_globals(parser: argparse.ArgumentParser) -> None:
    """The options that choose the vault, the Region and the way to the passphrase."""
    group = parser.add_argument_group("which vault, and how to unlock it")
    group.add_argument("--vault", metavar="PATH", help="the vault file (default: $SMTUI_VAULT, else your data folder)")
    group.add_argument("--read-only", action="store_true", help="open without writing; reads are not recorded")
    group.add_argument(ACCEPT_OLDER, action="store_true",
                       help="go on with a file older than this machine last saw: a backup was restored on purpose")
    group.add_argument("--region", metavar="REGION", type=region, help="the Region to work in (default: the vault's)")
    group.add_argument("--passphrase-fd", metavar="N", type=int, help="read the passphrase from file descriptor N")
    parser.add_argument(ALLOW_DEBUG, action="store_true", help=argparse.SUPPRESS)


# Global options that may stand before the command, and whether a value follows.
BEFORE_COMMAND = {
    ALLOW_DEBUG: False, "--vault": True, "--read-only": False, ACCEPT_OLDER: False, "--region": True,
    "--passphrase-fd": True, "--output": True, "--query": True, "--no-paginate": False, "--no-cli-pager": False,
    "--cli-binary-format": True,
}


def region(word: str) -> str:
    if not re.fullmatch(r"([a-z]+-)+\d+", word):
        raise argparse.ArgumentTypeError("a Region looks like us-east-1")
    return word


def account(word: str) -> str:
    if not re.fullmatch(r"\d{12}", word):
        raise argparse.ArgumentTypeError("an account is 12 digits")
    return word


def whole_number(word: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", word):
        raise argparse.ArgumentTypeError("a whole number is wanted")
    return int(word)
