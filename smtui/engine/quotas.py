"""The quota of secrets in a Region. Quotas of one secret are checked where their items are added."""

from __future__ import annotations

from smtui.api.errors import LimitExceededException
from smtui.engine.call import Call
from smtui.vault import secrets

MOST_SECRETS = 500_000


def check_room(call: Call, region: str, further: int = 1) -> None:
    """Raises LimitExceededException if a Region cannot take `further` secrets; secrets scheduled for deletion count."""
    if secrets.is_region_full(call.database, region, MOST_SECRETS - further + 1):
        raise LimitExceededException("The request failed because it would exceed one of the Secrets Manager quotas.")
