"""Answers the connections on the Unix socket of an agent: calls of the vault's owner, and requests to the agent itself.

A connection carries lines of JSON. A call is `{"operation": ..., "params": ..., "region": ...}`, as a rotation function
sends it; a request to the agent is `{"control": ...}`, see `agent_controls`. The answer is `{"result": ...}` or
`{"error": ...}`. Only processes of this user are answered, and each event in the audit log names theirs.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, Condition, Event, Lock, Thread
from typing import Any

from smtui.api.arn import format_principal_arn
from smtui.api.boto_client import format_method_name
from smtui.api.errors import AccessDeniedException, ClientError, ParamValidationError, SmtuiError
from smtui.api.model import OPERATIONS
from smtui.backends.local import Caller
from smtui.backends.rotation_session import ONLY_ITS_OWN
from smtui.protocol.aws_json import find_secret
from smtui.rotation import rpc_codec
from smtui.server.clipboard_copy import ClipboardCopier
from smtui.server.command_variables import read_variables
from smtui.server.line_reader import LineReader, LineTooLongError
from smtui.server.peer import Peer, identify_peer
from smtui.server.request_log import DONE, RequestLog
from smtui.server.restrictions import Restrictions
from smtui.server.shared_vault import SharedVault

CONNECTIONS = 128
END_SECONDS = 2.0
"""Seconds that `close` waits for answers that are under way."""
RETRY_SECONDS = 0.1
"""Seconds until the next connection is accepted, if none could be."""
MAX_LINE_BYTES = 8 * rpc_codec.MAX_LINE_BYTES
"""The largest value may take six times as many bytes in JSON, and an import sends long ones."""
CONFIRMED = frozenset({"serve", "environment", "named_requests", "revoke"})
"""Requests to the agent that give access to secrets or their names, or change the vault, as calls do."""
VARIABLES = "variables"
"""The request for the variables of a command: `{"control": "variables", "targets": [...]}`."""
COPY = "copy"
"""The request to copy a value: `{"control": "copy", "target": ..., "environ": {...}}`, see `ClipboardCopier`."""
INTERNAL = "An error occurred in the agent."


class Conversation:
    """One connection: its peer, and what it still has to send. `ends` run when it is over."""

    def __init__(self, line: socket.socket, peer: Peer) -> None:
        self.peer = peer
        self.reader = LineReader(line, MAX_LINE_BYTES)
        self.ends: list[Callable[[], None]] = []


Control = Callable[[Conversation | None, Mapping[str, Any]], dict[str, Any]]
"""Carries out a request to the agent; without a conversation it comes from this process. Raises SmtuiError."""


class AgentServer:
    """Answers connections, each in a thread, until `close`.

    Args:
        listener: the listening socket.
        shared: the vault.
        restrictions: what is refused.
        controls: what carries out each request to the agent, by its name.
        permits: decides whether a process may call at all.
        requests: where calls are recorded.
    """

    def __init__(
        self, listener: socket.socket, shared: SharedVault, restrictions: Restrictions,
        controls: Mapping[str, Control], permits: Callable[[Peer], bool], requests: RequestLog,
    ) -> None:
        self._listener = listener
        self._shared = shared
        self._restrictions = restrictions
        self._controls = controls
        self._permits = permits
        self._requests = requests
        self._copier = ClipboardCopier()
        self._free = BoundedSemaphore(CONNECTIONS)
        self._changed = Condition(Lock())
        self._busy: set[socket.socket] = set()
        self._open: set[socket.socket] = set()
        self._closed = Event()
        self.call_count = 0

    def start(self) -> None:
        Thread(target=self._accept_all, daemon=True, name="smtui-agent-accept").start()

    def listen_at(self, listener: socket.socket) -> None:
        """Accepts connections on another socket from now on; the former one is closed."""
        former, self._listener = self._listener, listener
        _shut_down([former])
        former.close()

    def close(self) -> None:
        """Ends all connections, after the answers that are under way, such as that to the request to stop.

        The listening socket is closed by whoever opened it.
        """
        with self._changed:
            self._closed.set()
            _shut_down(self._open - self._busy)
            self._changed.wait_for(lambda: not self._busy, END_SECONDS)
            _shut_down(self._open)

    def _accept_all(self) -> None:
        while True:
            self._free.acquire()
            try:
                line, _ = self._listener.accept()
            except OSError:
                self._free.release()
                if self._closed.wait(RETRY_SECONDS) or self._listener.fileno() < 0:
                    return
                continue  # no descriptor was free, or the client has gone
            Thread(target=self._serve, args=(line,), daemon=True, name="smtui-agent").start()

    def _serve(self, line: socket.socket) -> None:
        with self._changed:
            self._open.add(line)
            is_closed = self._closed.is_set()
        try:
            peer = identify_peer(line)
            if peer.is_this_user and not is_closed:
                self._answer_all(line, peer)
        except (OSError, EOFError):
            pass
        finally:
            with self._changed:
                self._open.discard(line)
            line.close()
            self._free.release()

    def _answer_all(self, line: socket.socket, peer: Peer) -> None:
        conversation = Conversation(line, peer)
        try:
            while True:
                try:
                    request = conversation.reader.read_line()
                except LineTooLongError:
                    line.sendall(rpc_codec.encode_error("This call is too long."))
                    return
                if request is None:
                    return
                with self._mark_busy(line):
                    line.sendall(self._answer(conversation, request))
        finally:
            for end in reversed(conversation.ends):
                end()

    @contextmanager
    def _mark_busy(self, line: socket.socket) -> Iterator[None]:
        """While a request is answered on a connection. Raises EOFError if no more requests are."""
        with self._changed:
            if self._closed.is_set():
                raise EOFError
            self._busy.add(line)
        try:
            yield
        finally:
            with self._changed:
                self._busy.discard(line)
                self._changed.notify_all()

    def _answer(self, conversation: Conversation, line: bytes) -> bytes:
        """The line that answers a request."""
        try:
            request = rpc_codec.decode(line)
            name = str(request.get("control"))
            control = self._controls.get(name)
            if control is not None:
                if name in CONFIRMED:
                    self._require_permission(conversation.peer)
                return rpc_codec.encode({"result": control(conversation, request)})
            if name in (VARIABLES, COPY):
                answer = self._read_variables if name == VARIABLES else self._copy
                return rpc_codec.encode({"result": answer(request, conversation.peer)})
            return rpc_codec.encode({"result": self._call(request, conversation.peer)})
        except SmtuiError as error:
            return _encode_error(error)
        except OSError as error:
            return rpc_codec.encode_error(f"{error.strerror or INTERNAL}.", "OSError")
        except (ValueError, TypeError, OverflowError, RecursionError):
            return rpc_codec.encode_error("This is not a valid call.")
        except Exception:  # nothing about a fault of this program may reach the other side
            return rpc_codec.encode_error(INTERNAL, "InternalServiceError")

    def _require_permission(self, peer: Peer) -> None:
        """Raises AccessDeniedException."""
        if peer.is_rotation_function:
            raise AccessDeniedException(ONLY_ITS_OWN)
        if not self._permits(peer):
            raise AccessDeniedException(NOT_CONFIRMED)

    def _read_variables(self, request: Mapping[str, Any], peer: Peer) -> dict[str, str]:
        """The variables of a command. Each secret is read with a call, as the process would have sent it."""
        words = request.get("targets")
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ValueError("expected targets")
        return read_variables(lambda secret_id: self._get_value(secret_id, peer), words)

    def _copy(self, request: Mapping[str, Any], peer: Peer) -> dict[str, str]:
        """Copies a value to the clipboard, which is read with a call, as the process would have sent it."""
        word, environ = request.get("target"), request.get("environ")
        if not isinstance(word, str) or not isinstance(environ, dict):
            raise ValueError("expected a target and an environment")
        self._require_permission(peer)
        return self._copier.copy(lambda secret_id: self._get_value(secret_id, peer), word, environ)

    def _get_value(self, secret_id: str, peer: Peer) -> dict[str, Any]:
        found: dict[str, Any] = self._call(
            {"operation": "GetSecretValue", "params": {"SecretId": secret_id}}, peer)
        return found

    def _call(self, request: Mapping[str, Any], peer: Peer) -> Any:
        operation, params, region = request.get("operation"), request.get("params"), request.get("region")
        if operation not in OPERATIONS or not isinstance(params, dict) or not isinstance(region, str | None):
            raise ValueError("expected an operation of the API, parameters and a Region")
        began, outcome = self._shared.ambient.monotonic(), DONE
        caller = Caller(format_principal_arn(self._shared.account_id), context={"aws:UserAgent": peer.user_agent})
        try:
            self._require_permission(peer)
            self._restrictions.check(operation, params)
            with self._shared.use() as vault:
                self.call_count += 1
                client = vault.client(region_name=region, caller=caller)
                response = getattr(client, format_method_name(operation))(**params)
            return self._restrictions.trim(operation, response)
        except SmtuiError as error:
            outcome = error.code if isinstance(error, ClientError) else type(error).__name__
            raise
        finally:
            self._requests.record(
                caller=caller.arn, client=peer.user_agent, operation=operation, outcome=outcome,
                seconds=self._shared.ambient.monotonic() - began, secret=find_secret(params))


NOT_CONFIRMED = "The use of the vault by this program was not confirmed at the agent's terminal."


def _shut_down(lines: Iterable[socket.socket]) -> None:
    for line in lines:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


def _encode_error(error: SmtuiError) -> bytes:
    """An error as a line. Errors about the vault keep the name of their class, and their hint."""
    if isinstance(error, ClientError):
        code = type(error).__name__ if isinstance(error, ParamValidationError) else error.code
        metadata = error.response.get("ResponseMetadata")
        return rpc_codec.encode_error(error.message, code, {**metadata, "Hint": error.hint} if metadata else None)
    return rpc_codec.encode({"error": {"Code": type(error).__name__, "Message": str(error), "Hint": error.hint}})
