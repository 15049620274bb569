"""What the list on the screen is a list of: filter, order, and whether it is the view of planned deletions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from smtui.api.limits import MAX_PAGE_SIZE
from smtui.tui.secret_list.columns import COLUMNS, Column, Key
from smtui.tui.secret_list.filter_text import Search, read
from smtui.tui.secret_list.local_filters import OWN, Keeps

if TYPE_CHECKING:
    from smtui.api.types import ListSecretsRequest

BY_SERVICE = tuple(id for id, column in COLUMNS.items() if column.sort_by)
"""The orders in which ListSecrets itself can answer."""
FIRST = "name"
ONLY_PLANNED = OWN["deleted"].read("only")


@dataclass(frozen=True, slots=True)
class Question:
    """Pressing a key makes another question of this one. `order` is the id of a column.

    `search` is the filter `text`, parsed: once, when the question is made, for everybody who asks for it.
    """

    text: str = ""
    order: str = FIRST
    descending: bool = False
    planned: bool = False
    search: Search = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "search", read(self.text))

    @property
    def shows_planned(self) -> bool:
        return self.planned or self.search.with_planned

    @property
    def column(self) -> Column:
        return COLUMNS[self.order]

    @property
    def key(self) -> Key | None:
        """What entries are sorted by where ListSecrets does not know the order."""
        return None if self.column.sort_by else self.column.key

    @property
    def sieves(self) -> tuple[Keeps, ...]:
        """What AWS cannot be asked is decided here, entry by entry."""
        return (*self.search.sieves, *([ONLY_PLANNED] if self.planned and ONLY_PLANNED else []))

    def typed(self, text: str) -> Question:
        return replace(self, text=text)

    def by(self, order: str) -> Question:
        """In another order; in the same one, the other way round."""
        if order == self.order:
            return self.reversed()
        return replace(self, order=order, descending=False)

    def next_order(self, shown: Sequence[str]) -> Question:
        """By the next of the columns that are shown, then by those that ListSecrets knows besides."""
        orders = list(dict.fromkeys((*shown, *BY_SERVICE)))
        at = orders.index(self.order) if self.order in orders else -1
        return self.by(orders[(at + 1) % len(orders)])

    def reversed(self) -> Question:
        return replace(self, descending=not self.descending)

    def of_planned(self) -> Question:
        """Nothing but planned deletions, the next one first."""
        return Question(order="deletion", planned=True)

    def request(self) -> ListSecretsRequest:
        """ListSecrets, without its NextToken. An order that it does not know is made of the order of names."""
        request: ListSecretsRequest = {
            "MaxResults": MAX_PAGE_SIZE,
            "SortBy": self.column.sort_by or COLUMNS[FIRST].sort_by,  # type: ignore[typeddict-item]
            "SortOrder": "desc" if self.descending and self.column.sort_by else "asc",
            "IncludePlannedDeletion": self.shows_planned,
        }
        if self.search.filters:
            request["Filters"] = list(self.search.filters)
        return request

    def order_words(self) -> str:
        return f"by {self.column.title.lower()} {self.arrow}"

    @property
    def arrow(self) -> str:
        return "↓" if self.descending else "↑"
