"""The tables of the vault, format by format.

Times are milliseconds since 1970 (UTC). `accessed_on` is the midnight (UTC) that begins the day of the last access,
0 if there was none. Row numbers of secrets follow their creation and are never reused: ListSecrets uses their order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smtui.vault.statements import Statements

BATCH_INDEXED = 500
"""Audit events enter the index by secret in batches of so many, because one page of it is written for each secret."""

TABLES = (
    # Properties of the vault: account_id, region_name.
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # KMS-like keys, each wrapped by the root key. A key for the vault's own purposes has an alias in smtui/.
    """CREATE TABLE keys (
        id INTEGER PRIMARY KEY AUTOINCREMENT, region TEXT NOT NULL, key_id TEXT NOT NULL UNIQUE,
        alias TEXT NOT NULL, created_at INTEGER NOT NULL, wrapped BLOB NOT NULL)""",
    "CREATE UNIQUE INDEX keys_by_alias ON keys (region, alias)",
    """CREATE TABLE secrets (
        id INTEGER PRIMARY KEY AUTOINCREMENT, region TEXT NOT NULL, name TEXT NOT NULL, suffix TEXT NOT NULL,
        description TEXT, type TEXT, owning_service TEXT,
        created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, accessed_on INTEGER NOT NULL DEFAULT 0,
        delete_at INTEGER)""",
    "CREATE UNIQUE INDEX secrets_by_name ON secrets (region, name)",
    "CREATE INDEX secrets_by_change ON secrets (region, changed_at)",
    "CREATE INDEX secrets_by_access ON secrets (region, accessed_on)",
    "CREATE INDEX secrets_by_region ON secrets (region)",
    "CREATE INDEX secrets_by_deletion ON secrets (delete_at) WHERE delete_at IS NOT NULL",
    "CREATE INDEX secrets_by_owner ON secrets (owning_service) WHERE owning_service IS NOT NULL",
    # The empty key marks a secret that had tags once and has none, see `secrets.WITHOUT_TAGS`.
    """CREATE TABLE tags (
        id INTEGER PRIMARY KEY, secret INTEGER NOT NULL REFERENCES secrets ON DELETE CASCADE,
        key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (secret, key))""",
    "CREATE INDEX tags_by_key ON tags (key, secret)",
    "CREATE INDEX tags_by_value ON tags (value, secret)",
    """CREATE TABLE versions (
        id INTEGER PRIMARY KEY AUTOINCREMENT, secret INTEGER NOT NULL REFERENCES secrets ON DELETE CASCADE,
        version_id TEXT NOT NULL, created_at INTEGER NOT NULL, accessed_on INTEGER NOT NULL DEFAULT 0,
        form TEXT NOT NULL CHECK (form IN ('string', 'binary')),
        key INTEGER NOT NULL REFERENCES keys, wrapped BLOB NOT NULL, sealed BLOB NOT NULL,
        UNIQUE (secret, version_id))""",
    """CREATE TABLE labels (
        secret INTEGER NOT NULL REFERENCES secrets ON DELETE CASCADE, label TEXT NOT NULL, version INTEGER NOT NULL,
        PRIMARY KEY (secret, label)) WITHOUT ROWID""",
    # The audit log. `chain` authenticates an event together with all events before it.
    """CREATE TABLE trail (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, operation TEXT NOT NULL,
        secret INTEGER, event TEXT NOT NULL, chain BLOB NOT NULL)""",
    "CREATE INDEX trail_by_secret ON trail (secret) WHERE secret IS NOT NULL",
    # The words of each secret under its row number; contentless, so it holds no text.
    """CREATE VIRTUAL TABLE words USING fts5 (
        name, description, tags, content='', contentless_delete=1, detail=column, prefix='2 3')""",
)


def create_format_1(database: Statements) -> None:
    for statement in TABLES:
        database.run(statement)


CUSTOMER_KEYS = (
    # `wrapped` is empty after permanent deletion; the row stays for the versions that refer to it.
    "ALTER TABLE keys ADD COLUMN manager TEXT NOT NULL DEFAULT 'AWS' CHECK (manager IN ('AWS', 'CUSTOMER'))",
    "ALTER TABLE keys ADD COLUMN description TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE keys ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE keys ADD COLUMN delete_at INTEGER",
    """CREATE TABLE aliases (
        region TEXT NOT NULL, alias TEXT NOT NULL, key INTEGER NOT NULL REFERENCES keys, created_at INTEGER NOT NULL,
        PRIMARY KEY (region, alias)) WITHOUT ROWID""",
    "INSERT INTO aliases SELECT region, alias, id, created_at FROM keys",
    "DROP INDEX keys_by_alias",
    "ALTER TABLE keys DROP COLUMN alias",
    "CREATE INDEX keys_by_deletion ON keys (delete_at) WHERE delete_at IS NOT NULL",
    # The KmsKeyId for new versions, as given; NULL is the AWS managed key.
    "ALTER TABLE secrets ADD COLUMN kms_key_id TEXT",
)


REPLICATION = (
    # The Region of a replica's primary.
    "ALTER TABLE secrets ADD COLUMN primary_region TEXT",
    """CREATE TABLE replicas (
        secret INTEGER NOT NULL REFERENCES secrets ON DELETE CASCADE, region TEXT NOT NULL, kms_key_id TEXT,
        overwrite INTEGER NOT NULL, status TEXT NOT NULL CHECK (status IN ('InProgress', 'InSync', 'Failed')),
        message TEXT, PRIMARY KEY (secret, region)) WITHOUT ROWID""",
)


AUDIT_RETENTION = (
    # One row: the newest dropped event and its chain value, from which the log continues; the newest event; the MAC of
    # these three, empty until the first event of this format.
    """CREATE TABLE trail_bounds (
        one INTEGER PRIMARY KEY CHECK (one = 1), dropped INTEGER NOT NULL, chain BLOB NOT NULL,
        newest INTEGER NOT NULL, seal BLOB NOT NULL)""",
    "INSERT INTO trail_bounds SELECT 1, 0, zeroblob(32), coalesce(max(id), 0), x'' FROM trail",
    # Finds deleted secrets by their name.
    "CREATE INDEX trail_of_creations ON trail (id) WHERE operation = 'CreateSecret'",
)


ROTATION = (
    # `settings` is a JSON object whose members depend on the kind.
    """CREATE TABLE functions (
        region TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('password', 'command')),
        settings TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (region, name)) WITHOUT ROWID""",
    """CREATE TABLE rotations (
        secret INTEGER PRIMARY KEY REFERENCES secrets ON DELETE CASCADE, enabled INTEGER NOT NULL,
        function TEXT NOT NULL, after_days INTEGER, expression TEXT, duration TEXT,
        rotated_at INTEGER, counts_from INTEGER NOT NULL, opens_at INTEGER, due_by INTEGER)""",
    "CREATE INDEX rotations_due ON rotations (opens_at) WHERE enabled AND opens_at IS NOT NULL",
    """CREATE TABLE runs (
        secret INTEGER PRIMARY KEY REFERENCES secrets ON DELETE CASCADE,
        kind TEXT NOT NULL CHECK (kind IN ('rotation', 'test')), token TEXT NOT NULL, step TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')), attempts INTEGER NOT NULL,
        not_before INTEGER NOT NULL, held_by TEXT, held_until INTEGER NOT NULL, message TEXT NOT NULL,
        changed_at INTEGER NOT NULL)""",
    "CREATE INDEX runs_waiting ON runs (not_before) WHERE state = 'waiting'",
)


POLICIES = (
    # The policy text as given.
    "CREATE TABLE policies (secret INTEGER PRIMARY KEY REFERENCES secrets ON DELETE CASCADE, policy TEXT NOT NULL)",
)


def create_format_2(database: Statements) -> None:
    """Customer keys, replicas, rotation, policies, and an audit log with retention."""
    for statement in (*CUSTOMER_KEYS, *REPLICATION, *AUDIT_RETENTION, *ROTATION, *POLICIES):
        database.run(statement)


DIGEST = (
    # One row: the sum over all other rows, see `digest`; the sum of SQLite's last row numbers; the number of commits.
    """CREATE TABLE digest (
        one INTEGER PRIMARY KEY CHECK (one = 1), sum BLOB NOT NULL, numbers INTEGER NOT NULL,
        commits INTEGER NOT NULL)""",
    # The digest replaces the MAC of the log's bounds; only the beginning is still needed.
    "ALTER TABLE trail_bounds DROP COLUMN newest",
    "ALTER TABLE trail_bounds DROP COLUMN seal",
    "ALTER TABLE trail_bounds RENAME TO trail_start",
    # The latest time of this event and all before it, which survives a clock that is set back.
    "ALTER TABLE trail ADD COLUMN latest INTEGER NOT NULL DEFAULT 0",
    "UPDATE trail SET latest = (SELECT max(at) FROM trail) WHERE id = (SELECT max(id) FROM trail)",
)


def create_format_3(database: Statements) -> None:
    """A digest of the whole vault, and the latest time it has seen."""
    for statement in DIGEST:
        database.run(statement)


AUDIT_EVENTS = (
    # The newest row is never dropped, so no number is given twice without a sequence table. `sum`, `numbers` and
    # `commits` are the state of the digest after the transaction that added the row; NULL where another row has it.
    """CREATE TABLE audit_events (
        id INTEGER PRIMARY KEY, at INTEGER NOT NULL, operation TEXT NOT NULL, secret INTEGER, event TEXT NOT NULL,
        chain BLOB NOT NULL, latest INTEGER NOT NULL, sum BLOB, numbers INTEGER, commits INTEGER)""",
    """INSERT INTO audit_events (id, at, operation, secret, event, chain, latest)
        SELECT id, at, operation, secret, event, chain, latest FROM trail ORDER BY id""",
    "DROP TABLE trail",
    "CREATE INDEX audit_events_of_creations ON audit_events (id) WHERE operation = 'CreateSecret'",
    # The numbers of the events about each secret, up to the last full batch, see `audit_log.BATCH_INDEXED`.
    """CREATE TABLE audit_index (
        subject INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (subject, number)) WITHOUT ROWID""",
    f"""INSERT INTO audit_index SELECT secret, id FROM audit_events WHERE secret IS NOT NULL
        AND id <= (SELECT max(id) / {BATCH_INDEXED} * {BATCH_INDEXED} FROM audit_events)""",
    "ALTER TABLE trail_start RENAME TO audit_start",
    "UPDATE meta SET name = 'audit_days' WHERE name = 'trail_days'",
    # The newest event when this row was written: a later event has the state of the digest instead.
    "ALTER TABLE digest ADD COLUMN event INTEGER NOT NULL DEFAULT 0",
    "UPDATE digest SET event = (SELECT coalesce(max(id), 0) FROM audit_events)",
)


BINDING = (
    # The MAC of the labels, versions and policy of the secret, see `binding`.
    "ALTER TABLE secrets ADD COLUMN bound BLOB NOT NULL DEFAULT x''",
    # A replica has the policy of its primary.
    "DELETE FROM policies WHERE secret IN (SELECT id FROM secrets WHERE primary_region IS NOT NULL)",
)


KEY_ATTRIBUTES = (
    "CREATE TABLE key_policies (key INTEGER PRIMARY KEY REFERENCES keys, policy TEXT NOT NULL)",
    """CREATE TABLE key_tags (
        key INTEGER NOT NULL REFERENCES keys, tag TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (key, tag)) WITHOUT ROWID""",
)


CALLERS = (
    # Who may sign requests to the endpoint. `secret_key` is the secret access key, encrypted.
    """CREATE TABLE callers (
        name TEXT PRIMARY KEY, access_key_id TEXT NOT NULL UNIQUE, arn TEXT NOT NULL,
        identity TEXT NOT NULL CHECK (identity IN ('none', 'admin')), secret_key BLOB NOT NULL,
        created_at INTEGER NOT NULL) WITHOUT ROWID""",
)


CONTEXTS = (
    # The list of the secrets of an AWS account in one Region, encrypted.
    """CREATE TABLE kept_indexes (
        context TEXT NOT NULL, region TEXT NOT NULL, sealed BLOB NOT NULL, stored_at INTEGER NOT NULL,
        PRIMARY KEY (context, region))""",
    # Changes to an AWS account that are collected, each encrypted, in their order.
    """CREATE TABLE staged_changes (
        id INTEGER PRIMARY KEY, context TEXT NOT NULL, region TEXT NOT NULL, secret_id TEXT NOT NULL,
        kind TEXT NOT NULL, sealed BLOB NOT NULL, created_at INTEGER NOT NULL)""",
    "CREATE INDEX staged_changes_by_context ON staged_changes (context, region, id)",
)


def create_format_4(database: Statements) -> None:
    """An audit log that one page of a read fits in, and labels, versions and policies bound to their secret."""
    for statement in (*AUDIT_EVENTS, *BINDING, *KEY_ATTRIBUTES, *CALLERS, *CONTEXTS):
        database.run(statement)


# Item n migrates a vault of format n to format n + 1; the first creates the tables in an empty file.
MIGRATIONS: tuple[Callable[[Statements], None], ...] = (create_format_1, create_format_2, create_format_3,
                                                      create_format_4)
