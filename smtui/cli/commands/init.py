"""Creates a vault: one encrypted file, which only your passphrase or its recovery code opens.

The recovery code is shown once, on the terminal. Write it down and keep it somewhere safe and offline.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from smtui.api.errors import VaultExistsError
from smtui.cli import new_passphrase, output, recovery_code, unlocking
from smtui.cli.exit_codes import Exit
from smtui.cli.parser import parse_account

EXAMPLE = "smtui init\nsmtui init --vault team.vault --words"


def declare(parser: argparse.ArgumentParser) -> None:
    new_passphrase.declare(parser)
    parser.add_argument("--account-id", metavar="DIGITS", type=parse_account, default="000000000000",
                        help="account ID in its ARNs (default: 000000000000)")
    recovery_code.declare(parser)


def run(args: argparse.Namespace) -> Exit:
    from smtui.backends.opening import create_vault

    path = unlocking.get_vault_path(args)
    _refuse_existing(path)
    with new_passphrase.read_new_passphrase(args, unlocking.read_given_passphrase) as passphrase:
        made = create_vault(path, passphrase, account_id=args.account_id, region_name=args.region or "us-east-1")
    with unlocking.report_and_close(made, args) as vault:
        output.write_line(f"{vault.path}: created for account {vault.account_id} in {vault.region_name}")
        recovery_code.show_recovery_code(vault, args)
    return Exit.DONE


def _refuse_existing(path: Path) -> None:
    """Refuses before the user thinks of a passphrase. Raises VaultExistsError."""
    if path.exists() or path.is_symlink():
        raise VaultExistsError(f"{path} already exists.", hint="Choose another path: --vault PATH or $SMTUI_VAULT.")

