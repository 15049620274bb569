"""The agent: keeps one vault unlocked, for programs of its user on a Unix socket and for AWS SDKs.

It is a process of its own or a part of the screens. `agent_controls` says which requests it answers besides calls.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING, Any

from smtui.api.errors import SmtuiError
from smtui.protocol.http_server import Log
from smtui.server.agent_controls import list_controls
from smtui.server.agent_listener import AgentListener, AgentRunningError
from smtui.server.agent_server import AgentServer
from smtui.server.endpoint_host import EndpointHost
from smtui.server.file_check import FileChecker
from smtui.server.peer import Peer
from smtui.server.restrictions import Restrictions
from smtui.server.rotation_worker import RotationWorker
from smtui.server.shared_vault import SharedVault

if TYPE_CHECKING:
    from smtui.backends.local import Vault

TICK_SECONDS = 1.0
REPLACED = "Another agent has taken its place."


class Agent(EndpointHost):
    """Keeps a vault unlocked until its time is over, and serves it.

    Args:
        shared: the vault.
        restrictions: what is refused to everybody.
        permits: decides whether a process may call on the Unix socket.
        log: called after each HTTP request.
    """

    def __init__(
        self, shared: SharedVault, restrictions: Restrictions = Restrictions(), *,  # noqa: B008
        permits: Callable[[Peer], bool] = lambda _: True, log: Log = lambda *_: None,
    ) -> None:
        super().__init__(shared, restrictions, log)
        self._permits = permits
        self._controls = list_controls(self, self.count_calls)
        self._rotations = RotationWorker(shared)
        self._listener: AgentListener | None = None
        self._server: AgentServer | None = None

    def start(self, vault: Vault, *, with_socket: bool = True, with_check: bool = True) -> None:
        """Starts the Unix socket, the clock and the check of the file.

        Raises AgentRunningError, AgentUnavailableError, OSError.
        """
        if with_socket:
            self._listener = AgentListener(self.shared.path)
            self._server = AgentServer(
                self._listener.line, self.shared, self.restrictions, self._controls, self._permits, self.requests)
            self._server.start()
        self._rotations.start(vault)
        if with_check:
            FileChecker(self.shared).start(vault)
        Thread(target=self._tick, daemon=True, name="smtui-clock").start()

    def close(self) -> None:
        """Ends endpoints and connections, locks the vault and removes the socket."""
        self.ended.set()
        self._rotations.close()
        self.close_endpoints()
        if self._server is not None:
            self._server.close()
        if self._listener is not None:
            self._listener.close()
        self.shared.lock("The agent ended.")

    def _tick(self) -> None:
        while not self.ended.wait(TICK_SECONDS):
            self.shared.enforce_limits()
            self._rotations.look_for_due()
            if self._listener is not None and not self._listener.is_in_place():
                self._restore_socket()

    def _restore_socket(self) -> None:
        """Makes the agent reachable again: an agent that nobody can lock must not keep a vault unlocked."""
        assert self._listener is not None
        assert self._server is not None
        try:
            self._listener.restore()
        except AgentRunningError:
            self.shared.lock(REPLACED)
            self.ended.set()
        except (SmtuiError, OSError):
            return  # it is tried again at the next tick
        else:
            self._server.listen_at(self._listener.line)

    def request(self, control: str, **members: Any) -> dict[str, Any]:
        """Carries out a request from this process, such as `status`. Raises SmtuiError."""
        return self._controls[control](None, members)

    def count_calls(self) -> int:
        """The number of calls on the Unix socket."""
        return self._server.call_count if self._server else 0
