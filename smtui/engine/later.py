"""Parameters that are checked today and built later: each is answered so that nobody takes it for done."""

from __future__ import annotations

from smtui.api.errors import NotYetSupportedException
from smtui.engine.declaration import Request


def refuse_unbuilt(request: Request) -> None:
    """Raises NotYetSupportedException where a request asks for replicas."""
    if request.get("AddReplicaRegions"):
        raise NotYetSupportedException(
            "smtui cannot replicate secrets yet. Nothing was changed.", hint="Leave AddReplicaRegions out."
        )
