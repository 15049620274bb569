"""The loop while a function runs: answers its calls, collects its output and waits for its end.

The loop never blocks on the function, which may not read an answer, not end a line, call without pause or open many
connections. Each turn is short, and the clock is checked after each.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import IO

from smtui.rotation import rpc_codec
from smtui.rotation.function import Output, ShouldContinue
from smtui.rotation.rpc_server import RpcServer
from smtui.rotation.step_listener import StepService
from smtui.rotation.supervisor import END, Result
from smtui.system.ambient import read_monotonic_clock
from smtui.text.sanitize import sanitize

TICK = 0.1
CHUNK = 64 * 1024
MAX_OUTPUT = 64 * 1024
"""Bytes of output that are kept."""
START_TIME = 30.0
"""Seconds in which the supervisor must start, even on a busy machine."""
MAX_CONNECTIONS = 16
MAX_DRAINED = 1024 * 1024
"""Bytes of output that are read at most from a function that has ended."""
SPARE = 1.0
"""Seconds to wait for the supervisor beyond its limits."""
LOCK_GRACE = 0.5
"""Seconds from SIGTERM to SIGKILL while the vault is being locked."""
LOCKED = "It was stopped early: the vault was locked."


class Conversation:
    """The loop, which runs on one thread.

    Args:
        line: the socket to the supervisor.
        door: the listening socket for the function's calls.
        output: the pipe with the function's output.
        server: answers the calls.
        service: has the calls of the function's AWS SDK, if it has a listener for one.
    """

    def __init__(
        self, line: socket.socket, door: socket.socket, output: IO[bytes], server: RpcServer,
        service: StepService | None = None,
    ) -> None:
        self._line = line
        self._door = door
        self._output = output.fileno()
        self._server = server
        self._service = service
        self._replies = bytearray()
        self._written = bytearray()
        self._size = 0
        self._connections: set[_Connection] = set()
        self._selector = selectors.DefaultSelector()
        os.set_blocking(self._output, False)
        line.setblocking(False)
        self._watch(line, self._read_reply)
        self._watch(door, self._accept)
        self._watch(self._output, self._read_output)
        if service is not None:
            self._watch(service.wakeup, service.clear_wakeup)
        self._began = read_monotonic_clock() + START_TIME
        self.result = Result()
        self.is_over = self.is_late = self.locked = False

    def _watch(self, source: socket.socket | int, act: Callable[[], object]) -> None:
        self._selector.register(source, selectors.EVENT_READ, act)

    def run(self, limit: float, grace: float, should_continue: ShouldContinue) -> None:
        """Runs until the command has ended or its time is over.

        Args:
            limit: seconds until the command is asked to end.
            grace: seconds from then until it is killed.
            should_continue: False ends the command early, because the vault is being locked.
        """
        deadline = inf
        try:
            while not self.is_over and read_monotonic_clock() < min(self._began + limit + grace + SPARE, deadline):
                if not self.locked and not should_continue():
                    self.locked, deadline = True, read_monotonic_clock() + LOCK_GRACE
                    self._ask_to_end()
                self._handle_ready(answers=not self.locked and read_monotonic_clock() < self._began + limit)
            self.is_late = self.result.late or (not self.is_over and not self.locked)
            while self._read_output():
                pass
        finally:
            self._selector.close()
            for connection in self._connections:
                connection.close()

    def _ask_to_end(self) -> None:
        with suppress(OSError):
            self._line.send(END)

    def _handle_ready(self, *, answers: bool) -> None:
        """Handles what is ready, and answers one request of each connection and one of the AWS SDK."""
        waiting = [each for each in self._connections if answers and each.has_request]
        service = self._service if answers and self._service is not None and self._service.has_call else None
        for key, _ in self._selector.select(0 if waiting or service else TICK):
            key.data()
        for connection in waiting:
            connection.answer(self._server)
        if service is not None:
            service.answer_next()
        for connection in tuple(self._connections):
            self._update(connection, answers=answers)

    def _update(self, connection: _Connection, *, answers: bool) -> None:
        """Selects the events to wait for on a connection, and removes it when it is over."""
        known = connection.socket in self._selector.get_map()
        events = connection.events if answers else 0
        if known and events:
            self._selector.modify(connection.socket, events, connection.handle)
        elif events:
            self._selector.register(connection.socket, events, connection.handle)
        elif known:
            self._selector.unregister(connection.socket)
        if connection.is_over:
            self._connections.remove(connection)
            connection.close()
            if len(self._connections) == MAX_CONNECTIONS - 1:
                self._watch(self._door, self._accept)

    def _accept(self) -> None:
        with suppress(BlockingIOError, ConnectionError):
            peer, _ = self._door.accept()
            self._connections.add(_Connection(peer))
            if len(self._connections) >= MAX_CONNECTIONS:
                self._selector.unregister(self._door)

    def _read_reply(self) -> None:
        """Reads the supervisor's replies. The run is over when its socket closes."""
        try:
            received = self._line.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        self._replies += received
        while b"\n" in self._replies:
            line, _, self._replies = self._replies.partition(b"\n")
            self.result = Result(**json.loads(line))
            self.is_over = not self.result.begins
            self._began = read_monotonic_clock()
        self.is_over |= not received

    def _read_output(self) -> bool:
        """Reads output. Returns whether there may be more."""
        try:
            written = os.read(self._output, CHUNK)
        except BlockingIOError:
            return False
        if not written and self._output in self._selector.get_map():
            self._selector.unregister(self._output)
        self._size += len(written)
        self._written += written[: MAX_OUTPUT - len(self._written)]
        return bool(written) and self._size < MAX_DRAINED

    def make_output(self) -> Output:
        """The kept output, sanitized and without any value of the function's calls."""
        text = self._server.hide_values(self._written.decode("utf-8", "replace"))
        return Output.make(bytes(self._written), self._size, sanitize(text, lines=True))


class _Connection:
    """A connection of the function. It gets the answer to one request before the next is read."""

    def __init__(self, peer: socket.socket) -> None:
        peer.setblocking(False)
        self.socket = peer
        self._received = bytearray()
        self._unsent = bytearray()
        self._is_too_long = self.is_over = False

    @property
    def has_request(self) -> bool:
        return not self._unsent and not self.is_over and b"\n" in self._received

    @property
    def events(self) -> int:
        """The selector events to wait for; 0 while a request waits for its turn."""
        if self._unsent:
            return selectors.EVENT_WRITE
        return 0 if self.is_over or self.has_request else selectors.EVENT_READ

    def handle(self) -> None:
        """Sends or receives what is possible without blocking."""
        try:
            if self._unsent:
                self._send()
            else:
                self._receive()
        except BlockingIOError:
            return
        except OSError:
            self.is_over = True

    def answer(self, server: RpcServer) -> None:
        """Answers the oldest request."""
        line, _, self._received = self._received.partition(b"\n")
        too_long = rpc_codec.encode_error("This call is too long.")
        self._unsent += too_long if self._is_too_long else server.answer(bytes(line))
        self._is_too_long = False
        self.handle()

    def _receive(self) -> None:
        """Receives bytes. A line that is too long is discarded, and answered at its end."""
        received = self.socket.recv(CHUNK)
        self.is_over = not received
        self._received += received
        if b"\n" not in self._received and (self._is_too_long or len(self._received) > rpc_codec.MAX_LINE_BYTES):
            self._is_too_long = True
            self._received.clear()

    def _send(self) -> None:
        sent = self.socket.send(self._unsent[:CHUNK])
        del self._unsent[:sent]

    def close(self) -> None:
        self.socket.close()
