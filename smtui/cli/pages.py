"""Pages of an operation: asked for one after the other and merged, as the aws CLI does.

`--max-items` stops early and answers with a NextToken that `--starting-token` takes; it can point into the middle of
a page.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

Method = Callable[..., Any]

# What a paginated operation collects: the member whose items count, then those that come along.
COLLECTED = {
    "ListSecrets": ("SecretList",),
    "ListSecretVersionIds": ("Versions",),
    "BatchGetSecretValue": ("SecretValues", "Errors"),
}


def merged(
    operation: str, method: Method, request: dict[str, Any],
    *, page_size: int | None = None, max_items: int | None = None, starting_token: str | None = None,
) -> dict[str, Any]:
    """One response with the items of all pages, or of as many as hold `max_items`."""
    counted, *beside = COLLECTED[operation]
    if page_size is not None:
        request = {**request, "MaxResults": page_size}
    token, skipped = _position(starting_token)
    whole: dict[str, Any] = {counted: []}
    while True:
        page = method(**request, **({"NextToken": token} if token else {}))
        items = page.get(counted, [])[skipped:]
        room = len(items) if max_items is None else max_items - len(whole[counted])
        whole[counted] += items[:room]
        _take_along(whole, page, counted, beside)
        token, skipped = (token, skipped + room) if room < len(items) else (page.get("NextToken"), 0)
        if not token and not skipped:
            return whole
        if len(whole[counted]) == max_items:
            return {**whole, "NextToken": _resume(token, skipped)}


def _take_along(whole: dict[str, Any], page: dict[str, Any], counted: str, beside: list[str]) -> None:
    for member, value in page.items():
        if member in beside:
            whole.setdefault(member, []).extend(value)
        elif member not in (counted, "NextToken", "ResponseMetadata"):
            whole.setdefault(member, value)


def _resume(token: str | None, skipped: int) -> str:
    position = {"NextToken": token, "boto_truncate_amount": skipped}
    return base64.b64encode(json.dumps(position).encode()).decode()


def _position(starting_token: str | None) -> tuple[str | None, int]:
    """Where to start: what `_resume` wrote, or a service's own token."""
    if not starting_token:
        return None, 0
    try:
        position = json.loads(base64.b64decode(starting_token, validate=True))
        return position["NextToken"], max(int(position.get("boto_truncate_amount", 0)), 0)
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        return starting_token, 0
