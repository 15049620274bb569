"""What one client of an HTTP server may use: sizes in bytes, times in seconds, numbers of connections and threads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """What one client may use.

    Args:
        head: bytes of the request line with all headers.
        body: bytes of the body.
        drained: bytes of a body that is too large, which are read and discarded so that the client reads the refusal.
        head_seconds: from the first byte to the end of the headers.
        body_seconds: from there to the end of the body, and for sending a response.
        idle_seconds: between two requests.
        connections: open at the same time; one more closes the one that is idle the longest.
        workers: requests that are answered at the same time.
        wait_seconds: for a worker.
    """

    head: int = 8 * 1024
    body: int = 1024 * 1024
    drained: int = 16 * 1024 * 1024
    head_seconds: float = 5.0
    body_seconds: float = 10.0
    idle_seconds: float = 60.0
    connections: int = 256
    workers: int = 8
    wait_seconds: float = 10.0
