"""The rows of resource policies: at most one text a secret."""

from __future__ import annotations

from smtui.vault.database import Database
from smtui.vault.refusals import damaged_row


def of_secret(database: Database, secret: int) -> str | None:
    found = database.row("SELECT policy FROM policies WHERE secret = ?", (secret,))
    if found is None:
        return None
    if not isinstance(found[0], str):
        raise damaged_row()
    return found[0]


def attach(database: Database, secret: int, policy: str) -> None:
    database.run("INSERT OR REPLACE INTO policies VALUES (?, ?)", (secret, policy))


def remove(database: Database, secret: int) -> None:
    database.run("DELETE FROM policies WHERE secret = ?", (secret,))
