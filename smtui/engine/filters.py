"""Parses the filters of a request into the terms of a listing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from smtui.api.errors import InvalidParameterException
from smtui.vault.listing import Query, Term


def parse_filters(filters: Sequence[Mapping[str, Any]]) -> tuple[tuple[Term, ...], ...]:
    """The terms of each filter; a value that begins with `!` negates its term. Raises InvalidParameterException."""
    return tuple(_parse_filter(each) for each in filters)


def _parse_filter(each: Mapping[str, Any]) -> tuple[Term, ...]:
    if not each.get("Key"):
        raise InvalidParameterException("Invalid filter key")
    if not each.get("Values"):
        raise InvalidParameterException(f"Invalid filter values for key: {each['Key']}")
    return tuple(Term(each["Key"], value.removeprefix("!"), value.startswith("!")) for value in each["Values"])


def make_query(region: str, request: Mapping[str, Any]) -> Query:
    """The listing that a ListSecrets or BatchGetSecretValue request asks for."""
    return Query(
        region=region,
        filters=parse_filters(request.get("Filters", ())),
        scheduled=bool(request.get("IncludePlannedDeletion")),
        order=request.get("SortBy", "created-date"),
        descending=request.get("SortOrder") == "desc",
    )
