"""Makes a vault: one encrypted file, which only your passphrase or its recovery code opens.

The recovery code is shown once, on the terminal. Write it down and keep it apart from this machine.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from smtui.api.errors import VaultExistsError
from smtui.cli import new_passphrase, output, unlocking
from smtui.cli.exit_codes import Exit
from smtui.cli.parser import account
from smtui.cli.recovery_code import declare_printing, hand_over

EXAMPLE = "smtui init\nsmtui init --vault team.vault --words"


def declare(parser: argparse.ArgumentParser) -> None:
    new_passphrase.declare(parser)
    parser.add_argument("--account-id", metavar="DIGITS", type=account, default="000000000000",
                        help="the account in its ARNs (default: 000000000000)")
    declare_printing(parser)


def run(args: argparse.Namespace) -> Exit:
    from smtui.backends.opening import create_vault

    path = unlocking.vault_path(args)
    _refuse_existing(path)
    with new_passphrase.chosen(args, unlocking.given) as passphrase:
        made = create_vault(path, passphrase, account_id=args.account_id, region_name=args.region or "us-east-1")
    with unlocking.closing(made, args) as vault:
        output.line(f"{vault.path}: made, for account {vault.account_id} in {vault.region_name}")
        hand_over(vault, args)
    return Exit.DONE


def _refuse_existing(path: Path) -> None:
    """Before anybody has thought of a passphrase."""
    if path.exists() or path.is_symlink():
        raise VaultExistsError(f"There is a file already: {path}.", hint="Another place: --vault PATH or $SMTUI_VAULT.")

