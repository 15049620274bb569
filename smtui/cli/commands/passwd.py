"""Changes the passphrase. The file is sealed anew, with new keys and a new recovery code; the old ones open nothing
any more, except in copies made before. No other program may have the vault open meanwhile.
"""

from __future__ import annotations

import argparse

from smtui.backends import stored_key
from smtui.cli import diagnostics, new_passphrase, output
from smtui.cli.exit_codes import Exit
from smtui.cli.recovery_code import declare_printing, hand_over
from smtui.cli.unlocking import opened

EXAMPLE = "smtui passwd"


def declare(parser: argparse.ArgumentParser) -> None:
    new_passphrase.declare(parser)
    new_passphrase.declare_descriptor(parser)
    declare_printing(parser)


def run(args: argparse.Namespace) -> Exit:
    with opened(args) as vault:
        with stored_key.kept_up(vault), new_passphrase.chosen(args) as passphrase:
            vault.maintenance.change_passphrase(passphrase)
        output.line(f"{vault.path}: passphrase changed")
        for copy in vault.maintenance.list_format_backups():
            diagnostics.warn(f"{copy} still opens with the old passphrase.", "remove it if you no longer need it.")
        hand_over(vault, args)
    return Exit.DONE
