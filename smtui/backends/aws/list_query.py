"""Filters and orders of ListSecrets on entries in memory, with the semantics of a local vault.

Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from smtui.api.errors import InvalidNextTokenException
from smtui.engine.filters import parse_filters
from smtui.vault.listing import Term
from smtui.vault.tokenizer import split_query

Entry = Mapping[str, Any]
Matcher = Callable[[Entry], bool]
Position = tuple[Any, str]
"""The value of an entry in an order, and its ARN."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_DATES = {"created-date": "CreatedDate", "last-changed-date": "LastChangedDate",
          "last-accessed-date": "LastAccessedDate"}


def make_matcher(request: Mapping[str, Any]) -> Matcher:
    """The test that entries of a ListSecrets request pass. Raises InvalidParameterException."""
    filters = [[_make_test(term) for term in terms] for terms in parse_filters(request.get("Filters", ()))]
    shows_planned = bool(request.get("IncludePlannedDeletion"))
    return lambda entry: (shows_planned or "DeletedDate" not in entry) and all(
        any(test(entry) for test in tests) for tests in filters)


def _make_test(term: Term) -> Matcher:
    """The test for one value of a filter."""
    matches = _make_positive_test(term.key, term.value)
    return (lambda entry: not matches(entry)) if term.negated else matches


def _make_positive_test(key: str, value: str) -> Matcher:
    if key in ("all", "description"):
        words = split_query(value)
        list_texts = _list_all_texts if key == "all" else _list_descriptions
        return lambda entry: bool(words) and _has_words(words, list_texts(entry))
    list_values = _LISTS[key]
    return lambda entry: any(each.startswith(value) for each in list_values(entry))


def _has_words(words: Iterable[str], texts: Iterable[str]) -> bool:
    """Whether each word begins a word of the texts."""
    found = [each for text in texts for each in split_query(text)]
    return all(any(each.startswith(word) for each in found) for word in words)


def _list_descriptions(entry: Entry) -> list[str]:
    return [entry.get("Description", "")]


def _list_all_texts(entry: Entry) -> list[str]:
    tags = [tag.get(member, "") for tag in entry.get("Tags", ()) for member in ("Key", "Value")]
    return [entry["Name"], entry.get("Description", ""), *tags]


_LISTS: dict[str, Callable[[Entry], list[str]]] = {
    "name": lambda entry: [entry["Name"]],
    "tag-key": lambda entry: [tag["Key"] for tag in entry.get("Tags", ())],
    "tag-value": lambda entry: [tag.get("Value", "") for tag in entry.get("Tags", ())],
    "primary-region": lambda entry: [each for each in [entry.get("PrimaryRegion")] if each],
    "owning-service": lambda entry: [each for each in [entry.get("OwningService")] if each],
}


def sort_entries(entries: Iterable[Entry], order: str, *, descending: bool) -> list[Entry]:
    """The entries in an order of ListSecrets' SortBy."""
    return sorted(entries, key=lambda entry: get_position(entry, order), reverse=descending)


def get_position(entry: Entry, order: str) -> Position:
    """What entries are sorted by: the name or a date, then the ARN."""
    return (entry["Name"] if order == "name" else entry.get(_DATES[order], NEVER)), entry["ARN"]


def skip_to(entries: Sequence[Entry], order: str, position: Position, *, descending: bool) -> Sequence[Entry]:
    """The sorted entries that come after a position."""
    for number, entry in enumerate(entries):
        found = get_position(entry, order)
        if (found < position) if descending else (found > position):
            return entries[number:]
    return ()


def make_token(*parts: Any) -> str:
    """A NextToken with these JSON values and dates."""
    return base64.urlsafe_b64encode(json.dumps(parts, default=datetime.isoformat).encode()).decode()


def read_token(token: str) -> list[Any]:
    """The parts of a token. Raises InvalidNextTokenException."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, TypeError):
        parts = None
    if not isinstance(parts, list) or len(parts) not in (2, 5):
        raise InvalidNextTokenException("Invalid NextToken.")
    return parts


def read_position(order: str, parts: Sequence[Any]) -> Position:
    """The position in the parts of a token. Raises InvalidNextTokenException."""
    try:
        value = str(parts[0]) if order == "name" else datetime.fromisoformat(parts[0])
        return value, str(parts[1])
    except (ValueError, TypeError):
        raise InvalidNextTokenException("Invalid NextToken.") from None
