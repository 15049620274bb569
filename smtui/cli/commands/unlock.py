"""Unlocks the vault of the running agent or endpoint after a lock: asks for the passphrase and hands it over."""

from __future__ import annotations

import argparse

from smtui.cli import agent_session, serving
from smtui.cli.exit_codes import Exit

EXAMPLE = "smtui unlock"


def declare(parser: argparse.ArgumentParser) -> None:
    """The command has no options of its own."""


def run(args: argparse.Namespace) -> Exit:
    serving.require_unix_sockets()
    with agent_session.require_agent(args) as vault:
        agent_session.unlock_agent(vault, args)
    return Exit.DONE
