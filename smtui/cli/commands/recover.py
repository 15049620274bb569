"""Opens a vault with its recovery code and sets a new passphrase.

A new recovery code is shown once; the old one no longer works. The code opens the vault without its key file:
--key-file keeps the key file, --new-key-file replaces it, --no-key-file removes it.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.cli import passphrase_change, recovery_code, terminal, unlocking
from smtui.cli.exit_codes import CannotUnlockError, Exit
from smtui.cli.terminal import NoTerminalError, wipe

if TYPE_CHECKING:
    from smtui.backends.local import Vault

EXAMPLE = "smtui recover --vault team.vault"
TERMINAL_HINT = "Run this in a terminal, or use --recovery-code-fd N."


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--recovery-code-fd", metavar="N", type=int, help="read the code from file descriptor N")
    passphrase_change.declare(parser)


def run(args: argparse.Namespace) -> Exit:
    path = unlocking.get_vault_path(args)
    unlocking.check_file(path, recovery_code="")
    with unlocking.report_and_close(_open(path, args.recovery_code_fd), args) as vault:
        passphrase_change.change_passphrase(vault, args)
        recovery_code.show_recovery_code(vault, args)
    return Exit.DONE


def _open(path: Path, descriptor: int | None) -> Vault:
    """Opens the vault with the code of a descriptor; or prompts for it, again after a code that is refused."""
    if descriptor is not None:
        return _open_with(path, unlocking.read_line(descriptor, "--recovery-code-fd"))
    return unlocking.repeat_prompt(lambda: _open_with(path, _ask_for_code()))


def _open_with(path: Path, code: bytearray) -> Vault:
    """Opens the vault with a code, which is wiped."""
    from smtui.backends.opening import open_vault

    try:
        return open_vault(path, recovery_code=code.decode("utf-8", "replace").strip())
    finally:
        wipe(code)


def _ask_for_code() -> bytearray:
    try:
        return terminal.ask("Recovery code: ")
    except NoTerminalError:
        raise CannotUnlockError("There is no terminal to prompt for the recovery code.", hint=TERMINAL_HINT) from None
