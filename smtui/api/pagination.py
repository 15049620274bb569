"""Paginators with the behaviour of botocore's: pages, MaxItems, PageSize, resume tokens, JMESPath searches.

Source: "Paginators" in the boto3 guide, and module `paginate` of botocore.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import tee
from typing import Any

Method = Callable[..., Any]
Page = dict[str, Any]
TOKEN, LIMIT = "NextToken", "MaxResults"
TRUNCATED = "boto_truncate_amount"


@dataclass(frozen=True, slots=True)
class PagedMembers:
    """The members of a paged response: the list whose items count, other lists, and those that all pages share."""

    counted: str
    others: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()

    @property
    def lists(self) -> tuple[str, ...]:
        return (self.counted, *self.others)


# boto3 has a paginator for ListSecrets alone.
PAGED_OPERATIONS = {
    "ListSecrets": PagedMembers("SecretList"),
    "ListSecretVersionIds": PagedMembers("Versions", shared=("ARN", "Name")),
    "BatchGetSecretValue": PagedMembers("SecretValues", ("Errors",)),
}


class Paginator:
    """Makes page iterators for one operation."""

    def __init__(self, method: Method, members: PagedMembers) -> None:
        self._method = method
        self._members = members

    @property
    def result_keys(self) -> list[Any]:
        return compile_members(self._members)

    def paginate(self, **params: Any) -> PageIterator:
        """An iterable of pages. It can be iterated several times, and each time it calls the operation anew.

        Args:
            params: the request, and `PaginationConfig` with any of MaxItems, PageSize and StartingToken. Numbers may be
                strings; other settings are ignored, as by boto3.

        Raises:
            ValueError: MaxItems or PageSize is not a number.
        """
        settings: Mapping[str, Any] = params.pop("PaginationConfig", None) or {}
        most, size = (None if settings.get(name) is None else int(settings[name]) for name in ("MaxItems", "PageSize"))
        request = params if size is None else {**params, LIMIT: size}
        return PageIterator(self._method, self._members, request, most, settings.get("StartingToken"))


class PageIterator:
    """The pages of one request. `resume_token` is the StartingToken for what MaxItems cut off, or None."""

    def __init__(
        self, method: Method, members: PagedMembers, request: Mapping[str, Any], max_items: int | None,
        starting_token: Any,
    ) -> None:
        self._method = method
        self._members = members
        self._request = request
        self._max_items = max_items
        self._starting_token = starting_token
        self.resume_token: str | None = None
        self.non_aggregate_part: Page = {}

    @property
    def result_keys(self) -> list[Any]:
        return compile_members(self._members)

    def __iter__(self) -> Iterator[Page]:
        """Calls the operation for a page when the page is needed. Raises ClientError, VaultError."""
        self.resume_token, self.non_aggregate_part = None, {}
        token, skipped = decode_position(self._starting_token)
        token = token or self._request.get(TOKEN)
        left = None if self._max_items is None else max(self._max_items, 0)
        is_first = True
        while True:
            page = self._fetch(token)
            if is_first:
                self.non_aggregate_part = {name: page[name] for name in self._members.shared if name in page}
            kept = self._cut(page, skipped, left)
            if kept is not None:
                self.resume_token = encode_position(token, skipped + kept)
                yield page
                return
            yield page
            left = None if left is None else left - len(page[self._members.counted])
            token, skipped, is_first = page.get(TOKEN), 0, False
            if not token or left == 0:
                self.resume_token = encode_position(token) if token else None
                return

    def _fetch(self, token: Any) -> Page:
        request = {name: value for name, value in self._request.items() if name != TOKEN}
        page: Page = self._method(**request, **({} if token is None else {TOKEN: token}))
        return page

    def _cut(self, page: Page, skipped: int, left: int | None) -> int | None:
        """Drops what an earlier iteration gave, and what is beyond MaxItems: then returns how many items it kept."""
        items = page.get(self._members.counted) or []
        if skipped:
            page |= {name: [] for name in self._members.others if name in page}
        page[self._members.counted] = remaining = items[skipped:]
        if left is None or len(remaining) <= left:
            return None
        page[self._members.counted] = remaining[:left]
        return left

    def build_full_result(self) -> Page:
        """One response with the items of all pages; it has a NextToken if MaxItems cut something off."""
        whole: Page = {}
        for page in self:
            for name in self._members.lists:
                if page.get(name) is not None:
                    whole.setdefault(name, []).extend(page[name])
        whole |= self.non_aggregate_part
        return whole if self.resume_token is None else {**whole, TOKEN: self.resume_token}

    def search(self, expression: str) -> Iterator[Any]:
        """The results of a JMESPath expression on each page: the items of a list, anything else as it is.

        Raises:
            jmespath.exceptions.JMESPathError: the expression is not valid.
        """
        import jmespath

        compiled = jmespath.compile(expression)
        for page in self:
            found = compiled.search(page)
            yield from found if isinstance(found, list) else [found]

    def result_key_iters(self) -> list[Iterator[Any]]:
        """An iterator over the items of each list. The pages are fetched once for all of them."""
        return [
            (item for page in pages for item in page.get(name) or ())
            for pages, name in zip(tee(self, len(self._members.lists)), self._members.lists, strict=True)
        ]


def compile_members(members: PagedMembers) -> list[Any]:
    """The list members as JMESPath expressions, which boto3 has there."""
    import jmespath

    return [jmespath.compile(name) for name in members.lists]


def encode_position(token: str | None, skipped: int | None = None) -> str:
    """A resume token, as botocore and the aws CLI spell it: a page, and the number of its items to leave out."""
    position = {TOKEN: token} | ({} if skipped is None else {TRUNCATED: skipped})
    return base64.b64encode(json.dumps(position).encode()).decode()


def decode_position(starting_token: Any) -> tuple[Any, int]:
    """The page and the items to leave out, from a resume token, in boto's former spelling too, or a service's token."""
    if not isinstance(starting_token, str):
        return starting_token, 0
    try:
        position = json.loads(base64.b64decode(starting_token, validate=True))
        return position[TOKEN], max(int(position.get(TRUNCATED, 0)), 0)
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        pass
    token, separator, skipped = starting_token.rpartition("___")
    if not separator or not skipped.isdecimal():
        return starting_token, 0
    is_first_page = token == "None"  # noqa: S105  # boto's word for no token
    return None if is_first_page else token, int(skipped)
