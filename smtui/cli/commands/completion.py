"""Prints a shell script that completes smtui's commands and options. Save it where your shell loads such scripts."""

from __future__ import annotations

import argparse

from smtui.cli import output
from smtui.cli.exit_codes import Exit

EXAMPLE = (
    "smtui completion bash > ~/.local/share/bash-completion/completions/smtui\n"
    "smtui completion zsh > ~/.zfunc/_smtui"
)
SHELLS = ("bash", "zsh", "tcsh")


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS)


def run(args: argparse.Namespace) -> Exit:
    import shtab

    output.write_line(shtab.complete(make_full_parser(), args.shell).rstrip("\n"))
    return Exit.DONE


def make_full_parser() -> argparse.ArgumentParser:
    """Builds the parser of all commands at once."""
    from smtui.cli.command_table import COMMANDS
    from smtui.cli.parser import Parser

    parser = Parser(prog="smtui")
    commands = parser.add_subparsers(dest="command", parser_class=Parser)
    for command in COMMANDS:
        command.declare(commands.add_parser(command.name, help=command.help))
    return parser
