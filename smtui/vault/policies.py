"""The rows of resource policies: at most one text for each secret. A replica has that of its primary, and no row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from smtui.vault import secrets
from smtui.vault.database import Database
from smtui.vault.secrets import Secret, require_verified
from smtui.vault.sqlite_errors import make_damaged_row_error


def read_policy(database: Database, secret: Secret) -> str | None:
    """The policy of a secret, or None.

    Raises InternalServiceError for a damaged row, or DamagedSecretError if it is not the one that was stored last.
    """
    primary: Secret | None = secret
    if secret.primary_region is not None:
        primary = secrets.find_verified(database, secret.primary_region, secret.name)
    elif secret.bound_rows is None:
        primary = secrets.find_verified(database, secret.region, secret.name)
    policy = primary.bound_rows.policy if primary and primary.bound_rows else None
    if policy is not None and not isinstance(policy, str):
        raise make_damaged_row_error()
    return policy


def store_policy(database: Database, secret: int, policy: str) -> None:
    require_verified(database, secret)
    database.run("INSERT OR REPLACE INTO policies VALUES (?, ?)", (secret, policy))


def remove_policy(database: Database, secret: int) -> None:
    require_verified(database, secret)
    database.run("DELETE FROM policies WHERE secret = ?", (secret,))


def list_policies(database: Database, region: str, names: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The secrets among these names that have a policy: name, suffix of the ARN, policy. Damaged rows are left out."""
    for name, suffix, policy in database.fetch_rows(
        "SELECT s.name, s.suffix, p.policy FROM secrets s"
        " JOIN secrets o ON o.region = coalesce(s.primary_region, s.region) AND o.name = s.name"
        " JOIN policies p ON p.secret = o.id"
        " WHERE s.region = ? AND s.name IN (SELECT value FROM json_each(?))", (region, json.dumps(names)),
    ):
        if isinstance(policy, str):
            yield name, suffix, policy
