"""The HTTP server: listens on the loopback interface, with a thread for each connection.

With more connections than the limit, the one that is idle the longest is closed, because an SDK opens many at once and
keeps them. Requests beyond the number of workers wait.
"""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import BoundedSemaphore, Condition, Thread

from smtui.protocol.http_connection import FULL_BYTES, THROTTLED, HttpConnection
from smtui.protocol.limits import ServerLimits
from smtui.protocol.messages import HttpRequest, HttpResponse
from smtui.system.ambient import Ambient

LOOPBACK = ("127.0.0.1", "::1")
BACKLOG = 256
END_SECONDS = 5.0
"""Seconds that `close` waits by default for requests that have begun."""
CONNECT_SECONDS = 5.0
Log = Callable[[HttpRequest, HttpResponse, float], None]
"""Called after each answer with the seconds that it took."""


def open_listeners(port: int) -> list[socket.socket]:
    """Listening sockets on 127.0.0.1 and, if the machine has it, ::1, both on the same port.

    Args:
        port: 0 for a free one.

    Raises:
        OSError: the port is in use.
    """
    first = _listen(socket.AF_INET, LOOPBACK[0], port)
    try:
        return [first, _listen(socket.AF_INET6, LOOPBACK[1], first.getsockname()[1])]
    except OSError as error:
        if port and _is_in_use(error):
            first.close()
            raise
        return [first]  # no IPv6 here, or the free port is free for IPv4 alone


def open_private_listener() -> socket.socket:
    """A listening socket on a free port of 127.0.0.1.

    Raises:
        OSError: this process has no loopback interface, or none that connects.
    """
    listener = _listen(socket.AF_INET, LOOPBACK[0], 0)
    try:  # without the interface some systems accept the address, but connect nobody
        socket.create_connection(listener.getsockname(), CONNECT_SECONDS).close()
    except OSError:
        listener.close()
        raise
    return listener


def is_port_free(port: int) -> bool:
    """Whether nothing listens on a port of the loopback interface."""
    try:
        for each in open_listeners(port):
            each.close()
    except OSError:
        return False
    return True


def _is_in_use(error: OSError) -> bool:
    return error.errno == errno.EADDRINUSE


def _listen(kind: socket.AddressFamily, address: str, port: int) -> socket.socket:
    listener = socket.socket(kind, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if kind == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def list_hosts(port: int) -> list[str]:
    """The values of the Host header that mean this server."""
    names = ("127.0.0.1", "localhost", "[::1]")
    return [*(f"{name}:{port}" for name in names), *(names if port == 80 else ())]


class HttpServer:
    """Serves HTTP on listening sockets until `close`.

    Args:
        listeners: the sockets.
        answer: makes the response to a request; called in several threads.
        limits: the limits.
        ambient: the clock.
        log: called after each answer.
    """

    def __init__(
        self, listeners: Sequence[socket.socket], answer: Callable[[HttpRequest], HttpResponse],
        limits: ServerLimits, ambient: Ambient, log: Log = lambda *_: None,
    ) -> None:
        self.port: int = listeners[0].getsockname()[1]
        self._listeners = listeners
        self._answer = answer
        self._limits = limits
        self._ambient = ambient
        self._log = log
        self._workers = BoundedSemaphore(limits.workers)
        self._changed = Condition()
        self._open: set[socket.socket] = set()
        self._idle: dict[socket.socket, None] = {}
        self._is_closing = False

    def start(self) -> None:
        """Accepts connections from now on, in threads of its own."""
        for listener in self._listeners:
            Thread(target=self._accept_all, args=(listener,), daemon=True, name="smtui-accept").start()

    def count_connections(self) -> int:
        return len(self._open)

    def close_idle(self) -> None:
        """Closes the connections on which no request is being answered."""
        with self._changed:
            for line in list(self._idle):
                _shut_down(line)

    def close(self, *, seconds: float = END_SECONDS) -> None:
        """Stops accepting, lets requests that have begun end for some seconds, and closes all connections."""
        with self._changed:
            self._is_closing = True
        for listener in self._listeners:
            _shut_down(listener)
            listener.close()
        self.close_idle()
        with self._changed:
            self._changed.wait_for(lambda: not self._open, seconds)
            for line in self._open:
                _shut_down(line)

    def _accept_all(self, listener: socket.socket) -> None:
        while not self._is_closing:
            try:
                line, address = listener.accept()
            except OSError:
                if self._is_closing or listener.fileno() < 0:
                    return
                with self._changed:
                    self._changed.wait(0.1)  # no descriptor is free
                continue
            self._admit(line, str(address[0]))

    def _admit(self, line: socket.socket, source: str) -> None:
        """Starts a thread for a new connection, and makes room for it."""
        with self._changed:
            if len(self._open) >= self._limits.connections and self._idle:
                _shut_down(oldest := next(iter(self._idle)))
                del self._idle[oldest]
            is_full = len(self._open) >= 2 * self._limits.connections
            if not is_full:
                self._open.add(line)
                self._idle[line] = None
        if is_full:
            _refuse(line)
            return
        try:
            Thread(target=self._serve, args=(line, source), daemon=True, name="smtui-connection").start()
        except RuntimeError:  # no more threads
            self._discard(line)
            _refuse(line)

    def _serve(self, line: socket.socket, source: str) -> None:
        try:
            _configure(line)
            HttpConnection(line, source, self._answer_in_turn, self._limits, self._ambient,
                           lambda is_idle: self._mark(line, is_idle)).serve()
        except OSError:
            pass
        finally:
            self._forget(line)

    def _mark(self, line: socket.socket, is_idle: bool) -> None:
        with self._changed:
            self._idle.pop(line, None)
            if is_idle:
                self._idle[line] = None
                if self._is_closing:
                    _shut_down(line)

    def _forget(self, line: socket.socket) -> None:
        self._discard(line)
        line.close()

    def _discard(self, line: socket.socket) -> None:
        with self._changed:
            self._open.discard(line)
            self._idle.pop(line, None)
            self._changed.notify_all()

    def _answer_in_turn(self, request: HttpRequest) -> HttpResponse:
        """Answers with one of the workers, or refuses if none becomes free in time."""
        began = self._ambient.monotonic()
        if not self._workers.acquire(timeout=self._limits.wait_seconds):
            return THROTTLED
        try:
            response = self._answer(request)
        finally:
            self._workers.release()
        self._log(request, response, self._ambient.monotonic() - began)
        return response


def _configure(line: socket.socket) -> None:
    """Sends responses at once, and lets no packet leave this machine."""
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if line.family == socket.AF_INET6:
        line.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 1)
    else:
        line.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 1)


def _refuse(line: socket.socket) -> None:
    """Refuses a connection without waiting for anything."""
    with suppress(OSError):
        line.setblocking(False)
        line.send(FULL_BYTES)
        line.shutdown(socket.SHUT_WR)
    line.close()


def _shut_down(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
