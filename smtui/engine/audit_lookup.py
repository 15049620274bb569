"""Queries of the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from smtui.engine import names
from smtui.vault import audit_log
from smtui.vault.database import Database


def list_events(
    database: Database, region: str, *, secret_id: str | None, operation: str | None, caller: str | None,
    outcome: str | None, since: datetime | None, until: datetime | None, limit: int | None,
    changes_only: bool = False, above: int = 0, up_to: int | None = None,
) -> Iterator[dict[str, Any]]:
    """The matching events, newest first. A deleted secret is found by its former name.

    Parameters: see `Vault.audit_log`.
    """
    rows = None
    if secret_id is not None:
        wanted = names.parse_secret_id(secret_id)
        rows = audit_log.find_secret_rows(database, wanted.region or region, wanted.name, wanted.suffix)
    found = audit_log.list_events(database, secrets=rows, operation=operation, caller=caller, outcome=outcome,
                                  since=_to_milliseconds(since), until=_to_milliseconds(until),
                                  changes_only=changes_only, above=above, up_to=up_to)
    return islice(found, limit)


def _to_milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)
