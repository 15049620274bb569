"""The rows of resource policies: at most one text for each secret. A replica has that of its primary, and no row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from smtui.vault.database import Database
from smtui.vault.secrets import Secret
from smtui.vault.sqlite_errors import make_damaged_row_error


def read_policy(database: Database, secret: Secret) -> str | None:
    """The policy of a secret, or None. Raises InternalServiceError for a damaged row."""
    if secret.primary_region is None:
        found = database.fetch_row("SELECT policy FROM policies WHERE secret = ?", (secret.id,))
    else:
        found = database.fetch_row(
            "SELECT p.policy FROM secrets s JOIN policies p ON p.secret = s.id WHERE s.region = ? AND s.name = ?",
            (secret.primary_region, secret.name))
    if found is None:
        return None
    if not isinstance(found[0], str):
        raise make_damaged_row_error()
    return found[0]


def store_policy(database: Database, secret: int, policy: str) -> None:
    database.run("INSERT OR REPLACE INTO policies VALUES (?, ?)", (secret, policy))


def remove_policy(database: Database, secret: int) -> None:
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
