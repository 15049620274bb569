"""Which programs may use an agent: asks once for each, and remembers the answers until the vault is locked."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from smtui.server.peer import Peer


class Confirmations:
    """Answers whether a process may use the agent.

    A program is known by the path of its executable, or by its name where the system hides the path. Where the system
    tells neither, each process is asked about.

    Args:
        ask: asks a person, and returns the decision. Not called twice at the same time.
    """

    def __init__(self, ask: Callable[[Peer], bool]) -> None:
        self._ask = ask
        self._decisions: dict[str | int, bool] = {}
        self._lock = Lock()

    def ask_once(self, peer: Peer) -> bool:
        """Whether the process may use the agent. Waits for the person."""
        with self._lock:
            decisions, key = self._decisions, peer.program or peer.pid
            if key not in decisions:
                decisions[key] = self._ask(peer)
            return decisions[key]

    def forget(self) -> None:
        """Forgets all decisions, and the answer to a question that is open."""
        self._decisions = {}
