"""Copies a secret's value to the clipboard without showing it. The clipboard is cleared after a while, if it still
holds that value. NAME:LABEL and NAME~1 copy another version; see smtui get --help.
"""

from __future__ import annotations

import argparse

from smtui.cli import output, terminal
from smtui.cli.commands import get
from smtui.cli.exit_codes import Exit
from smtui.cli.parser import parse_count

EXAMPLE = "smtui copy prod/db#password\nsmtui copy prod/api --clear-after 10"


def declare(parser: argparse.ArgumentParser) -> None:
    get.declare(parser)
    parser.add_argument("--clear-after", metavar="SECONDS", type=parse_count,
                        help="clear the clipboard after this time; 0 = never (default: the clipboard_timeout setting)")


def run(args: argparse.Namespace) -> Exit:
    from smtui.clipboard.clipboard import Clipboard
    from smtui.system.settings import load_settings

    settings = load_settings()
    seconds = settings.clipboard_timeout if args.clear_after is None else args.clear_after
    value = get.fetch_value(args)
    clipboard = Clipboard(terminal.send_escape if settings.osc52 and terminal.is_available() else None, linger=True)
    copied = clipboard.copy(value if isinstance(value, bytes) else value.encode(), seconds)
    output.write_line(copied.sentence)
    return Exit.DONE
