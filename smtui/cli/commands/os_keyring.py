"""Lets the keyring of your operating system unlock this vault: `store` saves the vault's key there, `forget` removes
it, `status` shows whether it is there.

Anyone who can use your unlocked session can then open the vault without the passphrase.
"""

from __future__ import annotations

import argparse

from smtui.backends import stored_key
from smtui.cli import output, unlocking
from smtui.cli.exit_codes import Exit

EXAMPLE = "smtui keyring store"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", metavar="store|forget|status", choices=("store", "forget", "status"))


def run(args: argparse.Namespace) -> Exit:
    path = unlocking.get_vault_path(args)
    unlocking.check_file(path)
    if args.action == "store":
        with unlocking.open_for(args) as vault:
            output.write_line(f"{path}: unlocked by {stored_key.store(vault)} from now on")
    elif args.action == "forget":
        output.write_line(f"{path}: {'removed from the keyring' if stored_key.forget(path) else 'not in the keyring'}")
    else:
        known = stored_key.load(path) is not None
        output.write_line(f"{path}: {'unlocked by the keyring' if known else 'not unlocked by the keyring'}")
    return Exit.DONE
