"""Prints a shell script that completes smtui's commands, options and file names. Save it where your shell loads such
scripts.

With the setting `complete_names` it completes the names of secrets too, if the vault opens without a prompt:
through an agent that is unlocked, or with the key in the OS keyring.
"""

from __future__ import annotations

import argparse
from contextlib import suppress
from importlib import import_module

from smtui.api.errors import SmtuiError
from smtui.cli import output
from smtui.cli.exit_codes import Exit, RefusedError, UsageError

EXAMPLE = (
    "smtui completion bash > ~/.local/share/bash-completion/completions/smtui\n"
    "smtui completion zsh > ~/.zfunc/_smtui\n"
    "smtui completion fish > ~/.config/fish/completions/smtui.fish"
)
SHELLS = ("bash", "zsh", "fish", "tcsh")
NAMES = "names"
"""The word that the scripts use to ask for names of secrets."""


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", metavar="SHELL", choices=(*SHELLS, NAMES),
                        help=f"{', '.join(SHELLS)}; or {NAMES}, for the names that start with PREFIX")
    parser.add_argument("prefix", metavar="PREFIX", nargs="?", help="prefix of the names of secrets")


def run(args: argparse.Namespace) -> Exit:
    if args.shell == NAMES:
        with suppress(SmtuiError, OSError):  # a message would appear in the line that is being typed
            _write_names(args)
        return Exit.DONE
    if args.prefix is not None:
        raise UsageError(f"PREFIX is only for smtui completion {NAMES}.")
    output.write_line(_make_script(args.shell).rstrip("\n"))
    return Exit.DONE


def _write_names(args: argparse.Namespace) -> None:
    """Prints names of secrets, a line for each. Raises SmtuiError."""
    from smtui.cli.completion import secret_names
    from smtui.system.settings import load_settings

    if load_settings().complete_names:
        for name in secret_names.list_names(args, args.prefix or ""):
            output.write_line(name)


def _make_script(shell: str) -> str:
    if shell != "tcsh":
        from smtui.cli.completion import scripts

        return scripts.write_script(shell)
    try:
        shtab = import_module("shtab")
    except ImportError:
        raise RefusedError(f"The completion script for {shell} needs the package shtab, which is not installed.",
                           hint="pip install 'smtui[completion]'") from None

    script: str = shtab.complete(make_full_parser(), shell)
    return script


def make_full_parser() -> argparse.ArgumentParser:
    """Builds the parser of all commands at once."""
    from smtui.cli.command_table import COMMANDS
    from smtui.cli.parser import Parser

    parser = Parser(prog="smtui")
    commands = parser.add_subparsers(dest="command", parser_class=Parser)
    for command in COMMANDS:
        command.declare(commands.add_parser(command.name, help=command.help))
    return parser
