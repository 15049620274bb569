"""The query behind the list of secrets: filter, order, and whether it lists planned deletions only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from smtui.api.limits import MAX_PAGE_SIZE
from smtui.tui.secret_list.columns import COLUMNS, ListColumn, SortKey
from smtui.tui.secret_list.filter_text import ParsedFilter, parse_filter
from smtui.tui.secret_list.local_filters import LOCAL_FILTERS, Predicate

if TYPE_CHECKING:
    from smtui.api.types import ListSecretsRequest

SERVICE_ORDERS = tuple(id for id, column in COLUMNS.items() if column.sort_by)
"""The orders in which ListSecrets itself can answer."""
DEFAULT_ORDER = "name"
ONLY_PLANNED = LOCAL_FILTERS["deleted"].parse("only")


@dataclass(frozen=True, slots=True)
class ListQuery:
    """An immutable query; each change makes a new one. `order` is the id of a column.

    `filter` is the parsed `text`. It is parsed once, when the query is made.
    """

    text: str = ""
    order: str = DEFAULT_ORDER
    descending: bool = False
    planned: bool = False
    filter: ParsedFilter = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "filter", parse_filter(self.text))

    @property
    def shows_planned(self) -> bool:
        return self.planned or self.filter.includes_planned

    @property
    def column(self) -> ListColumn:
        return COLUMNS[self.order]

    @property
    def sort_key(self) -> SortKey | None:
        """The local sort key, where ListSecrets cannot sort by this column."""
        return None if self.column.sort_by else self.column.sort_key

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """Tests that every listed entry passes. AWS has no filters for them."""
        return (*self.filter.predicates, *([ONLY_PLANNED] if self.planned and ONLY_PLANNED else []))

    def change_text(self, text: str) -> ListQuery:
        return replace(self, text=text)

    def change_order(self, order: str) -> ListQuery:
        """The query in this order; the present order is reversed."""
        if order == self.order:
            return self.reverse_order()
        return replace(self, order=order, descending=False)

    def select_next_order(self, shown: Sequence[str]) -> ListQuery:
        """The query in the order of the next shown column, then of further columns that ListSecrets can sort by."""
        orders = list(dict.fromkeys((*shown, *SERVICE_ORDERS)))
        at = orders.index(self.order) if self.order in orders else -1
        return self.change_order(orders[(at + 1) % len(orders)])

    def reverse_order(self) -> ListQuery:
        return replace(self, descending=not self.descending)

    def make_planned_query(self) -> ListQuery:
        """The query of planned deletions, the earliest first."""
        return ListQuery(order="deletion", planned=True)

    def build_request(self) -> ListSecretsRequest:
        """The ListSecrets request without NextToken. For a local order it asks for the order by name."""
        request: ListSecretsRequest = {
            "MaxResults": MAX_PAGE_SIZE,
            "SortBy": self.column.sort_by or COLUMNS[DEFAULT_ORDER].sort_by,  # type: ignore[typeddict-item]
            "SortOrder": "desc" if self.descending and self.column.sort_by else "asc",
            "IncludePlannedDeletion": self.shows_planned,
        }
        if self.filter.filters:
            request["Filters"] = list(self.filter.filters)
        return request

    def describe_order(self) -> str:
        return f"by {self.column.title.lower()} {self.arrow}"

    @property
    def arrow(self) -> str:
        return "↓" if self.descending else "↑"
