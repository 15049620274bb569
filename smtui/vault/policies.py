"""The rows of resource policies: at most one text a secret."""

from __future__ import annotations

from smtui.vault.database import Database


def of_secret(database: Database, secret: int) -> str | None:
    found = database.row("SELECT policy FROM policies WHERE secret = ?", (secret,))
    return found[0] if found else None


def attach(database: Database, secret: int, policy: str) -> None:
    database.run("INSERT OR REPLACE INTO policies VALUES (?, ?)", (secret, policy))


def remove(database: Database, secret: int) -> None:
    database.run("DELETE FROM policies WHERE secret = ?", (secret,))
