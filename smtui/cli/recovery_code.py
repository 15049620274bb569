"""Shows a new recovery code once, on the terminal itself."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from smtui.cli import diagnostics, terminal

if TYPE_CHECKING:
    from smtui.backends.local import Vault

MESSAGE = """
Recovery code, shown only once:

    {code}

It opens the vault without the passphrase (smtui recover). Write it down and keep it somewhere safe and offline.
"""
NOT_SHOWN = "the recovery code was not shown: there is no terminal. smtui passwd in a terminal creates a new one."


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--print-recovery-code", action="store_true",
                        help="print the recovery code to standard error if there is no terminal")


def show_recovery_code(vault: Vault, args: argparse.Namespace) -> None:
    """Shows the code of a vault that was just created or has a new passphrase."""
    text = MESSAGE.format(code=vault.maintenance.take_recovery_code())
    if terminal.write(text):
        return
    if args.print_recovery_code:
        diagnostics.write(text)
    else:
        diagnostics.note(NOT_SHOWN)
