"""How a recovery code reaches the person: on the terminal itself, once."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from smtui.cli import diagnostics, terminal

if TYPE_CHECKING:
    from smtui.backends.local import Vault

EXPLAINED = """
Recovery code, shown this once:

    {code}

It opens the vault without the passphrase (smtui recover). Write it down and keep it away from this machine.
"""
UNSEEN = "the recovery code was not shown, for there is no terminal; smtui passwd makes a new one, and shows it there."


def declare_printing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--print-recovery-code", action="store_true",
                        help="print the recovery code to standard error where there is no terminal")


def hand_over(vault: Vault, args: argparse.Namespace) -> None:
    """Shows the code of a vault that was just made or given a new passphrase."""
    text = EXPLAINED.format(code=vault.maintenance.take_recovery_code())
    if terminal.tell(text):
        return
    if args.print_recovery_code:
        diagnostics.tell(text)
    else:
        diagnostics.note(UNSEEN)
