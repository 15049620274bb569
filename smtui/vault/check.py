"""Verifies everything in a vault that can be verified: pages, rows, envelopes, references, the trail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from smtui.api.errors import DecryptionFailure, InternalServiceError, VaultDamagedError
from smtui.vault import digest, envelope, keys, migrate, schema_check, trail, versions
from smtui.vault.columns import COLUMNS, JSON_COLUMNS
from smtui.vault.database import Database
from smtui.vault.envelope import Context
from smtui.vault.keystore import KeyStore
from smtui.vault.refusals import well_formed

Area = Literal["pages", "rows", "envelopes", "references", "audit log", "file"]
Progress = Callable[[str, int, int], None]
# After how many rows progress is told.
OFTEN = 500
# Versions whose key was deleted for good: nothing of them can be verified, nor read.
SHREDDED = "versions shredded with their key"
REPLAYED = ("Rows are not as they were last left: an older page or row was put back, or another program wrote into the "
            "vault.")
# What must not be found: each question answers with the rows that point at nothing.
_DANGLING = {
    "versions without a secret": "SELECT id FROM versions WHERE secret NOT IN (SELECT id FROM secrets)",
    "versions without a key": "SELECT id FROM versions WHERE key NOT IN (SELECT id FROM keys)",
    "labels on no version of their secret":
        "SELECT l.secret FROM labels l LEFT JOIN versions v ON v.id = l.version AND v.secret = l.secret"
        " WHERE v.id IS NULL",
    "tags without a secret": "SELECT id FROM tags WHERE secret NOT IN (SELECT id FROM secrets)",
    "secrets with versions but no AWSCURRENT":
        "SELECT id FROM secrets s WHERE EXISTS (SELECT 1 FROM versions WHERE secret = s.id)"
        " AND NOT EXISTS (SELECT 1 FROM labels WHERE secret = s.id AND label = 'AWSCURRENT')",
    "replicas that no primary knows":
        "SELECT id FROM secrets r WHERE primary_region IS NOT NULL AND NOT EXISTS (SELECT 1 FROM secrets p"
        " JOIN replicas ON replicas.secret = p.id AND replicas.region = r.region"
        " WHERE p.region = r.primary_region AND p.name = r.name AND p.suffix = r.suffix)",
    "replicas said to be in sync that are not there":
        "SELECT p.id FROM replicas JOIN secrets p ON p.id = replicas.secret WHERE replicas.status = 'InSync'"
        " AND NOT EXISTS (SELECT 1 FROM secrets r WHERE r.region = replicas.region AND r.name = p.name"
        " AND r.suffix = p.suffix AND r.primary_region = p.region)",
    "secrets missing from the word index": "SELECT id FROM secrets WHERE id NOT IN (SELECT rowid FROM words)",
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where, and a sentence about it."""

    area: Area
    sentence: str


@dataclass(frozen=True)
class CheckReport:
    """What was looked at (counts by what they count) and what is wrong with it."""

    counted: dict[str, int]
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        return not self.findings


def check(database: Database, store: KeyStore, account: str, progress: Progress) -> CheckReport:
    """Looks at everything, in one consistent view of the file."""
    counted: dict[str, int] = {}
    findings: list[Finding] = []
    for area, look in (("file", _schema), ("pages", _pages), ("references", _references), ("audit log", _trail)):
        progress(area, 0, 1)
        findings += _safely(area, look(database, store, counted))  # type: ignore[arg-type]
    findings += _safely("rows", _rows(database, store, counted, progress))
    findings += _safely("envelopes", _envelopes(database, store, account, counted, progress))
    return CheckReport(counted, tuple(findings))


def _safely(area: Area, sentences: Iterator[str]) -> list[Finding]:
    """The findings of one area; a page that cannot be read ends the look and is itself a finding."""
    found: list[Finding] = []
    try:
        with well_formed():
            found += (Finding(area, sentence) for sentence in sentences)
    except (VaultDamagedError, DecryptionFailure) as error:
        found.append(Finding(area, str(error)))
    return found


