"""One HTTP/1.1 connection: reads requests within the limits, and sends the responses.

h11 parses. Refused are, before an answer is looked for: chunked bodies, two lengths, two Hosts, heads and bodies that
are too large or too slow, and every other version of HTTP.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from email.utils import formatdate
from functools import lru_cache
from typing import Any

import h11

from smtui.protocol.limits import ServerLimits
from smtui.protocol.messages import HttpRequest, HttpResponse, make_error_response
from smtui.system.ambient import Ambient

CHUNK = 64 * 1024
STATUSES = frozenset({200, 400, 403, 404, 405, 408, 411, 413, 429, 431, 500, 503})
"""The only statuses that are sent."""
HTTP_1_1 = b"1.1"
CODES = {
    408: ("RequestTimeoutException", "The request was not sent in time."),
    411: ("MissingContentLength", "Send the body with a Content-Length, not in chunks."),
    413: ("RequestEntityTooLargeException", "The body is larger than {body:,} bytes."),
    431: ("RequestHeaderFieldsTooLargeException", "The headers are larger than {head:,} bytes."),
}
MALFORMED = ("ValidationException", "This is not a valid HTTP/1.1 request.")
FULL = make_error_response("ThrottlingException", "Too many connections.", 429)
FULL_BYTES = (f"HTTP/1.1 429 Too Many Requests\r\ncontent-type: {FULL.content_type}\r\ncontent-length: {len(FULL.body)}"
              "\r\nconnection: close\r\n\r\n").encode() + FULL.body
"""The whole response to a connection that gets no thread."""
THROTTLED = make_error_response("ThrottlingException", "Rate exceeded")


class _Refusal(Exception):  # noqa: N818
    """A request that breaks the protocol or a limit; the connection ends after the response."""

    def __init__(self, status: int) -> None:
        self.status = status


class _Gone(Exception):  # noqa: N818
    """The client went away, or was idle for too long."""


class HttpConnection:
    """Serves one client.

    Args:
        line: the accepted socket; `serve` closes it.
        source: the IP address of the client.
        answer: makes the response to a request.
        limits: the limits.
        ambient: the clock.
        on_idle: called with True before the connection waits for a request, with False when one begins.
    """

    def __init__(
        self, line: socket.socket, source: str, answer: Callable[[HttpRequest], HttpResponse], limits: ServerLimits,
        ambient: Ambient, on_idle: Callable[[bool], None],
    ) -> None:
        self._line = line
        self._source = source
        self._answer = answer
        self._limits = limits
        self._ambient = ambient
        self._on_idle = on_idle
        self._has_body = True
        """Whether responses have a body: those to HEAD have none."""
        self._parser: Any = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.head)

    def serve(self) -> None:
        """Answers requests until one side ends the connection."""
        try:
            while self._serve_request():
                self._parser.start_next_cycle()
        except (OSError, _Gone, h11.LocalProtocolError):
            pass
        finally:
            self._line.close()

    def _serve_request(self) -> bool:
        """Answers one request. Returns whether there may be another."""
        try:
            request = self._read_request()
        except _Refusal as refusal:
            self._send(self._make_refusal(refusal.status), closes=True)
            self._end_gently()
            return False
        self._send(self._answer(request))
        return bool(self._parser.our_state is h11.DONE and self._parser.their_state is h11.DONE)

    def _make_refusal(self, status: int) -> HttpResponse:
        code, message = CODES.get(status, MALFORMED)
        message = message.format(body=self._limits.body, head=self._limits.head)
        return make_error_response(code, message, status if status in CODES else 400)

    # Reading.

    def _read_request(self) -> HttpRequest:
        head = self._read_head()
        self._has_body = head.method != b"HEAD"
        self._check_head(head)
        body = self._read_body()
        path, _, query = head.target.decode("latin-1").partition("?")
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers]
        return HttpRequest(head.method.decode("latin-1"), path, query, headers, body, self._source)

    def _read_head(self) -> Any:
        """The request line and the headers. Raises _Refusal, _Gone, OSError."""
        received, deadline = 0, self._ambient.monotonic() + self._limits.idle_seconds
        is_idle = not self._parser.trailing_data[0]
        if not is_idle:
            deadline = self._ambient.monotonic() + self._limits.head_seconds
        self._on_idle(is_idle)
        while (event := self._next_event()) is h11.NEED_DATA:
            data = self._receive(deadline, self._limits.head, is_idle=is_idle)
            if is_idle:
                is_idle, deadline = False, self._ambient.monotonic() + self._limits.head_seconds
                self._on_idle(False)
            received += len(data)
            if received > self._limits.head and b"\r\n\r\n" not in data:
                raise _Refusal(431)
            self._parser.receive_data(data)
        if not isinstance(event, h11.Request):
            raise _Gone
        return event

    def _check_head(self, head: Any) -> None:
        names = [name for name, _ in head.headers]
        if sum(len(name) + len(value) + 4 for name, value in head.headers) > self._limits.head:
            raise _Refusal(431)
        if b"transfer-encoding" in names:
            raise _Refusal(411)
        if head.http_version != HTTP_1_1 or not head.target.startswith(b"/"):
            raise _Refusal(400)
        length = int(dict(head.headers).get(b"content-length", b"0"))
        if length > self._limits.body:
            self._discard_body(length)
            raise _Refusal(413)

    def _read_body(self) -> bytes:
        body, deadline = bytearray(), self._ambient.monotonic() + self._limits.body_seconds
        while not isinstance(event := self._next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                self._send_continue()
                self._parser.receive_data(self._receive(deadline, CHUNK))
            elif isinstance(event, h11.Data):
                body += event.data
            else:
                raise _Gone
        return bytes(body)

    def _send_continue(self) -> None:
        if self._parser.they_are_waiting_for_100_continue:
            self._line.sendall(self._parser.send(h11.InformationalResponse(status_code=100, headers=[])))

    def _next_event(self) -> Any:
        try:
            return self._parser.next_event()
        except h11.RemoteProtocolError as error:
            # h11 knows an unknown coding of the body as 501
            raise _Refusal(411 if error.error_status_hint == 501 else error.error_status_hint) from None

    def _receive(self, deadline: float, size: int, *, is_idle: bool = False) -> bytes:
        """The next bytes; none at the end of the stream. Raises _Refusal, _Gone, OSError."""
        left = deadline - self._ambient.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            self._line.settimeout(left)
            data = self._line.recv(size)
        except TimeoutError:
            raise _Gone if is_idle else _Refusal(408) from None
        if not data and is_idle:
            raise _Gone
        return data

    def _discard_body(self, length: int) -> None:
        """Discards a body that is too large, unless the client waits for permission to send it."""
        if self._parser.they_are_waiting_for_100_continue:
            return
        left, deadline = min(length, self._limits.drained), self._ambient.monotonic() + self._limits.body_seconds
        left -= len(self._parser.trailing_data[0])
        while left > 0:
            data = self._receive(deadline, CHUNK)
            if not data:
                return
            left -= len(data)

    # Sending.

    def _send(self, response: HttpResponse, *, closes: bool = False) -> None:
        assert response.status in STATUSES, "no other status leaves"
        headers = [
            ("date", _format_date(int(self._ambient.now().timestamp()))), ("content-type", response.content_type),
            ("content-length", str(len(response.body))), ("x-amzn-requestid", response.request_id),
            ("cache-control", "no-store"), *response.headers, *([("connection", "close")] if closes else []),
        ]
        self._line.settimeout(self._limits.body_seconds)
        head = self._parser.send(h11.Response(status_code=response.status, headers=headers))
        body = self._parser.send(h11.Data(data=response.body)) if self._has_body else b""
        self._line.sendall(head + body + self._parser.send(h11.EndOfMessage()))

    def _end_gently(self) -> None:
        """Lets the client read the refusal: a socket that is closed with unread data resets the connection."""
        self._line.shutdown(socket.SHUT_WR)
        left, deadline = self._limits.drained, self._ambient.monotonic() + 1
        try:
            while left > 0 and (data := self._receive(deadline, CHUNK)):
                left -= len(data)
        except _Refusal:
            return


@lru_cache(1)
def _format_date(seconds: int) -> str:
    """Seconds since 1970 as in a header. SDKs correct their clock by it."""
    return formatdate(seconds, usegmt=True)
