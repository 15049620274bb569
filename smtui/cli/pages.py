"""Paging: fetches the pages of an operation and merges them, as the aws CLI does.

`--max-items` stops early and returns a NextToken for `--starting-token`; it can point into the middle of a page.
"""

from __future__ import annotations

from typing import Any

from smtui.api.pagination import PAGED_OPERATIONS, Method, Paginator

__all__ = ["PAGED_MEMBERS", "Method", "fetch_all"]

# The list members of each paged operation; `--max-items` counts the first.
PAGED_MEMBERS = {operation: members.lists for operation, members in PAGED_OPERATIONS.items()}


def fetch_all(
    operation: str, method: Method, request: dict[str, Any],
    *, page_size: int | None = None, max_items: int | None = None, starting_token: str | None = None,
) -> dict[str, Any]:
    """One response with the items of all pages, at most `max_items` of the counted member."""
    settings = {"PageSize": page_size, "MaxItems": max_items, "StartingToken": starting_token or None}
    paginator = Paginator(method, PAGED_OPERATIONS[operation])
    return paginator.paginate(**request, PaginationConfig=settings).build_full_result()
