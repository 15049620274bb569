"""Verifies everything in a vault: pages, rows, envelopes, references, the audit log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from smtui.api.arn import format_secret_arn
from smtui.api.errors import DecryptionFailure, InternalServiceError, VaultDamagedError
from smtui.vault import audit_log, binding, digest, envelope, keys, migrate, schema_check, versions
from smtui.vault.binding import SecretBinding
from smtui.vault.columns import COLUMNS, JSON_COLUMNS
from smtui.vault.database import Database
from smtui.vault.envelope import EncryptionContext
from smtui.vault.keystore import KeyStore
from smtui.vault.sqlite_errors import detect_damage

Area = Literal["pages", "rows", "envelopes", "references", "audit log", "file"]
Progress = Callable[[str, int, int], None]
# The number of rows between two calls of `progress`.
PROGRESS_STEP = 500
# Versions whose key was deleted permanently: they can be neither verified nor read.
SHREDDED = "versions shredded with their key"
REPLAYED = ("Rows differ from what was last written: older data was put back, or another program wrote to the vault.")
# Broken references: each query returns the rows that must not exist.
_DANGLING = {
    "versions without a secret": "SELECT id FROM versions WHERE secret NOT IN (SELECT id FROM secrets)",
    "versions without a key": "SELECT id FROM versions WHERE key NOT IN (SELECT id FROM keys)",
    "labels without a version of their secret":
        "SELECT l.secret FROM labels l LEFT JOIN versions v ON v.id = l.version AND v.secret = l.secret"
        " WHERE v.id IS NULL",
    "tags without a secret": "SELECT id FROM tags WHERE secret NOT IN (SELECT id FROM secrets)",
    "secrets with AWSPREVIOUS but no AWSCURRENT":
        "SELECT secret FROM labels s WHERE label = 'AWSPREVIOUS'"
        " AND NOT EXISTS (SELECT 1 FROM labels WHERE secret = s.secret AND label = 'AWSCURRENT')",
    "replicas unknown to any primary":
        "SELECT id FROM secrets r WHERE primary_region IS NOT NULL AND NOT EXISTS (SELECT 1 FROM secrets p"
        " JOIN replicas ON replicas.secret = p.id AND replicas.region = r.region"
        " WHERE p.region = r.primary_region AND p.name = r.name AND p.suffix = r.suffix)",
    "replicas reported in sync that do not exist":
        "SELECT p.id FROM replicas JOIN secrets p ON p.id = replicas.secret WHERE replicas.status = 'InSync'"
        " AND NOT EXISTS (SELECT 1 FROM secrets r WHERE r.region = replicas.region AND r.name = p.name"
        " AND r.suffix = p.suffix AND r.primary_region = p.region)",
    "secrets missing from the word index": "SELECT id FROM secrets WHERE id NOT IN (SELECT rowid FROM words)",
}


@dataclass(frozen=True)
class CheckFinding:
    """One fault: the area where it was found, and a sentence about it."""

    area: Area
    sentence: str


@dataclass(frozen=True)
class CheckReport:
    """The result of a check: `counted` maps what was verified to how many, `findings` are the faults."""

    counted: dict[str, int]
    findings: tuple[CheckFinding, ...]

    @property
    def clean(self) -> bool:
        return not self.findings


def check(database: Database, store: KeyStore, account: str, progress: Progress) -> CheckReport:
    """Verifies the whole file. Call it inside a snapshot, so that it sees one consistent state.

    Args:
        store: unwraps the keys of the vault.
        account: the vault's account id, 12 digits; part of the encryption context.
        progress: called with the area, the number of items done and their total.
    """
    counted: dict[str, int] = {}
    findings: list[CheckFinding] = []
    for area, check_area in _CHECKS.items():
        progress(area, 0, 1)
        findings += _collect(area, check_area(database, store, counted))
    findings += _collect("rows", _check_rows(database, store, counted, progress))
    findings += _collect("envelopes", _check_envelopes(database, store, account, counted, progress))
    return CheckReport(counted, tuple(findings))


def _collect(area: Area, sentences: Iterator[str]) -> list[CheckFinding]:
    """The findings of one area. A page that cannot be read ends the area and is itself a finding."""
    found: list[CheckFinding] = []
    try:
        with detect_damage():
            found += (CheckFinding(area, sentence) for sentence in sentences)
    except (VaultDamagedError, DecryptionFailure) as error:
        found.append(CheckFinding(area, str(error)))
    return found


def _check_schema(database: Database, store: KeyStore, counted: dict[str, int]) -> Iterator[str]:
    """Compares the tables with ours: another program may have changed them since the file was opened."""
    for difference in schema_check.find_differences(database.connection, migrate.read_format(database)):
        yield f"{difference[:1].upper()}{difference[1:]}"


def _check_pages(database: Database, store: KeyStore, counted: dict[str, int]) -> Iterator[str]:
    counted["pages"] = (database.fetch_row("PRAGMA page_count") or (0,))[0]
    for (sentence,) in database.fetch_rows("PRAGMA integrity_check(20)"):
        if sentence != "ok":
            yield str(sentence)


def _check_rows(database: Database, store: KeyStore, counted: dict[str, int], progress: Progress) -> Iterator[str]:
    """Verifies the digest over all rows, the type of each value and SQLite's row numbers."""
    of = digest.count_rows(database)
    counted["rows"] = of
    if digest.find_difference(database, store.derive(digest.PURPOSE), lambda done: progress("rows", done, of)):
        yield REPLAYED
    yield from _check_types(database)
    if not digest.has_valid_row_numbers(database):
        yield "SQLite's row numbers do not continue where they ended."


