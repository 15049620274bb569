"""Binds the labels, versions and policy of a secret to its row, so that an older page of them is refused when read.

The row of a secret has a keyed hash (MAC) over the rows of the three tables that belong to it. An older page of one of
these tables does not fit the row. `check` finds everything else that was put back, see `digest`.

A secret is verified before it is used and before one of these rows changes; the MAC follows the changes before the
transaction ends. So a change never makes an older page valid.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any

from smtui.api.errors import DamagedSecretError
from smtui.api.record import record
from smtui.vault.statements import Statements

PURPOSE = "smtui secret binding"
MAC_BYTES = 16
BATCH = 1000
TABLES = {"labels": 0, "versions": 1, "policies": 0}
"""The tables that are bound, each with its column for the row of the secret."""
_ACCESSED_ON = 4
"""The column of `versions` that is not bound: reads change it."""

# Hexadecimal digits separate what is bound without ambiguity. An envelope is known by its wrapped data key.
MEMBERS = (
    "(SELECT group_concat(hex(label) || ' ' || version ORDER BY label) FROM labels WHERE secret = secrets.id),"
    " (SELECT group_concat(id || ' ' || hex(version_id) || ' ' || created_at || ' ' || form || ' ' || key || ' '"
    " || hex(wrapped) ORDER BY id) FROM versions WHERE secret = secrets.id),"
    " (SELECT policy FROM policies WHERE secret = secrets.id)"
)
"""SQL for the columns of `BoundRows` in a query of the table `secrets`."""
_SELECT = f"SELECT id, bound, {MEMBERS} FROM secrets"

Row = tuple[Any, ...]


@record
class BoundRows:
    """The labels and versions of a secret in the form of `MEMBERS`, and its policy; each None if there is none."""

    labels: Any
    versions: Any
    policy: Any

    def get_labels(self) -> dict[str, int]:
        """Each label with the row of its version. Raises ValueError for a damaged label."""
        if not self.labels:
            return {}
        pairs = (each.split(" ") for each in self.labels.split(","))
        return {bytes.fromhex(label).decode(): int(version) for label, version in pairs}


class SecretBinding:
    """Verifies the secrets of an open file, and keeps their MACs up to date with its changes."""

    def __init__(self, key: bytes) -> None:
        self._keyed = blake2b(key=key, digest_size=MAC_BYTES)
        self._trusted: set[int] = set()
        self._touched: set[int] = set()

    def __repr__(self) -> str:
        return "<SecretBinding>"

    def compute(self, secret: int, rows: BoundRows) -> bytes:
        """The MAC for the row of a secret."""
        mac = self._keyed.copy()
        mac.update(ascii((secret, rows.labels, rows.versions, rows.policy)).encode())
        return mac.digest()

    def verify(self, database: Statements, secret: int, bound: object, rows: BoundRows) -> None:
        """Raises DamagedSecretError unless the rows are those that belong to the secret."""
        if secret in self._trusted:
            return
        if not isinstance(bound, bytes) or not hmac.compare_digest(bound, self.compute(secret, rows)):
            raise make_unbound_error()
        if database.in_transaction:
            self._trusted.add(secret)

    def require(self, database: Statements, secrets: Iterable[int]) -> None:
        """Verifies secrets whose labels, versions or policy are about to change. Raises DamagedSecretError."""
        for row, bound, *members in _fetch(database, [row for row in secrets if row not in self._trusted]):
            self.verify(database, row, bound, BoundRows(*members))

    def observe(self, table: str, old: Row | None, new: Row | None) -> None:
        """Takes an inserted, deleted or changed row into account."""
        column = TABLES.get(table)
        if column is None:
            if table == "secrets" and old is None and new is not None:
                self._trusted.add(new[0])
                self._touched.add(new[0])
            elif table == "secrets" and new is None and old is not None:
                self._trusted.add(old[0])
            return
        if table == "versions" and old and new and _drop_access(old) == _drop_access(new):
            return
        for row in (old, new):
            if row is not None:
                assert row[column] in self._trusted, "rows of a secret are changed before it was verified"
                self._touched.add(row[column])

    def write(self, database: Statements, *, nested: bool = False) -> None:
        """Stores the MACs of the secrets that changed; again later if a nested transaction may be rolled back."""
        if self._touched:
            self._store(database, sorted(self._touched))
            if not nested:
                self._touched.clear()

    def _store(self, database: Statements, secrets: Sequence[int]) -> None:
        database.run_many("UPDATE secrets SET bound = ? WHERE id = ?", [
            (mac, row) for row, bound, *members in _fetch(database, secrets)
            if (mac := self.compute(row, BoundRows(*members))) != bound])

    def reset(self) -> None:
        """Forgets what was verified: the transaction is over."""
        self._trusted.clear()
        self._touched.clear()

    def start(self, database: Statements) -> None:
        """Stores the MACs of all secrets, in the transaction that creates the column."""
        last = 0
        while rows := [row for (row,) in database.fetch_rows(
            f"SELECT id FROM secrets WHERE id > ? ORDER BY id LIMIT {BATCH}", (last,)
        )]:
            self._store(database, rows)
            last = rows[-1]

    def find_unbound(self, database: Statements) -> Iterator[int]:
        """The rows of secrets whose labels, versions or policy do not belong to them."""
        for row, bound, *members in database.iterate(f"{_SELECT} ORDER BY id"):
            if bound != self.compute(row, BoundRows(*members)):
                yield row


def _fetch(database: Statements, secrets: Sequence[int]) -> list[Row]:
    """For each secret its row, its MAC and the columns of `BoundRows`."""
    if not secrets:
        return []
    return database.fetch_rows(f"{_SELECT} WHERE id IN (SELECT value FROM json_each(?))",
                               (json.dumps(list(secrets)),))


def _drop_access(version: Row) -> Row:
    return version[:_ACCESSED_ON] + version[_ACCESSED_ON + 1:]


def make_unbound_error() -> DamagedSecretError:
    """The error for a secret whose labels, versions or policy are not those that were stored last."""
    return DamagedSecretError(
        "The vault is damaged or was tampered with: the labels, versions or policy of this secret are not those that "
        "were last stored.", hint="Run smtui check, and open a backup.")
