"""The private listener of one step: the AWS SDK of a function reaches the secret through the code of the endpoint.

It is on a free port of 127.0.0.1, exists while the step runs, and accepts one key pair, made for the step. Threads
of the server check requests. What they ask for waits in a queue, until the loop of the step answers it: one call after
the other, under the rules and the time limit of all calls of a function.
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from smtui.api.model import OPERATIONS
from smtui.api.raw_request import convert_to_boto
from smtui.protocol.aws_json_service import AwsJsonService
from smtui.protocol.http_server import HttpServer, list_hosts, open_private_listener
from smtui.protocol.key_pair import KeyPair
from smtui.protocol.limits import ServerLimits
from smtui.protocol.messages import HttpRequest, RefusedRequestError
from smtui.protocol.sigv4 import forget_keys
from smtui.rotation.function import StepFailedError
from smtui.rotation.rpc_server import REFUSALS, RpcServer
from smtui.system.ambient import Ambient

NO_LOOPBACK = ("Its boto3 reaches smtui through the loopback interface (127.0.0.1), which cannot be used here: "
               "{reason}.")
NO_THREAD = "Its listener cannot be started: {reason}."
ENDED = "The step of the rotation has ended."


@dataclass(frozen=True, slots=True)
class StepCaller:
    """The function, which has the key pair of the step."""

    keys: KeyPair
    arn: str = "-"


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that waits for its answer."""

    operation: str
    params: Mapping[str, Any]
    answer: Future[dict[str, Any]] = field(default_factory=Future)


class StepService(AwsJsonService[StepCaller]):
    """Checks requests, in several threads, and queues their calls for the thread that calls `answer_next`.

    Args:
        port: the port of the listener.
        ambient: the clock of the system, which the function has as well.
        server: carries out the calls.
    """

    def __init__(self, port: int, ambient: Ambient, server: RpcServer) -> None:
        super().__init__(list_hosts(port), ambient)
        self.caller = StepCaller(KeyPair.generate(ambient))
        self.wakeup, self._wakeup_sender = socket.socketpair()
        """Can be read once there is a call."""
        self._server = server
        self._queue: deque[_Call] = deque()
        self._lock = Lock()
        self._is_closed = False
        for each in (self.wakeup, self._wakeup_sender):
            each.setblocking(False)

    def find_caller(self, access_key_id: str) -> StepCaller | None:
        """The function; nobody else has keys."""
        return self.caller if access_key_id == self.caller.keys.access_key_id else None

    def call(
        self, operation: str, params: dict[str, Any], region: str, caller: StepCaller, request: HttpRequest
    ) -> dict[str, Any]:
        """Waits for the answer to a call. Raises SmtuiError."""
        waiting = _Call(operation, params)
        with self._lock:
            if self._is_closed:
                raise _make_end()
            self._queue.append(waiting)
            with suppress(BlockingIOError):  # it is full, so the loop will wake up anyway
                self._wakeup_sender.send(b".")
        return waiting.answer.result()

    @property
    def has_call(self) -> bool:
        return bool(self._queue)

    def clear_wakeup(self) -> None:
        """Reads what `wakeup` has received."""
        with suppress(BlockingIOError):
            while self.wakeup.recv(4096):
                pass

    def answer_next(self) -> None:
        """Carries out the oldest call. Raises what is no answer for a function, as `RpcServer.call` does."""
        waiting = self._queue.popleft()
        try:
            params = convert_to_boto(OPERATIONS[waiting.operation].request, waiting.params)
            waiting.answer.set_result(self._server.call(waiting.operation, params))
        except REFUSALS as error:  # the thread of the request makes the response
            waiting.answer.set_exception(error)
        except BaseException:
            waiting.answer.set_exception(_make_end())
            raise

    def close(self) -> None:
        """Refuses the calls that wait, and all that come."""
        with self._lock:
            self._is_closed = True
        while self._queue:
            self._queue.popleft().answer.set_exception(_make_end())
        self.wakeup.close()
        self._wakeup_sender.close()


def _make_end() -> RefusedRequestError:
    return RefusedRequestError("ServiceUnavailableException", ENDED, 503)


class StepListener:
    """Listens from its creation until `close`.

    Raises:
        StepFailedError: the loopback interface cannot be used, or no thread can be started.
    """

    def __init__(self, server: RpcServer) -> None:
        ambient = Ambient()
        try:
            listener = open_private_listener()
        except OSError as error:
            raise StepFailedError(NO_LOOPBACK.format(reason=error.strerror or error)) from None
        port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.service = StepService(port, ambient, server)
        self._server = HttpServer([listener], self.service.answer, ServerLimits(), ambient)
        try:
            self._server.start()
        except RuntimeError as error:  # the system has no more threads
            self.close()
            raise StepFailedError(NO_THREAD.format(reason=error)) from None

    @property
    def keys(self) -> KeyPair:
        return self.service.caller.keys

    def close(self) -> None:
        """Ends all connections at once: whoever had the keys has ended."""
        self.service.close()
        self._server.close(seconds=0)
        forget_keys()
