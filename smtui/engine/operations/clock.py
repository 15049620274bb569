"""AcceptClock."""

from __future__ import annotations

from smtui.engine.call import Call
from smtui.engine.declaration import Request, Response, operation
from smtui.vault import trail


@operation("AcceptClock", changes=True, secret=False)
def accept_clock(call: Call, _: None, request: Request) -> Response:
    """The clock is right, and any later time that the vault has seen was wrong. What is overdue goes as usual."""
    trail.set_latest(call.database, call.now)
    return {}
