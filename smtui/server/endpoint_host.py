"""The endpoints of one vault: starts and stops them, knows their callers, and counts their requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock

from smtui.api.errors import SmtuiError
from smtui.protocol.http_server import HttpServer, Log, list_hosts, open_listeners
from smtui.protocol.limits import ServerLimits
from smtui.protocol.messages import HttpRequest, HttpResponse
from smtui.server import stored_callers
from smtui.server.credentials import CallerRegistry, IdentityPolicy
from smtui.server.endpoint import Endpoint
from smtui.server.endpoint_environment import make_environment
from smtui.server.request_log import DONE, RequestLog
from smtui.server.restrictions import Restrictions
from smtui.server.shared_vault import SharedVault

MAX_CLIENT = 256


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


class EndpointHost:
    """Serves a vault at endpoints until `close_endpoints`.

    Args:
        shared: the vault.
        restrictions: what is refused to everybody.
        log: called after each HTTP request.
    """

    def __init__(self, shared: SharedVault, restrictions: Restrictions, log: Log) -> None:
        self.shared = shared
        self.restrictions = restrictions
        self.endpoints: list[RunningEndpoint] = []
        self.requests = RequestLog(shared.ambient, lambda: not shared.is_locked)
        self.ended = Event()
        """Set once somebody asks the process to end."""
        self._log = log
        self._outcomes: Counter[str] = Counter()
        self._by_caller: Counter[str] = Counter()
        self._lock = Lock()
        shared.on_lock.append(self._forget)

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
        """The environment variables for a program that uses the endpoint. Raises EndpointError, SmtuiError."""
        found = endpoint.callers.find(caller)
        if found is None and caller is not None:
            found = stored_callers.find_by_name(self.shared, caller)
        if found is None:
            raise EndpointError(f"The endpoint has no caller {caller}.")
        return make_environment(endpoint.server.port, self.shared.region_name, found.keys)

    def find_environment(self, caller: str | None = None) -> dict[str, str]:
        """The environment variables of the endpoint that runs. Raises EndpointError, SmtuiError."""
        if not self.endpoints:
            raise EndpointError("No endpoint is running for this vault.")
        return self.make_environment(self.endpoints[0], caller)

    # Counts

    def count_outcomes(self) -> tuple[int, int]:
        """The number of HTTP requests that were carried out, and of those that were refused."""
        with self._lock:
            return self._outcomes["done"], self._outcomes["refused"]

    def count_requests(self, *callers: str) -> int:
        """The number of HTTP requests of these callers, by ARN."""
        with self._lock:
            return sum(self._by_caller[each] for each in callers)

    def _record(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        outcome = response.error_code or DONE
        with self._lock:
            self._outcomes["done" if outcome == DONE else "refused"] += 1
            self._by_caller[response.caller] += 1
        client = f"{request.source} {request.find_header('user-agent')}".rstrip()
        self.requests.record(caller=response.caller, client=client[:MAX_CLIENT], operation=response.label,
                             outcome=outcome, seconds=seconds, secret=response.secret)
        self._log(request, response, seconds)

    def _forget(self) -> None:
        self.requests.forget_names()
        for endpoint in list(self.endpoints):
            endpoint.server.close_idle()

    def close_endpoints(self) -> None:
        for endpoint in list(self.endpoints):
            self.stop_endpoint(endpoint)
