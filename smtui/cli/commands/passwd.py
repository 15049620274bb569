"""Changes the passphrase. The vault is re-encrypted with new keys and gets a new recovery code. The old passphrase and
code open only older copies. No other program may have the vault open.

With a key file, a second factor, the vault opens only with the passphrase and that file: --new-key-file adds or
replaces it, --no-key-file removes it. The recovery code needs no key file.
"""

from __future__ import annotations

import argparse

from smtui.cli import diagnostics, passphrase_change, recovery_code
from smtui.cli.exit_codes import Exit
from smtui.cli.unlocking import open_for

EXAMPLE = "smtui passwd\nsmtui passwd --new-key-file /media/stick/team.key --kdf-memory 256"


def declare(parser: argparse.ArgumentParser) -> None:
    passphrase_change.declare(parser)


def run(args: argparse.Namespace) -> Exit:
    with open_for(args) as vault:
        passphrase_change.change_passphrase(vault, args)
        for copy in vault.maintenance.list_format_backups():
            diagnostics.warn(f"{copy} still opens with the old passphrase.", "delete it if you no longer need it.")
        recovery_code.show_recovery_code(vault, args)
    return Exit.DONE