def _schema(database: Database, store: KeyStore, counted: dict[str, int]) -> Iterator[str]:
    """Whether the tables are still ours: another program may have changed them since the file was opened."""
    for difference in schema_check.find_differences(database.connection, migrate.format_of(database)):
        yield f"{difference[:1].upper()}{difference[1:]}"


def _pages(database: Database, store: KeyStore, counted: dict[str, int]) -> Iterator[str]:
    counted["pages"] = (database.row("PRAGMA page_count") or (0,))[0]
    for (sentence,) in database.rows("PRAGMA integrity_check(20)"):
        if sentence != "ok":
            yield str(sentence)


def _rows(database: Database, store: KeyStore, counted: dict[str, int], progress: Progress) -> Iterator[str]:
    """Whether the rows are those that were last written together."""
    of = digest.count_of_all(database)
    counted["rows"] = of
    if digest.missing(database, store.derived(digest.PURPOSE), lambda done: progress("rows", done, of)):
        yield REPLAYED
    yield from _types(database)
    if not digest.numbers_fit(database):
        yield "SQLite's row numbers do not go on where they ended."


def _types(database: Database) -> Iterator[str]:
    """Whether each column holds what it may. One look at each table."""
    for table, columns in COLUMNS.items():
        conditions = {name: column.condition(f'"{name}"') for name, column in columns.items()}
        for name in JSON_COLUMNS.get(table, ()):
            is_object = f"CASE WHEN json_valid({name}) THEN json_type({name}) = 'object' ELSE 0 END"
            conditions[name] = f"({conditions[name]} OR NOT {is_object})"
        totals = ", ".join(f"total({each})" for each in conditions.values())
        counts = database.row(f"SELECT {totals} FROM {table}") or ()
        for name, count in zip(conditions, counts, strict=False):
            if count:
                rows = f"{count:,.0f} row{'s' if count > 1 else ''}"
                yield f"The column {name} of {table} holds what it cannot in {rows}."
        if database.has_undecodable and database.is_undecodable(table):
            yield f"A text of {table} is no UTF-8."


def _references(database: Database, store: KeyStore, counted: dict[str, int]) -> Iterator[str]:
    counted["secrets"] = (database.row("SELECT count(*) FROM secrets") or (0,))[0]
    for what, question in _DANGLING.items():
        rows = database.rows(f"{question} LIMIT 5")
        if rows:
            yield f"There are {what}: rows {', '.join(str(row) for (row,) in rows)}."


def _trail(database: Database, store: KeyStore, counted: dict[str, int]) -> Iterator[str]:
    counted["audit events"], wrong = trail.verify(database, store.derived("smtui trail"))
    if wrong is not None:
        yield wrong


def _envelopes(
    database: Database, store: KeyStore, account: str, counted: dict[str, int], progress: Progress
) -> Iterator[str]:
    of = (database.row("SELECT count(*) FROM versions") or (0,))[0]
    counted["versions"] = 0
    for region, name, suffix, *row in database.each(
        "SELECT s.region, s.name, s.suffix, v.* FROM versions v JOIN secrets s ON s.id = v.secret ORDER BY v.id"
    ):
        counted["versions"] += 1
        if counted["versions"] % OFTEN == 0:
            progress("envelopes", counted["versions"], of)
        version = versions.read(tuple(row))
        if version.empty:
            continue
        try:
            key = keys.by_row(database, version.key)
        except InternalServiceError:
            continue  # it points at no key, which is said with the references
        if key.shredded:
            counted[SHREDDED] = counted.get(SHREDDED, 0) + 1
            continue
        arn = f"arn:aws:secretsmanager:{region}:{account}:secret:{name}-{suffix}"
        try:
            envelope.unseal(version.envelope, store.material(key), Context(arn, version.version_id, version.form))
        except DecryptionFailure:
            yield f"The value of version {version.version_id} of {name} was altered or belongs elsewhere."
