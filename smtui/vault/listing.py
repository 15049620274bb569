"""Pages of secrets by filters and order, served by indexes and the word index, never by reading everything.

How a page is found depends on what narrows most: a search for words in order of creation walks the word index; a
filter with few hits fetches those and sorts them; anything else walks the index of its order and tests each row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from smtui.vault.database import Database
from smtui.vault.secrets import COLUMNS, Secret, read
from smtui.vault.wording import split

Key = Literal["name", "description", "tag-key", "tag-value", "primary-region", "owning-service", "all"]
Order = Literal["created-date", "last-changed-date", "last-accessed-date", "name"]
Position = tuple[str | int, int]

FEW = 1000
LAST_CHARACTER = "\U0010ffff"
_ORDER_COLUMN = {"created-date": "s.id", "last-changed-date": "s.changed_at", "last-accessed-date": "s.accessed_on",
                 "name": "s.name"}
_QUALIFIED = ", ".join(f"s.{column}" for column in COLUMNS.split(", "))


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a filter."""

    key: Key
    value: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Every filter must hold; a filter holds if any of its terms does."""

    region: str
    filters: tuple[tuple[Term, ...], ...] = ()
    scheduled: bool = False
    order: Order = "created-date"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class _Clause:
    sql: str
    values: tuple[str | int, ...] = ()


def page(database: Database, query: Query, *, after: Position | None, limit: int) -> list[Secret]:
    """Up to `limit` secrets of the query, from the one behind the position `after`."""
    database.pay()
    source, clauses = _plan(database, query)
    clauses.append(_Clause("s.region = ?", (query.region,)))
    if not query.scheduled:
        clauses.append(_Clause("s.delete_at IS NULL"))
    column, direction = _ORDER_COLUMN[query.order], "DESC" if query.descending else "ASC"
    if after is not None:
        sign = "<" if query.descending else ">"
        clauses.append(_Clause(f"s.id {sign} ?", after[1:]) if column == "s.id"
                       else _Clause(f"({column}, s.id) {sign} (?, ?)", after))
    order = f"{'words.rowid' if source.startswith('words') else column} {direction}"
    found = database.rows(
        f"SELECT {_QUALIFIED} FROM {source} WHERE {' AND '.join(clause.sql for clause in clauses)}"
        f" ORDER BY {order}{'' if column == 's.id' else f', s.id {direction}'} LIMIT ?",
        (*(value for clause in clauses for value in clause.values), limit),
    )
    return [read(row) for row in found]


def position(secret: Secret, order: Order) -> Position:
    """Where a page that ends with this secret continues."""
    values: dict[Order, str | int] = {"created-date": secret.id, "last-changed-date": secret.changed_at,
                                      "last-accessed-date": secret.accessed_on, "name": secret.name}
    return values[order], secret.id


def _plan(database: Database, query: Query) -> tuple[str, list[_Clause]]:
    """What to walk, and the tests a row must pass. All that is asked of the word index is asked at once."""
    matches = {terms: text for terms in query.filters if (text := _match(terms)) is not None}
    match = _Clause("words MATCH ?", (" AND ".join(f"({text})" for text in matches.values()),))
    others = [terms for terms in query.filters if terms not in matches]
    if matches and query.order == "created-date":
        tests = [_tests(terms, query) for terms in others]
        return "words CROSS JOIN secrets s ON s.id = words.rowid", [match, *tests]
    hits = [_narrowed(database, terms, query.region) for terms in others]
    clauses = [narrow or _tests(terms, query) for narrow, terms in zip(hits, others, strict=True)]
    if matches:
        found = _Clause(f"SELECT rowid FROM words WHERE {match.sql}", match.values)
        hits.append(_if_few(database, found))
        clauses.append(_Clause(f"s.id IN ({found.sql})", found.values))
    # Few hits are fetched one by one and sorted; without this, SQLite walks the index of the order to find them.
    return f"secrets s{' NOT INDEXED' if any(hits) else ''}", clauses


def _match(terms: tuple[Term, ...]) -> str | None:
    """A filter as one question to the word index, if it can be asked there."""
    if any(term.negated or term.key not in ("all", "description") or not split(term.value) for term in terms):
        return None
    return " OR ".join(f"({_words_of(term)})" for term in terms)


def _words_of(term: Term) -> str:
    every = " AND ".join(f'"{word}" *' for word in split(term.value))
    return f"description : ({every})" if term.key == "description" else every


def _narrowed(database: Database, terms: tuple[Term, ...], region: str) -> _Clause | None:
    """The filter as a short list of rows, if it has few hits."""
    if any(term.negated for term in terms):
        return None
    sets = [_hits(term, region) for term in terms]
    if any(hits is None for hits in sets):
        return None
    union = " UNION ".join(hits.sql for hits in sets if hits)
    return _if_few(database, _Clause(union, tuple(value for hits in sets if hits for value in hits.values)))


def _if_few(database: Database, rows: _Clause) -> _Clause | None:
    """The test whether a secret is one of these rows, if they are few."""
    counted = database.row(f"SELECT count(*) FROM (SELECT 1 FROM ({rows.sql}) LIMIT {FEW + 1})", rows.values)
    return _Clause(f"s.id IN ({rows.sql})", rows.values) if counted and counted[0] <= FEW else None


def _hits(term: Term, region: str) -> _Clause | None:
    """The rows a term finds, as a query that an index answers; None where there is no such index."""
    borders = (term.value, term.value + LAST_CHARACTER)
    match term.key:
        case "name":
            return _Clause("SELECT id FROM secrets WHERE region = ? AND name >= ? AND name < ?", (region, *borders))
        case "tag-key" | "tag-value":
            column = term.key.removeprefix("tag-")
            return _Clause(f"SELECT secret FROM tags WHERE {column} >= ? AND {column} < ?", borders)
        case "owning-service":
            return _Clause("SELECT id FROM secrets WHERE owning_service >= ? AND owning_service < ?", borders)
    return None


def _tests(terms: tuple[Term, ...], query: Query) -> _Clause:
    tests = [_test(term, query) for term in terms]
    return _Clause(f"({' OR '.join(test.sql for test in tests)})", tuple(v for test in tests for v in test.values))


def _test(term: Term, query: Query) -> _Clause:
    """Whether one row fits a term."""
    borders = (term.value, term.value + LAST_CHARACTER)
    match term.key:
        case "name":
            # The plus keeps the index of names out of it, which would have to be sorted for any other order.
            name = "s.name" if query.order == "name" else "+s.name"
            test = _Clause(f"({name} >= ? AND {name} < ?)", borders)
        case "tag-key" | "tag-value" if term.negated:
            # Most secrets have to be looked at: those that have the tag are listed once.
            hits = _hits(term, query.region)
            assert hits is not None
            test = _Clause(f"s.id IN ({hits.sql})", hits.values)
        case "tag-key" | "tag-value":
            column = term.key.removeprefix("tag-")
            test = _Clause(
                f"EXISTS (SELECT 1 FROM tags WHERE secret = s.id AND {column} >= ? AND {column} < ?)", borders
            )
        case "owning-service":
            test = _Clause("(ifnull(s.owning_service, '') >= ? AND s.owning_service < ?)", borders)
        case "primary-region":
            primary = "coalesce(s.primary_region, s.region)"
            test = _Clause(f"({primary} >= ? AND {primary} < ?)", borders)
        case _ if not split(term.value):
            test = _Clause("1")
        case _:
            test = _Clause("s.id IN (SELECT rowid FROM words WHERE words MATCH ?)", (_words_of(term),))
    return _Clause(f"NOT coalesce({test.sql}, 0)", test.values) if term.negated else test
