"""Commands that need only a client use the agent of the vault if one is running: no passphrase, no key derivation.

Without an agent, and with `--no-agent`, `--read-only`, or a passphrase that was given for this one command, the file
is opened here.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from smtui.api.errors import VaultError, WrongPassphraseError
from smtui.backends import rotation_session
from smtui.cli import chosen_context, unlocking
from smtui.cli.exit_codes import CommandError, Exit, RefusedError
from smtui.cli.terminal import wipe
from smtui.system import agent_socket
from smtui.system.paths import is_taken

if TYPE_CHECKING:
    from smtui.api.context import Context
    from smtui.backends.agent_client import AgentVault
    from smtui.backends.key_files import KeyFile


class NoAgentError(CommandError):
    """No agent is running for the vault."""

    exit = Exit.REFUSED


@contextmanager
def open_for_client(args: argparse.Namespace) -> Iterator[Context]:
    """The context, for a command that uses nothing but its client: the agent's vault, or `unlocking.open_context_for`.

    Raises:
        SmtuiError: if neither can be used.
    """
    chosen = chosen_context.find_context(args)
    vault = None if chosen is not None and chosen.is_aws else find_agent(args)
    if vault is None:
        with unlocking.open_context_for(args) as opened:
            yield opened
        return
    with vault:
        unlock_agent(vault, args)
        yield cast("Context", vault)


def find_agent(args: argparse.Namespace) -> AgentVault | None:
    """The vault of the running agent, if the options and the context allow its use."""
    is_given = args.passphrase is not None or os.environ.get("SMTUI_PASSPHRASE_FILE")
    if args.no_agent or is_given:
        return None
    if rotation_session.is_rotation_function():
        return None  # it has a part of the vault, whatever an agent would give
    path = unlocking.get_vault_path(args)  # the context may make the command read-only
    return None if args.read_only else find_agent_of(path)


def find_agent_of(path: Path) -> AgentVault | None:
    """The vault of the agent that is running for a file; None where there are no agents."""
    if not agent_socket.IS_SUPPORTED or not is_taken(Path(agent_socket.get_socket_path(str(path)))):
        return None
    from smtui.backends import agent_client

    agent = agent_client.connect(path)
    return None if agent is None else agent_client.AgentVault(path, agent)


def require_agent(args: argparse.Namespace) -> AgentVault:
    """The vault of the running agent. Raises NoAgentError."""
    path = unlocking.get_vault_path(args)
    vault = find_agent_of(path)
    if vault is None:
        raise make_no_agent_error(path)
    return vault


def send_request(vault: AgentVault, control: str, **members: Any) -> dict[str, Any]:
    """Sends a request to the agent itself, such as `serve`. Raises RefusedError if the agent refuses, SmtuiError."""
    try:
        return vault.agent.request(control, **members)
    except VaultError as error:
        if type(error) is not VaultError:
            raise
        raise RefusedError(str(error), hint=error.hint) from None  # the vault has no part in that


def make_no_agent_error(path: Path) -> NoAgentError:
    return NoAgentError(f"No agent is running for {path}.", hint=HINT if agent_socket.IS_SUPPORTED else NO_SOCKETS)


HINT = "smtui agent or smtui serve starts one."
NO_SOCKETS = "Windows has no agent: it needs Unix sockets."


def unlock_agent(vault: AgentVault, args: argparse.Namespace) -> None:
    """Hands the passphrase to an agent that is locked. Raises SmtuiError."""
    if not vault.read_status()["locked"]:
        return
    given = unlocking.read_given_passphrase(args)
    with unlocking.read_key_file(vault.path, args) as key_file:
        if given is not None:
            _send_passphrase(vault, given, key_file)
        else:
            unlocking.repeat_prompt(
                lambda: _send_passphrase(vault, unlocking.ask_for_passphrase(vault.path), key_file))


def _send_passphrase(vault: AgentVault, passphrase: bytearray, key_file: KeyFile | None) -> None:
    """Sends a passphrase, which is wiped, and what a key file adds to it. Raises SmtuiError."""
    try:
        if not passphrase:
            raise WrongPassphraseError("The passphrase is empty.")
        vault.agent.unlock(passphrase, key_file.digest if key_file else None)
    finally:
        wipe(passphrase)
