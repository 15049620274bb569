"""The agent of a session's vault, as the screens use it: one that was started here, or one of another process.

One that was started here is a part of this process, on a connection of its own to the session's vault. It ends with
the session. An endpoint that was started here in the agent of another process ends with the session too.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from smtui.api.errors import SmtuiError, VaultMissingError
from smtui.system import agent_socket

if TYPE_CHECKING:
    from smtui.backends.agent_client import AgentClient
    from smtui.backends.local import Vault
    from smtui.server.agent import Agent

WAIT_SECONDS = 5.0
"""Seconds to wait for an answer of another process: the screens must go on if that process is stopped."""
NO_AGENT = "No agent is running for this vault."
LOCKED_ELSEWHERE = "The agent of another process is locked. smtui unlock unlocks it."
LOCKED_HERE = "It was locked on this screen."


class AgentAccess:
    """Starts, watches and ends the agent of a vault. Its methods run in the vault's thread, and raise SmtuiError.

    Args:
        vault: the open vault of the session.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._own: Agent | None = None
        self._line: AgentClient | None = None
        self._served: list[AgentClient] = []
        """The connections that keep endpoints of another process's agent running."""

    @property
    def is_here(self) -> bool:
        """Whether an agent runs in this process."""
        return self._own is not None

    @property
    def is_in_use(self) -> bool:
        """Whether there is something that `close` ends."""
        return self._own is not None or self._line is not None or bool(self._served)

    def read_status(self) -> dict[str, Any] | None:
        """The status of the agent, see `agent_controls.describe_agent`, with `here`; None if there is none."""
        self._drop_ended()
        if self._own is None and not self._connect():
            return None
        try:
            return {**self._request("status"), "here": self._own is not None}
        except VaultMissingError:
            return None

    def list_requests(self, above: int, *, with_names: bool) -> list[dict[str, Any]]:
        """The last requests with a number above this one, oldest first."""
        control = "named_requests" if with_names else "requests"
        found: list[dict[str, Any]] = self._request(control, above=above)["requests"]
        return found

    def start(self, *, read_only: bool) -> str:
        """Starts an endpoint, and an agent here if none is running. Unlocks the agent that runs here.

        Args:
            read_only: whether an agent that is started refuses changes.

        Returns:
            The URL of the endpoint.
        """
        status = self.read_status()
        if status is None:
            self._start_agent(read_only=read_only)
        elif status["locked"]:
            self._unlock_own()
        found: list[dict[str, Any]] = status["endpoints"] if status is not None else []
        return str(found[0]["url"]) if found else self._start_endpoint()

    def lock(self) -> None:
        """Locks the vault of the agent; it answers that it is locked."""
        if self._own is not None:
            self._own.shared.lock(LOCKED_HERE)
        else:
            self._request("lock")

    def stop_endpoint(self, url: str) -> None:
        self._request("stop_endpoint", url=url)

    def stop_agent(self) -> None:
        """Ends the agent with its endpoints."""
        if self._own is None:
            self._request("stop")
        self.close()

    def revoke(self, access_key_id: str) -> bool:
        """Refuses an access key from now on. Returns whether somebody had it."""
        return bool(self._request("revoke", access_key_id=access_key_id)["revoked"])

    def find_environment(self, caller: str | None) -> dict[str, str]:
        """The environment variables for a program that uses the endpoint as a caller, by default the owner."""
        return self._request("environment", caller=caller)

    def close(self) -> bool:
        """Ends what was started here. Returns whether an endpoint was among it."""
        own, self._own = self._own, None
        served = bool(self._served or (own is not None and own.endpoints))
        for line in (*self._served, *([self._line] if self._line is not None else ())):
            line.close()
        self._served, self._line = [], None
        if own is not None:
            own.close()
        return served

    def _drop_ended(self) -> None:
        """Ends the agent here if somebody has asked it to stop."""
        if self._own is not None and self._own.ended.is_set():
            self.close()

    def _start_agent(self, *, read_only: bool) -> None:
        from smtui.server.agent import Agent
        from smtui.server.restrictions import Restrictions
        from smtui.server.shared_vault import LockLimits, SharedVault, reopen_vault
        from smtui.system.ambient import Ambient

        path, opened = self._vault.path, self._vault.reopen()
        shared = SharedVault(opened, partial(reopen_vault, path), LockLimits(), Ambient())
        agent = Agent(shared, Restrictions(read_only=read_only))
        try:
            agent.start(opened, with_socket=agent_socket.IS_SUPPORTED, with_check=False)  # the session checks
        except OSError as error:
            agent.close()
            raise SmtuiError(f"The agent cannot be started: {error.strerror}.") from None
        except BaseException:
            agent.close()
            raise
        self._own = agent

    def _unlock_own(self) -> None:
        if self._own is None:
            raise SmtuiError(LOCKED_ELSEWHERE)
        self._own.shared.unlock_with(self._vault.reopen())

    def _start_endpoint(self) -> str:
        from smtui.protocol.http_server import is_port_free
        from smtui.server.limits import PORT

        port = PORT if is_port_free(PORT) else 0
        if self._own is not None:
            return str(self._own.request("serve", port=port)["url"])
        from smtui.backends import agent_client

        line = agent_client.connect(self._vault.path)
        if line is None:
            raise SmtuiError(NO_AGENT)
        line.limit_wait(WAIT_SECONDS)
        self._served.append(line)
        return str(line.request("serve", port=port)["url"])

    # Requests

    def _connect(self) -> bool:
        """Connects to the agent of another process; whether there is one."""
        from smtui.backends import agent_client

        if self._line is None:
            self._line = agent_client.connect(self._vault.path)
            if self._line is not None:
                self._line.limit_wait(WAIT_SECONDS)
        return self._line is not None

    def _request(self, control: str, **members: Any) -> dict[str, Any]:
        if self._own is not None:
            return self._own.request(control, **members)
        if not self._connect() or self._line is None:
            raise SmtuiError(NO_AGENT)
        try:
            return self._line.request(control, **members)
        except VaultMissingError:
            with suppress(OSError):
                self._line.close()
            self._line = None
            raise
