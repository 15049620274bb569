"""Opens a vault with its recovery code and sets a new passphrase.

A new recovery code is shown once; the old one no longer works.
"""

from __future__ import annotations

import argparse

from smtui.backends import stored_key
from smtui.cli import new_passphrase, output, recovery_code, terminal, unlocking
from smtui.cli.exit_codes import CannotUnlockError, Exit
from smtui.cli.terminal import NoTerminalError

EXAMPLE = "smtui recover --vault team.vault"
TERMINAL_HINT = "Run this in a terminal, or use --recovery-code-fd N."


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--recovery-code-fd", metavar="N", type=int, help="read the code from file descriptor N")
    new_passphrase.declare(parser)
    new_passphrase.declare_descriptor(parser)
    recovery_code.declare(parser)


def run(args: argparse.Namespace) -> Exit:
    from smtui.backends.opening import open_vault

    path = unlocking.get_vault_path(args)
    unlocking.check_file(path, recovery_code="")
    code = _read_code(args.recovery_code_fd).decode("utf-8", "replace").strip()
    with unlocking.report_and_close(open_vault(path, recovery_code=code), args) as vault:
        with stored_key.update_after_change(vault), new_passphrase.read_new_passphrase(args) as passphrase:
            vault.maintenance.change_passphrase(passphrase)
        output.write_line(f"{vault.path}: passphrase changed")
        recovery_code.show_recovery_code(vault, args)
    return Exit.DONE


def _read_code(descriptor: int | None) -> bytearray:
    if descriptor is not None:
        return unlocking.read_line(descriptor, "--recovery-code-fd")
    try:
        return terminal.ask("Recovery code: ")
    except NoTerminalError:
        raise CannotUnlockError("There is no terminal to prompt for the recovery code.", hint=TERMINAL_HINT) from None
