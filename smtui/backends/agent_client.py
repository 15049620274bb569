"""The client of an agent: what commands need of a vault that another process of this user keeps unlocked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from smtui.api.errors import SmtuiError, VaultMissingError
from smtui.backends.socket_client import SocketClient
from smtui.rotation import rpc_codec
from smtui.system import agent_socket
from smtui.system.ambient import Ambient

if TYPE_CHECKING:
    import socket

    from smtui.api.types import Client


LOCK_SECONDS = 15.0
"""Seconds that `lock_agent` waits: an agent lets calls end first, but one that is stopped must not stop the screens."""


class AgentClient(SocketClient):
    """Calls an agent for one Region, and sends it requests."""

    no_answer = "The agent does not answer."

    def __init__(self, line: socket.socket, path: Path, region_name: str = "") -> None:
        super().__init__(region_name, path.absolute().as_uri(), line)

    def _build_call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        return {"operation": operation, "params": params, "region": self.meta.region_name or None}

    def request(self, control: str, **members: Any) -> dict[str, Any]:
        """Sends a request to the agent itself, such as `status`. Raises SmtuiError."""
        return self._exchange(rpc_codec.encode({"control": control, **members}))

    def limit_wait(self, seconds: float) -> None:
        """Gives up an answer after this time, for callers that an agent must not stop, whatever it does."""
        self._line.settimeout(seconds)

    def wait(self) -> None:
        """Waits until the agent ends the connection."""
        while self._answers.read(1):
            pass

    def unlock(self, passphrase: bytearray, key_digest: bytearray | None = None) -> dict[str, Any]:
        """Hands the passphrase over, and the SHA-256 of the key file if there is one; the caller wipes both.

        Raises WrongPassphraseError, KeyFileError, VaultError.
        """
        added = {} if key_digest is None else {"has_key_file": True}
        line = rpc_codec.encode({"control": "unlock", "length": len(passphrase), **added})
        message = bytearray(line) + passphrase + (key_digest or b"")
        try:
            return self._exchange(message)
        finally:
            message[:] = bytes(len(message))


class AgentVault:
    """The vault of an agent, as far as commands use it. Close it with `close()` or `with`.

    Args:
        path: the vault file.
        agent: a connection to its agent.
    """

    read_only = False
    notices = ()

    def __init__(self, path: Path, agent: AgentClient) -> None:
        self.path = path
        self.agent = agent
        self._clients: list[AgentClient] = []

    def client(self, *, region_name: str | None = None) -> Client:
        """A client for a Region, by default that of the vault. Raises VaultMissingError if the agent has ended."""
        made = connect(self.path, region_name or "")
        if made is None:
            raise VaultMissingError(AgentClient.no_answer)
        self._clients.append(made)
        return cast("Client", made)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Has no effect here: the agent commits the events of each request."""
        yield

    def now(self) -> datetime:
        return Ambient().now()

    def read_status(self) -> Mapping[str, Any]:
        """The status of the agent. Raises SmtuiError."""
        return self.agent.request("status")

    def close(self) -> None:
        for each in (self.agent, *self._clients):
            each.close()

    def __enter__(self) -> AgentVault:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(path: Path, region_name: str = "") -> AgentClient | None:
    """A connection to the agent of a vault file, or None if none is running."""
    line = agent_socket.connect(str(path))
    return None if line is None else AgentClient(line, path, region_name)


def lock_agent(path: Path) -> bool:
    """Locks the agent of a vault file. Returns whether one was running; one that does not answer counts as none."""
    agent = connect(path)
    if agent is None:
        return False
    agent.limit_wait(LOCK_SECONDS)
    try:
        agent.request("lock")
    except SmtuiError:
        return False
    finally:
        agent.close()
    return True
