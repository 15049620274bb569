"""An endpoint on a free port of this machine, with the system's clock, for SDKs that run in processes of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import smtui
from smtui.server.agent import Agent
from smtui.server.endpoint_environment import merge_environment
from smtui.server.shared_vault import LockLimits, SharedVault
from smtui.system.ambient import Ambient


@contextmanager
def serve(vault: smtui.Vault, callers: dict[str, str] | None = None) -> Iterator[tuple[Agent, dict[str, str]]]:
    """The agent that serves the vault, and the environment of a program that uses the endpoint as the owner."""
    agent = Agent(SharedVault(vault, lambda _: vault, LockLimits(), Ambient()))
    agent.start(vault, with_socket=False, with_check=False)
    endpoint = agent.start_endpoint(0, callers)  # type: ignore[arg-type]
    yield agent, merge_environment(dict(os.environ), agent.make_environment(endpoint))
    agent.close()
