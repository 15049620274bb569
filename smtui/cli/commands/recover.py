"""Opens a vault with its recovery code, and sets a new passphrase.

A new recovery code is shown, once; the old one is void.
"""

from __future__ import annotations

import argparse

from smtui.backends import stored_key
from smtui.cli import new_passphrase, output, terminal, unlocking
from smtui.cli.exit_codes import CannotUnlockError, Exit
from smtui.cli.recovery_code import declare_printing, hand_over
from smtui.cli.terminal import NoTerminalError

EXAMPLE = "smtui recover --vault team.vault"
WAYS = "Run this in a terminal, or give the code by --recovery-code-fd N."


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--recovery-code-fd", metavar="N", type=int, help="read the code from file descriptor N")
    new_passphrase.declare(parser)
    new_passphrase.declare_descriptor(parser)
    declare_printing(parser)


def run(args: argparse.Namespace) -> Exit:
    from smtui.backends.opening import open_vault

    path = unlocking.vault_path(args)
    unlocking.examine(path, recovery_code="")
    code = _code(args.recovery_code_fd).decode("utf-8", "replace").strip()
    with unlocking.closing(open_vault(path, recovery_code=code), args) as vault:
        with stored_key.kept_up(vault), new_passphrase.chosen(args) as passphrase:
            vault.maintenance.change_passphrase(passphrase)
        output.line(f"{vault.path}: passphrase changed")
        hand_over(vault, args)
    return Exit.DONE


def _code(descriptor: int | None) -> bytearray:
    if descriptor is not None:
        return unlocking.line_of(descriptor, "--recovery-code-fd")
    try:
        return terminal.ask("Recovery code: ")
    except NoTerminalError:
        raise CannotUnlockError("There is no terminal to ask for the recovery code.", hint=WAYS) from None
