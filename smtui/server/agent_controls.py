"""The requests that an agent answers besides calls, by their names; on the socket, or from the same process.

- `status`: the state, the limits, the endpoints with their callers
- `requests`, `named_requests`: the last requests above a number, without and with the names of secrets
- `lock`; `unlock`, with the passphrase behind the line, and the digest of a key file behind that
- `serve`: an endpoint, which lasts as long as the connection; `stop_endpoint` ends it earlier
- `environment`: the variables of the endpoint that runs; `revoke`: refuses an access key from now on, and removes the
  caller if the vault stores it
- `stop`: ends the agent
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from smtui.api.errors import AccessDeniedException, SmtuiError
from smtui.backends.callers import VaultCaller
from smtui.backends.key_files import DIGEST_BYTES, KeyFile
from smtui.server import stored_callers
from smtui.server.agent_server import Control, Conversation
from smtui.server.restrictions import NO_CHANGES
from smtui.system import agent_socket

if TYPE_CHECKING:
    from smtui.server.endpoint_host import EndpointHost, RunningEndpoint

MAX_PASSPHRASE = 64 * 1024


def list_controls(agent: EndpointHost, count_calls: Callable[[], int]) -> dict[str, Control]:
    """What carries out each request, by its name. `count_calls` gives the number of calls on the Unix socket."""
    controls = AgentControls(agent, count_calls)
    return {
        "status": controls.describe, "lock": controls.lock, "unlock": controls.unlock,
        "serve": controls.serve, "environment": controls.find_environment, "stop": controls.stop,
        "requests": lambda _, request: controls.list_requests(request, with_names=False),
        "named_requests": lambda _, request: controls.list_requests(request, with_names=True),
        "stop_endpoint": controls.stop_endpoint, "revoke": controls.revoke,
    }


class AgentControls:
    """Carries out requests to an agent. Each raises SmtuiError, or ValueError for a request that is not valid."""

    def __init__(self, agent: EndpointHost, count_calls: Callable[[], int]) -> None:
        self._agent = agent
        self._count_calls = count_calls

    def describe(self, *_: object) -> dict[str, Any]:
        return describe_agent(self._agent, self._count_calls())

    def lock(self, *_: object) -> dict[str, Any]:
        self._agent.shared.lock()
        return self.describe()

    def unlock(self, conversation: Conversation | None, request: Mapping[str, Any]) -> dict[str, Any]:
        length = request.get("length")
        if conversation is None or not isinstance(length, int) or not 0 < length <= MAX_PASSPHRASE:
            raise ValueError("expected the length of a passphrase")
        passphrase = conversation.reader.read_bytes(length)
        digest = conversation.reader.read_bytes(DIGEST_BYTES) if request.get("has_key_file") is True else None
        key_file = KeyFile(digest) if digest is not None else None
        try:
            self._agent.shared.unlock(passphrase, key_file)
        finally:
            for each in (passphrase, digest or bytearray(), key_file.digest if key_file else bytearray()):
                each[:] = bytes(len(each))
        return self.describe()

    def serve(self, conversation: Conversation | None, request: Mapping[str, Any]) -> dict[str, Any]:
        endpoint = self._agent.start_endpoint(int(request["port"]), request.get("callers"))
        if conversation is not None:
            conversation.ends.append(lambda: self._agent.stop_endpoint(endpoint))
        return {"url": endpoint.url, "environment": self._agent.make_environment(endpoint)}

    def stop_endpoint(self, _: object, request: Mapping[str, Any]) -> dict[str, Any]:
        for each in list(self._agent.endpoints):
            if each.url == request.get("url"):
                self._agent.stop_endpoint(each)
        return self.describe()

    def find_environment(self, _: object, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._agent.find_environment(request.get("caller"))

    def list_requests(self, request: Mapping[str, Any], *, with_names: bool) -> dict[str, Any]:
        above = request.get("above", 0)
        if not isinstance(above, int):
            raise ValueError("expected the number of a request")
        return {"requests": self._agent.requests.list_entries(above, with_names=with_names)}

    def revoke(self, _: object, request: Mapping[str, Any]) -> dict[str, Any]:
        key = str(request.get("access_key_id"))
        results = [each.callers.revoke(key) for each in list(self._agent.endpoints)]
        revoked = any(results)
        if not revoked and self._agent.restrictions.read_only:
            raise AccessDeniedException(NO_CHANGES)
        return {"revoked": revoked or stored_callers.remove_by_key(self._agent.shared, key)}

    def stop(self, *_: object) -> dict[str, Any]:
        self._agent.ended.set()
        return {}


def describe_agent(agent: EndpointHost, calls: int) -> dict[str, Any]:
    """The status of an agent, for `smtui agent status --json`: no secret, no name of one."""
    left = agent.shared.count_seconds_left()
    done, refused = agent.count_outcomes()
    return {
        "pid": os.getpid(), "vault": str(agent.shared.path),
        "socket": agent_socket.get_socket_path(str(agent.shared.path)) if agent_socket.IS_SUPPORTED else None,
        "locked": agent.shared.is_locked,
        "lock_reason": agent.shared.lock_reason, "seconds_left": None if left is None else round(left),
        "read_only": agent.restrictions.read_only, "only": agent.restrictions.prefix,
        "region": agent.shared.region_name, "calls": calls,
        "requests_done": done, "requests_refused": refused,
        "endpoints": [_describe_endpoint(agent, each) for each in list(agent.endpoints)],
    }


def _list_stored(agent: EndpointHost) -> list[VaultCaller]:
    """The callers that the vault stores; none while it is locked or busy."""
    try:
        return stored_callers.list_all(agent.shared)
    except SmtuiError:
        return []


def _describe_endpoint(agent: EndpointHost, endpoint: RunningEndpoint) -> dict[str, Any]:
    names = {id(each): name for name, each in endpoint.callers.named.items()}
    callers = [
        {"name": names.get(id(each), ""), "arn": each.arn, "identity": each.identity, "is_stored": False,
         "access_key_id": each.keys.access_key_id,
         "requests": agent.count_requests(*{each.arn, each.as_token_holder.arn})}
        for each in endpoint.callers.all
    ] + [
        {"name": each.name, "arn": each.arn, "identity": each.identity, "is_stored": True,
         "access_key_id": each.access_key_id, "requests": agent.count_requests(each.arn)}
        for each in _list_stored(agent)
    ]
    return {"url": endpoint.url, "connections": endpoint.server.count_connections(), "callers": callers}
