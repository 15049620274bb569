"""Locks the vault of the running agent or endpoint: it wipes the keys, closes the file and answers "locked" from then
on. Without an agent there is nothing to lock.
"""

from __future__ import annotations

import argparse

from smtui.cli import agent_session, diagnostics, serving, unlocking
from smtui.cli.exit_codes import Exit

EXAMPLE = "smtui lock"


def declare(parser: argparse.ArgumentParser) -> None:
    """The command has no options of its own."""


def run(args: argparse.Namespace) -> Exit:
    serving.require_unix_sockets()
    vault = agent_session.find_agent_of(unlocking.get_vault_path(args))
    if vault is None:
        diagnostics.note("no agent is running for this vault, so nothing is unlocked.")
        return Exit.DONE
    with vault:
        vault.agent.request("lock")
    return Exit.DONE
