"""Creates a vault: one encrypted file, which only your passphrase or its recovery code opens.

The recovery code is shown once, on the terminal. Write it down and keep it somewhere safe and offline.

With --key-file, a second factor, the vault opens only with the passphrase and that file. It must never change: keep a
copy. If it is missing, it is created with random content.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.api.errors import VaultExistsError
from smtui.cli import new_passphrase, output, passphrase_change, recovery_code, unlocking
from smtui.cli.exit_codes import Exit
from smtui.cli.parser import parse_account

if TYPE_CHECKING:
    from smtui.backends.key_files import KeyFile

EXAMPLE = "smtui init\nsmtui init --vault team.vault --words\nsmtui init --key-file /media/stick/team.key"


def declare(parser: argparse.ArgumentParser) -> None:
    new_passphrase.declare(parser)
    parser.add_argument("--account-id", metavar="DIGITS", type=parse_account, default="000000000000",
                        help="account ID for its ARNs (default: 000000000000)")
    passphrase_change.declare_cost(parser, "64")
    recovery_code.declare(parser)


def run(args: argparse.Namespace) -> Exit:
    from smtui.backends.opening import create_vault

    path = unlocking.get_vault_path(args)
    _refuse_existing(path)
    with new_passphrase.read_new_passphrase(args, unlocking.read_given_passphrase) as passphrase, \
            _read_key_file(args, path) as key_file:
        made = create_vault(path, passphrase, key_file=key_file, kdf_memory=args.kdf_memory or 64,
                            account_id=args.account_id, region_name=args.region or "us-east-1")
    with unlocking.report_and_close(made, args) as vault:
        output.write_line(f"{vault.path}: created for account {vault.account_id} in {vault.region_name}")
        recovery_code.show_recovery_code(vault, args)
    return Exit.DONE


@contextmanager
def _read_key_file(args: argparse.Namespace, path: Path) -> Iterator[KeyFile | None]:
    """The key file that the options or $SMTUI_KEY_FILE name, created if there is none. Raises SmtuiError."""
    given = unlocking.find_key_file(args)
    if given is None:
        yield None
        return
    passphrase_change.create_if_missing(given)
    loaded = unlocking.load_key_file(given, path)
    try:
        yield loaded
    finally:
        loaded.wipe()


def _refuse_existing(path: Path) -> None:
    """Refuses before the user thinks of a passphrase. Raises VaultExistsError."""
    if path.exists() or path.is_symlink():
        raise VaultExistsError(f"{path} already exists.", hint="Choose another path: --vault PATH or $SMTUI_VAULT.")

