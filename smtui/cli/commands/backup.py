"""Writes a complete, consistent copy of the vault, even while other programs change it. The same passphrase and
recovery code open the copy.
"""

from __future__ import annotations

import argparse

from smtui.cli import output
from smtui.cli.exit_codes import Exit
from smtui.cli.unlocking import open_for
from smtui.system.paths import expand_home

EXAMPLE = "smtui backup ~/backups/team-2026-11-24.vault"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="FILE", help="the copy to create")
    parser.add_argument("--force", action="store_true", help="replace an existing file")


def run(args: argparse.Namespace) -> Exit:
    target = expand_home(args.target)
    with open_for(args) as vault:
        vault.maintenance.backup(target, force=args.force)
    output.write_line(f"{target}: written")
    return Exit.DONE
