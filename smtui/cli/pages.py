"""Paging: fetches the pages of an operation and merges them, as the aws CLI does.

`--max-items` stops early and returns a NextToken for `--starting-token`; it can point into the middle of a page.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

Method = Callable[..., Any]

# The list members of each paged operation; `--max-items` counts the first.
PAGED_MEMBERS = {
    "ListSecrets": ("SecretList",),
    "ListSecretVersionIds": ("Versions",),
    "BatchGetSecretValue": ("SecretValues", "Errors"),
}


def fetch_all(
    operation: str, method: Method, request: dict[str, Any],
    *, page_size: int | None = None, max_items: int | None = None, starting_token: str | None = None,
) -> dict[str, Any]:
    """One response with the items of all pages, at most `max_items` of the counted member."""
    counted, *others = PAGED_MEMBERS[operation]
    if page_size is not None:
        request = {**request, "MaxResults": page_size}
    token, skipped = _decode_position(starting_token)
    whole: dict[str, Any] = {counted: []}
    while True:
        page = method(**request, **({"NextToken": token} if token else {}))
        items = page.get(counted, [])[skipped:]
        room = len(items) if max_items is None else max_items - len(whole[counted])
        whole[counted] += items[:room]
        _merge(whole, page, counted, others)
        token, skipped = (token, skipped + room) if room < len(items) else (page.get("NextToken"), 0)
        if not token and not skipped:
            return whole
        if len(whole[counted]) == max_items:
            return {**whole, "NextToken": _encode_position(token, skipped)}


def _merge(whole: dict[str, Any], page: dict[str, Any], counted: str, others: list[str]) -> None:
    for member, value in page.items():
        if member in others:
            whole.setdefault(member, []).extend(value)
        elif member not in (counted, "NextToken", "ResponseMetadata"):
            whole.setdefault(member, value)


def _encode_position(token: str | None, skipped: int) -> str:
    position = {"NextToken": token, "boto_truncate_amount": skipped}
    return base64.b64encode(json.dumps(position).encode()).decode()


def _decode_position(starting_token: str | None) -> tuple[str | None, int]:
    """The page token and the items to skip there, from a token of `_encode_position` or of the service."""
    if not starting_token:
        return None, 0
    try:
        position = json.loads(base64.b64decode(starting_token, validate=True))
        return position["NextToken"], max(int(position.get("boto_truncate_amount", 0)), 0)
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        return starting_token, 0
