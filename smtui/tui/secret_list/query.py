"""What the list on the screen is a list of: filter, order, and whether it is the view of planned deletions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from smtui.api.limits import MAX_PAGE_SIZE
from smtui.tui.secret_list.columns import COLUMNS, Column, SortKey
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
    """Pressing a key makes another list_query of this one. `order` is the id of a column.

    `filter` is the filter `text`, parsed: once, when the list_query is made, for everybody who asks for it.
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
    def column(self) -> Column:
        return COLUMNS[self.order]

    @property
    def sort_key(self) -> SortKey | None:
        """What entries are sorted by where ListSecrets does not know the order."""
        return None if self.column.sort_by else self.column.sort_key

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """What AWS cannot be asked is decided here, entry by entry."""
        return (*self.filter.predicates, *([ONLY_PLANNED] if self.planned and ONLY_PLANNED else []))

    def change_text(self, text: str) -> ListQuery:
        return replace(self, text=text)

    def change_order(self, order: str) -> ListQuery:
        """In another order; in the same one, the other way round."""
        if order == self.order:
            return self.reverse_order()
        return replace(self, order=order, descending=False)

    def select_next_order(self, shown: Sequence[str]) -> ListQuery:
        """By the next of the columns that are shown, then by those that ListSecrets knows besides."""
        orders = list(dict.fromkeys((*shown, *SERVICE_ORDERS)))
        at = orders.index(self.order) if self.order in orders else -1
        return self.change_order(orders[(at + 1) % len(orders)])

    def reverse_order(self) -> ListQuery:
        return replace(self, descending=not self.descending)

    def make_planned_query(self) -> ListQuery:
        """Nothing but planned deletions, the next one first."""
        return ListQuery(order="deletion", planned=True)

    def build_request(self) -> ListSecretsRequest:
        """ListSecrets, without its NextToken. An order that it does not know is made of the order of names."""
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
