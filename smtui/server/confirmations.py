"""Which programs may use an agent: asks once for each, and remembers the answers until the vault is locked."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from smtui.server.peer import Peer


class Confirmations:
    """Answers whether a process may use the agent.

    A program is known by the path of its executable, or by its name where the system hides the path.

    Args:
        ask: asks a person, and returns the decision. Not called twice at the same time.
    """

    def __init__(self, ask: Callable[[Peer], bool]) -> None:
        self._ask = ask
        self._decisions: dict[str, bool] = {}
        self._lock = Lock()

    def ask_once(self, peer: Peer) -> bool:
        """Whether the process may use the agent. Waits for the person."""
        with self._lock:
            if peer.program not in self._decisions:
                self._decisions[peer.program] = self._ask(peer)
            return self._decisions[peer.program]

    def forget(self) -> None:
        """Forgets all decisions."""
        self._decisions.clear()
