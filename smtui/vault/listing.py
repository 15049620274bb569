"""Pages of secrets by filters and order, answered by indexes and the word index without a scan of all rows.

The plan depends on what narrows most. A word search in order of creation walks the word index; a filter with few
matches fetches and sorts those; anything else walks the index of the order and tests each row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from smtui.vault.database import Database
from smtui.vault.secrets import COLUMNS, Secret, read_row
from smtui.vault.tokenizer import split_query

FilterKey = Literal["name", "description", "tag-key", "tag-value", "primary-region", "owning-service", "all"]
Order = Literal["created-date", "last-changed-date", "last-accessed-date", "name"]
Position = tuple[str | int, int]

MAX_FEW = 1000
LAST_CHARACTER = "\U0010ffff"
_ORDER_COLUMN = {"created-date": "s.id", "last-changed-date": "s.changed_at", "last-accessed-date": "s.accessed_on",
                 "name": "s.name"}
_QUALIFIED = ", ".join(f"s.{column}" for column in COLUMNS.split(", "))


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a filter."""

    key: FilterKey
    value: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Every filter must match; a filter matches if one of its terms does. `scheduled` includes secrets that are
    scheduled for deletion.
    """

    region: str
    filters: tuple[tuple[Term, ...], ...] = ()
    scheduled: bool = False
    order: Order = "created-date"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class _Clause:
    sql: str
    values: tuple[str | int, ...] = ()


def list_page(database: Database, query: Query, *, after: Position | None, limit: int) -> list[Secret]:
    """Up to `limit` secrets of the query, after the position `after` or from the start."""
    database.flush()
    source, clauses = _plan_query(database, query)
    clauses.append(_Clause("s.region = ?", (query.region,)))
    if not query.scheduled:
        clauses.append(_Clause("s.delete_at IS NULL"))
    column, direction = _ORDER_COLUMN[query.order], "DESC" if query.descending else "ASC"
    if after is not None:
        sign = "<" if query.descending else ">"
        clauses.append(_Clause(f"s.id {sign} ?", after[1:]) if column == "s.id"
                       else _Clause(f"({column}, s.id) {sign} (?, ?)", after))
    order = f"{'words.rowid' if source.startswith('words') else column} {direction}"
    found = database.fetch_rows(
        f"SELECT {_QUALIFIED} FROM {source} WHERE {' AND '.join(clause.sql for clause in clauses)}"
        f" ORDER BY {order}{'' if column == 's.id' else f', s.id {direction}'} LIMIT ?",
        (*(value for clause in clauses for value in clause.values), limit),
    )
    return [read_row(row) for row in found]


def get_position(secret: Secret, order: Order) -> Position:
    """The position at which the page after this secret starts."""
    values: dict[Order, str | int] = {"created-date": secret.id, "last-changed-date": secret.changed_at,
                                      "last-accessed-date": secret.accessed_on, "name": secret.name}
    return values[order], secret.id


def _plan_query(database: Database, query: Query) -> tuple[str, list[_Clause]]:
    """The source to walk, and the tests for each row. One query asks the word index for everything."""
    matches = {terms: text for terms in query.filters if (text := _match(terms)) is not None}
    match = _Clause("words MATCH ?", (" AND ".join(f"({text})" for text in matches.values()),))
    others = [terms for terms in query.filters if terms not in matches]
    if matches and query.order == "created-date":
        tests = [_make_test(terms, query) for terms in others]
        return "words CROSS JOIN secrets s ON s.id = words.rowid", [match, *tests]
    hits = [_narrow(database, terms, query.region) for terms in others]
    clauses = [narrow or _make_test(terms, query) for narrow, terms in zip(hits, others, strict=True)]
    if matches:
        found = _Clause(f"SELECT rowid FROM words WHERE {match.sql}", match.values)
        hits.append(_test_if_few(database, found))
        clauses.append(_Clause(f"s.id IN ({found.sql})", found.values))
    # Few matches are fetched one by one and sorted; without this, SQLite walks the index of the order to find them.
    return f"secrets s{' NOT INDEXED' if any(hits) else ''}", clauses


def _match(terms: tuple[Term, ...]) -> str | None:
    """A filter as a query of the word index; None if the index cannot answer it."""
    if any(term.negated or term.key not in ("all", "description") or not split_query(term.value) for term in terms):
        return None
    return " OR ".join(f"({_format_words(term)})" for term in terms)


def _format_words(term: Term) -> str:
    every = " AND ".join(f'"{word}" *' for word in split_query(term.value))
    return f"description : ({every})" if term.key == "description" else every


def _narrow(database: Database, terms: tuple[Term, ...], region: str) -> _Clause | None:
    """The filter as a test for a short list of rows; None if it has many matches."""
    if any(term.negated for term in terms):
        return None
    sets = [_find_rows(term, region) for term in terms]
    if any(hits is None for hits in sets):
        return None
    union = " UNION ".join(hits.sql for hits in sets if hits)
    return _test_if_few(database, _Clause(union, tuple(value for hits in sets if hits for value in hits.values)))


def _test_if_few(database: Database, rows: _Clause) -> _Clause | None:
    """The test whether a secret is one of these rows; None if they are many."""
    counted = database.fetch_row(f"SELECT count(*) FROM (SELECT 1 FROM ({rows.sql}) LIMIT {MAX_FEW + 1})", rows.values)
    return _Clause(f"s.id IN ({rows.sql})", rows.values) if counted and counted[0] <= MAX_FEW else None


def _find_rows(term: Term, region: str) -> _Clause | None:
    """The rows that a term matches, as a query that an index answers; None if no index does."""
    borders = (term.value, term.value + LAST_CHARACTER)
    match term.key:
        case "name":
            return _Clause("SELECT id FROM secrets WHERE region = ? AND name >= ? AND name < ?", (region, *borders))
        case "tag-key" | "tag-value":
            column = term.key.removeprefix("tag-")
            return _Clause(f"SELECT secret FROM tags WHERE {column} >= ? AND {column} < ? AND key <> ''", borders)
        case "owning-service":
            return _Clause("SELECT id FROM secrets WHERE owning_service >= ? AND owning_service < ?", borders)
    return None


def _make_test(terms: tuple[Term, ...], query: Query) -> _Clause:
    tests = [_make_term_test(term, query) for term in terms]
    return _Clause(f"({' OR '.join(test.sql for test in tests)})", tuple(v for test in tests for v in test.values))


def _make_term_test(term: Term, query: Query) -> _Clause:
    """The test of one row for a term."""
    borders = (term.value, term.value + LAST_CHARACTER)
    match term.key:
        case "name":
            # The plus prevents the use of the name index, whose rows would have to be sorted for any other order.
            name = "s.name" if query.order == "name" else "+s.name"
            test = _Clause(f"({name} >= ? AND {name} < ?)", borders)
        case "tag-key" | "tag-value" if term.negated:
            # Most secrets match, so those with the tag are listed once.
            hits = _find_rows(term, query.region)
            assert hits is not None
            test = _Clause(f"s.id IN ({hits.sql})", hits.values)
        case "tag-key" | "tag-value":
            column = term.key.removeprefix("tag-")
            test = _Clause(
                f"EXISTS (SELECT 1 FROM tags WHERE secret = s.id AND {column} >= ? AND {column} < ? AND key <> '')",
                borders,
            )
        case "owning-service":
            test = _Clause("(ifnull(s.owning_service, '') >= ? AND s.owning_service < ?)", borders)
        case "primary-region":
            primary = ("coalesce(s.primary_region, CASE WHEN EXISTS (SELECT 1 FROM replicas WHERE secret = s.id)"
                       " THEN s.region END)")
            test = _Clause(f"({primary} >= ? AND {primary} < ?)", borders)
        case _ if not split_query(term.value):
            test = _Clause("0")
        case _:
            test = _Clause("s.id IN (SELECT rowid FROM words WHERE words MATCH ?)", (_format_words(term),))
    return _Clause(f"NOT coalesce({test.sql}, 0)", test.values) if term.negated else test
