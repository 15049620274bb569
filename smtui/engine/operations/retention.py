"""Our own operation SetTrailRetention."""

from __future__ import annotations

from smtui.engine.call import Call
from smtui.engine.declaration import Request, Response, operation
from smtui.vault import audit_log


@operation("SetTrailRetention", changes=True, secret=False)
def set_trail_retention(call: Call, _: None, request: Request) -> Response:
    """Sets how many days audit events are kept; 0 without limit. Older ones are dropped by a session a day later."""
    audit_log.set_retention(call.database, request["Days"] or None)
    return {}
