"""GetRandomPassword."""

from __future__ import annotations

from smtui.engine import passwords
from smtui.engine.call import Call
from smtui.engine.declaration import Request, Response, operation


@operation("GetRandomPassword", secret=False)
def get_random_password(call: Call, _: None, request: Request) -> Response:
    """Source: page GetRandomPassword."""
    return {"RandomPassword": passwords.generate(request, call.ambient)}
