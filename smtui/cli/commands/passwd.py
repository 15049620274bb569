"""Changes the passphrase. The vault is re-encrypted with new keys and gets a new recovery code. The old passphrase and
code open only older copies. No other program may have the vault open.
"""

from __future__ import annotations

import argparse

from smtui.backends import stored_key
from smtui.cli import diagnostics, new_passphrase, output, recovery_code
from smtui.cli.exit_codes import Exit
from smtui.cli.unlocking import open_for

EXAMPLE = "smtui passwd"


def declare(parser: argparse.ArgumentParser) -> None:
    new_passphrase.declare(parser)
    new_passphrase.declare_descriptor(parser)
    recovery_code.declare(parser)


def run(args: argparse.Namespace) -> Exit:
    with open_for(args) as vault:
        with stored_key.update_after_change(vault), new_passphrase.read_new_passphrase(args) as passphrase:
            vault.maintenance.change_passphrase(passphrase)
        output.write_line(f"{vault.path}: passphrase changed")
        for copy in vault.maintenance.list_format_backups():
            diagnostics.warn(f"{copy} still opens with the old passphrase.", "delete it if you no longer need it.")
        recovery_code.show_recovery_code(vault, args)
    return Exit.DONE
