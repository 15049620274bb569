"""What happens while a function runs: its calls are answered, its output is collected, its end is waited for.

Nothing here waits for the function. It may never read an answer, never end a line, ask without pause or open many
connections: each turn of the loop is short, and after each one the clock is looked at.
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

from smtui.ambient import seconds_awake
from smtui.rotation import wire
from smtui.rotation.desk import Desk
from smtui.rotation.function import Output, Wanted
from smtui.rotation.supervisor import END, Result
from smtui.shown import sanitize

TICK = 0.1
CHUNK = 64 * 1024
KEPT_OUTPUT = 64 * 1024
START_TIME = 30.0
"""Seconds that the supervisor may take until it begins, on a machine that has much to do."""
MAX_CONNECTIONS = 16
MAX_DRAINED = 1024 * 1024
"""Bytes of output after whose number nothing more is taken from a function that has ended."""
SPARE = 1.0
"""Seconds after which the supervisor is not waited for any more."""
LOCK_GRACE = 1.0
"""Seconds from SIGTERM to SIGKILL where the vault is being locked."""
LOCKED = "It was ended before it was done: the vault was locked."


class Conversation:
    """One thread that does all of it, in turns.

    Args:
        line: the supervisor's.
        door: at which the function's calls come in.
        output: what it writes, a pipe.
    """

    def __init__(self, line: socket.socket, door: socket.socket, output: IO[bytes], desk: Desk) -> None:
        self._line = line
        self._door = door
        self._output = output.fileno()
        self._desk = desk
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
        self._began = seconds_awake() + START_TIME
        self.result = Result()
        self.is_over = self.is_late = self.locked = False

    def _watch(self, source: socket.socket | int, act: Callable[[], object]) -> None:
        self._selector.register(source, selectors.EVENT_READ, act)

    def hold(self, limit: float, grace: float, wanted: Wanted) -> None:
        """Until the command has ended, or should have: `limit` and `grace` are seconds, `wanted` may end it earlier."""
        patience = inf
        try:
            while not self.is_over and seconds_awake() < min(self._began + limit + grace + SPARE, patience):
                if not self.locked and not wanted():
                    self.locked, patience = True, seconds_awake() + LOCK_GRACE
                    self._ask_to_end()
                self._turn(answers=not self.locked and seconds_awake() < self._began + limit)
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

    def _turn(self, *, answers: bool) -> None:
        """One look at everything, and one answer to each connection that waits for one."""
        waiting = [each for each in self._connections if answers and each.has_request]
        for key, _ in self._selector.select(0 if waiting else TICK):
            key.data()
        for connection in waiting:
            connection.answer(self._desk)
        for connection in tuple(self._connections):
            self._attend(connection, answers=answers)

    def _attend(self, connection: _Connection, *, answers: bool) -> None:
        """Watches for what can be done with it next."""
        known = connection.socket in self._selector.get_map()
        events = connection.events if answers else 0
        if known and events:
            self._selector.modify(connection.socket, events, connection.go_on)
        elif events:
            self._selector.register(connection.socket, events, connection.go_on)
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
        """What the supervisor says; its end ends everything."""
        try:
            said = self._line.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        self._replies += said
        while b"\n" in self._replies:
            line, _, self._replies = self._replies.partition(b"\n")
            self.result = Result(**json.loads(line))
            self.is_over = not self.result.begins
            self._began = seconds_awake()
        self.is_over |= not said

    def _read_output(self) -> bool:
        """Whether there may be more."""
        try:
            written = os.read(self._output, CHUNK)
        except BlockingIOError:
            return False
        if not written and self._output in self._selector.get_map():
            self._selector.unregister(self._output)
        self._size += len(written)
        self._written += written[: KEPT_OUTPUT - len(self._written)]
        return bool(written) and self._size < MAX_DRAINED

    def kept_output(self) -> Output:
        """What was written, harmless, and without any value that the function had to do with."""
        text = self._desk.without_values(self._written.decode("utf-8", "replace"))
        return Output.of(bytes(self._written), self._size, sanitize(text, lines=True))


class _Connection:
    """One of the function's, which may ask one thing after the other. It is read from again once it has its answer."""

    def __init__(self, peer: socket.socket) -> None:
        peer.setblocking(False)
        self.socket = peer
        self._asked = bytearray()
        self._unsent = bytearray()
        self._is_too_long = self.is_over = False

    @property
    def has_request(self) -> bool:
        return not self._unsent and not self.is_over and b"\n" in self._asked

    @property
    def events(self) -> int:
        """What to wait for: nothing where a request waits for its turn."""
        if self._unsent:
            return selectors.EVENT_WRITE
        return 0 if self.is_over or self.has_request else selectors.EVENT_READ

    def go_on(self) -> None:
        try:
            if self._unsent:
                self._send()
            else:
                self._receive()
        except BlockingIOError:
            return
        except OSError:
            self.is_over = True

    def answer(self, desk: Desk) -> None:
        line, _, self._asked = self._asked.partition(b"\n")
        self._unsent += wire.refusal("This call is too long.") if self._is_too_long else desk.answer(bytes(line))
        self._is_too_long = False
        self.go_on()

    def _receive(self) -> None:
        """Nothing is kept of a line that is too long; it is answered at its end."""
        heard = self.socket.recv(CHUNK)
        self.is_over = not heard
        self._asked += heard
        if b"\n" not in self._asked and (self._is_too_long or len(self._asked) > wire.LONGEST_LINE):
            self._is_too_long = True
            self._asked.clear()

    def _send(self) -> None:
        sent = self.socket.send(self._unsent[:CHUNK])
        del self._unsent[:sent]

    def close(self) -> None:
        self.socket.close()
