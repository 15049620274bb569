"""Entries and pages of ListSecrets: how they are asked for, and made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from smtui.api.limits import MAX_PAGE_SIZE
from smtui.backends.aws.list_query import Entry, make_token

Method = Callable[..., dict[str, Any]]
Page = dict[str, Any]
_DESCRIBED = ("ARN", "Name", "Description", "KmsKeyId", "RotationEnabled", "RotationLambdaARN", "RotationRules",
              "LastRotatedDate", "LastChangedDate", "LastAccessedDate", "DeletedDate", "NextRotationDate", "Tags",
              "OwningService", "CreatedDate", "PrimaryRegion")
"""Members that DescribeSecret and a list have in common."""


def fetch_by_name(fetch: Method, token: str | None) -> Page:
    """Asks AWS for a page of all secrets in the order of their names."""
    more = {"NextToken": token} if token else {}
    return fetch(SortBy="name", SortOrder="asc", IncludePlannedDeletion=True, MaxResults=MAX_PAGE_SIZE, **more)


def make_page(entries: list[Entry], *token: Any) -> Page:
    """A response; callers may change its entries."""
    page: Page = {"SecretList": [dict(entry) for entry in entries]}
    return {**page, "NextToken": make_token(*token)} if token else page


def make_entry(described: Mapping[str, Any]) -> Entry:
    """The entry of a list for a response of DescribeSecret."""
    entry = {member: described[member] for member in _DESCRIBED if member in described}
    return {**entry, "SecretVersionsToStages": described.get("VersionIdsToStages", {})}
