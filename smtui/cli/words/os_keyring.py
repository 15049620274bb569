"""Lets the keyring of your operating system unlock this vault: `store` puts a key there, `forget` takes it away.

Whoever can use your unlocked session can then open the vault without the passphrase.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

from smtui.cli import output, unlocking
from smtui.cli.exits import Exit

EXAMPLE = "smtui keyring store"
ACTIONS = ("store", "forget", "status")


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=ACTIONS)


def run(args: argparse.Namespace) -> Exit:
    return {"store": _store, "forget": _forget, "status": _status}[args.action](args)


def _store(args: argparse.Namespace) -> Exit:
    from smtui.backends import keyring_store

    with unlocking.opened(args) as vault:
        keyring_store.store(vault.path, vault.unlock_key())
    _opt_in(True)
    output.line(f"{vault.path}: the OS keyring unlocks it from now on")
    return Exit.DONE


def _forget(args: argparse.Namespace) -> Exit:
    from smtui.backends import keyring_store

    path = unlocking.vault_path(args)
    keyring_store.forget(path)
    _opt_in(False)
    output.line(f"{path}: the OS keyring does not unlock it any more")
    return Exit.DONE


def _status(args: argparse.Namespace) -> Exit:
    from smtui.backends import keyring_store
    from smtui.config import load_settings

    path = unlocking.vault_path(args)
    held = load_settings().keyring and keyring_store.load(path) is not None
    output.line(f"{path}: the OS keyring {'unlocks it' if held else 'does not unlock it'}")
    return Exit.DONE


def _opt_in(wanted: bool) -> None:
    """The keyring is asked at all only where a setting says so: looking there is slow, and can open a dialog."""
    from smtui.config import load_settings, save_settings

    settings = load_settings()
    if settings.keyring != wanted:
        save_settings(replace(settings, keyring=wanted))
