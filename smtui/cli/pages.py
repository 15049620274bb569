"""Paging: fetches the pages of an operation and merges them, as the aws CLI does.

`--max-items` stops early and returns a NextToken for `--starting-token`; it can point into the middle of a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smtui.api.pagination import PAGED_OPERATIONS, TOKEN, Method, Page, Paginator

__all__ = ["PAGED_MEMBERS", "Method", "fetch_all", "fetch_parts"]

# The list members of each paged operation; `--max-items` counts the first.
PAGED_MEMBERS = {operation: members.lists for operation, members in PAGED_OPERATIONS.items()}
Settings = Mapping[str, Any]
"""PageSize, MaxItems and StartingToken, each of which may be None."""


def fetch_all(operation: str, method: Method, request: dict[str, Any], settings: Settings) -> list[Page]:
    """One response with the items of all pages, at most MaxItems of the counted member."""
    paginator = Paginator(method, PAGED_OPERATIONS[operation])
    return [paginator.paginate(**request, PaginationConfig=settings).build_full_result()]


def fetch_parts(operation: str, method: Method, request: dict[str, Any], settings: Settings) -> list[Page]:
    """The items of each page as a response of its own, and the NextToken as the last: text and a YAML stream.

    The members that all pages share are in the first part alone.
    """
    found = Paginator(method, PAGED_OPERATIONS[operation]).paginate(**request, PaginationConfig=settings)
    lists = PAGED_MEMBERS[operation]
    parts = [{name: page[name] for name in lists if name in page} for page in found]
    parts[0] = {**found.non_aggregate_part, **parts[0]}
    return parts if found.resume_token is None else [*parts, {TOKEN: {TOKEN: found.resume_token}}]
