"""Our own operation AcceptClock."""

from __future__ import annotations

from smtui.engine.call import Call
from smtui.engine.declaration import Request, Response, operation
from smtui.vault import audit_log


@operation("AcceptClock", changes=True, secret=False)
def accept_clock(call: Call, _: None, request: Request) -> Response:
    """Confirms the clock: a later time that the vault has seen was wrong, and overdue deletions continue."""
    audit_log.set_latest(call.database, call.now)
    return {}
