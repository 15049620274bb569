"""The agent: a process that keeps one vault unlocked, for programs of its user on a Unix socket and for AWS SDKs.

It answers these requests on its socket besides calls: `status`, `lock`, `unlock` (with the passphrase behind the line,
and the digest of a key file behind that), `serve` (an endpoint until the connection ends), `environment` (of the
endpoint that runs) and `stop`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from smtui.api.errors import SmtuiError
from smtui.backends.key_files import DIGEST_BYTES, KeyFile
from smtui.server.agent_listener import AgentListener
from smtui.server.agent_server import AgentServer, Control, Conversation
from smtui.server.credentials import CallerRegistry, IdentityPolicy
from smtui.server.endpoint import Endpoint
from smtui.server.endpoint_environment import make_environment
from smtui.server.http_server import HttpServer, Log, list_hosts, open_listeners
from smtui.server.limits import ServerLimits
from smtui.server.messages import HttpRequest, HttpResponse
from smtui.server.peer import Peer
from smtui.server.restrictions import Restrictions
from smtui.server.rotation_worker import RotationWorker
from smtui.server.shared_vault import SharedVault

if TYPE_CHECKING:
    from smtui.backends.local import Vault

TICK_SECONDS = 1.0
MAX_PASSPHRASE = 64 * 1024


class EndpointError(SmtuiError):
    """There is no endpoint, or it cannot be started; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class RunningEndpoint:
    """An endpoint with its callers."""

    server: HttpServer
    callers: CallerRegistry

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"


class Agent:
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
        self.shared = shared
        self.restrictions = restrictions
        self.endpoints: list[RunningEndpoint] = []
        self.ended = Event()
        self._permits = permits
        self._log = log
        self._outcomes: Counter[str] = Counter()
        self._lock = Lock()
        self._rotations = RotationWorker(shared)
        self._listener: AgentListener | None = None
        self._server: AgentServer | None = None
        shared.on_lock.append(self._close_idle)

    def start(self, vault: Vault, *, with_socket: bool = True) -> None:
        """Starts the Unix socket and the clock. Raises AgentRunningError, AgentUnavailableError, OSError."""
        if with_socket:
            self._listener = AgentListener(self.shared.path)
            self._server = AgentServer(
                self._listener.line, self.shared, self.restrictions, self._list_controls(), self._permits)
            self._server.start()
        self._rotations.start(vault)
        Thread(target=self._tick, daemon=True, name="smtui-clock").start()

    def close(self) -> None:
        """Ends endpoints and connections, locks the vault and removes the socket."""
        self.ended.set()
        self._rotations.close()
        for endpoint in list(self.endpoints):
            self.stop_endpoint(endpoint)
        if self._server is not None:
            self._server.close()
        if self._listener is not None:
            self._listener.close()
        self.shared.lock("The agent ended.")

    def _tick(self) -> None:
        while not self.ended.wait(TICK_SECONDS):
            self.shared.enforce_limits()
            self._rotations.look_for_due()

    # The endpoint

    def start_endpoint(self, port: int, callers: Mapping[str, IdentityPolicy] | None = None) -> RunningEndpoint:
        """Starts an endpoint with new key pairs. `port` 0 is a free one. Raises EndpointError."""
        try:
            listeners = open_listeners(port)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or "it is not a valid number"
            raise EndpointError(f"Port {port} cannot be used: {reason}.") from None
        registry = CallerRegistry(self.shared.ambient, self.shared.account_id, callers)
        hosts = list_hosts(listeners[0].getsockname()[1])
        endpoint = Endpoint(self.shared, registry, self.restrictions, hosts)
        server = HttpServer(listeners, endpoint.answer, ServerLimits(), self.shared.ambient, self._record)
        running = RunningEndpoint(server, registry)
        self.endpoints.append(running)
        server.start()
        return running

    def stop_endpoint(self, endpoint: RunningEndpoint) -> None:
        with suppress(ValueError):
            self.endpoints.remove(endpoint)
        endpoint.server.close()

    def make_environment(self, endpoint: RunningEndpoint, caller: str | None = None) -> dict[str, str]:
        """The environment variables for a program that uses the endpoint. Raises EndpointError."""
        found = endpoint.callers.find(caller)
        if found is None:
            raise EndpointError(f"The endpoint has no caller {caller}.")
        return make_environment(endpoint.server.port, self.shared.region_name, found.keys)

    def _record(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        with self._lock:
            self._outcomes["done" if response.status == 200 else "refused"] += 1
        self._log(request, response, seconds)

    def _close_idle(self) -> None:
        for endpoint in self.endpoints:
            endpoint.server.close_idle()

    # Requests to the agent

    def _list_controls(self) -> dict[str, Control]:
        return {
            "status": lambda *_: self.describe(), "lock": self._lock_vault, "unlock": self._unlock,
            "serve": self._serve, "environment": self._find_environment, "stop": self._stop,
        }

    def describe(self) -> dict[str, Any]:
        """The status of the agent, for `smtui agent status --json`."""
        left = self.shared.count_seconds_left()
        with self._lock:
            outcomes = dict(self._outcomes)
        return {
            "pid": os.getpid(), "vault": str(self.shared.path), "locked": self.shared.is_locked,
            "lock_reason": self.shared.lock_reason, "seconds_left": None if left is None else round(left),
            "read_only": self.restrictions.read_only, "only": self.restrictions.prefix,
            "region": self.shared.region_name,
            "calls": self._server.call_count if self._server else 0,
            "requests_done": outcomes.get("done", 0), "requests_refused": outcomes.get("refused", 0),
            "endpoints": [{"url": each.url, "connections": each.server.count_connections(),
                           "callers": sorted(each.callers.named)} for each in self.endpoints],
        }

    def _lock_vault(self, *_: object) -> dict[str, Any]:
        self.shared.lock()
        return self.describe()

    def _unlock(self, conversation: Conversation, request: Mapping[str, Any]) -> dict[str, Any]:
        length = request.get("length")
        if not isinstance(length, int) or not 0 < length <= MAX_PASSPHRASE:
            raise ValueError("expected the length of a passphrase")
        passphrase = conversation.reader.read_bytes(length)
        digest = conversation.reader.read_bytes(DIGEST_BYTES) if request.get("has_key_file") is True else None
        key_file = KeyFile(digest) if digest is not None else None
        try:
            self.shared.unlock(passphrase, key_file)
        finally:
            for each in (passphrase, digest or bytearray(), key_file.digest if key_file else bytearray()):
                each[:] = bytes(len(each))
        return self.describe()

    def _serve(self, conversation: Conversation, request: Mapping[str, Any]) -> dict[str, Any]:
        endpoint = self.start_endpoint(int(request["port"]), request.get("callers"))
        conversation.ends.append(lambda: self.stop_endpoint(endpoint))
        return {"url": endpoint.url, "environment": self.make_environment(endpoint)}

    def _find_environment(self, _: Conversation, request: Mapping[str, Any]) -> dict[str, Any]:
        if not self.endpoints:
            raise EndpointError("No endpoint is running for this vault.")
        return self.make_environment(self.endpoints[0], request.get("caller"))

    def _stop(self, *_: object) -> dict[str, Any]:
        self.ended.set()
        return {}