def _check_types(database: Database) -> Iterator[str]:
    """Verifies that each column holds only allowed values. Reads each table once."""
    for table, columns in COLUMNS.items():
        conditions = {name: column.build_condition(f'"{name}"') for name, column in columns.items()}
        for name in JSON_COLUMNS.get(table, ()):
            is_object = f"CASE WHEN json_valid({name}) THEN json_type({name}) = 'object' ELSE 0 END"
            conditions[name] = f"({conditions[name]} OR NOT {is_object})"
        totals = ", ".join(f"total({each})" for each in conditions.values())
        counts = database.fetch_row(f"SELECT {totals} FROM {table}") or ()
        for name, count in zip(conditions, counts, strict=False):
            if count:
                rows = f"{count:,.0f} row{'s' if count > 1 else ''}"
                yield f"Column {name} of {table} has invalid values in {rows}."
        if database.has_undecodable and database.is_undecodable(table):
            yield f"A text of {table} is not UTF-8."


def _check_references(database: Database, store: KeyStore, counted: dict[str, int]) -> Iterator[str]:
    counted["secrets"] = (database.fetch_row("SELECT count(*) FROM secrets") or (0,))[0]
    for what, question in _DANGLING.items():
        rows = database.fetch_rows(f"{question} LIMIT 5")
        if rows:
            yield f"Found {what}: rows {', '.join(str(row) for (row,) in rows)}."
    unbound = list(islice(SecretBinding(store.derive(binding.PURPOSE)).find_unbound(database), 5))
    if unbound:
        yield (f"Found secrets whose labels, versions or policy are not those that were last stored: "
               f"rows {', '.join(map(str, unbound))}.")


def _check_audit_log(database: Database, store: KeyStore, counted: dict[str, int]) -> Iterator[str]:
    counted["audit events"], wrong = audit_log.verify(database, store.derive("smtui trail"))
    if wrong is not None:
        yield wrong
    if faults := audit_log.count_index_faults(database):
        yield f"The index of the audit log by secret has {faults:,} wrong {'entries' if faults > 1 else 'entry'}."


def _check_envelopes(
    database: Database, store: KeyStore, account: str, counted: dict[str, int], progress: Progress
) -> Iterator[str]:
    of = (database.fetch_row("SELECT count(*) FROM versions") or (0,))[0]
    counted["versions"] = 0
    for region, name, suffix, *row in database.iterate(
        "SELECT s.region, s.name, s.suffix, v.* FROM versions v JOIN secrets s ON s.id = v.secret ORDER BY v.id"
    ):
        counted["versions"] += 1
        if counted["versions"] % PROGRESS_STEP == 0:
            progress("envelopes", counted["versions"], of)
        version = versions.read_row(tuple(row))
        if version.is_empty:
            continue
        try:
            key = keys.get_by_row(database, version.key)
        except InternalServiceError:
            continue  # a version without a key is a finding of the references
        if key.is_shredded:
            counted[SHREDDED] = counted.get(SHREDDED, 0) + 1
            continue
        arn = format_secret_arn(region, account, name, suffix)
        try:
            context = EncryptionContext(arn, version.version_id, version.form)
            envelope.unseal(version.envelope, store.get_material(key), context)
        except DecryptionFailure:
            yield f"The value of version {version.version_id} of {name} was altered or belongs elsewhere."


_CHECKS: dict[Area, Callable[[Database, KeyStore, dict[str, int]], Iterator[str]]] = {
    "file": _check_schema, "pages": _check_pages, "references": _check_references, "audit log": _check_audit_log,
}
