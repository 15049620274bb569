"""The query behind the list of secrets: filter, order, and whether it lists planned deletions only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from smtui.api.limits import MAX_PAGE_SIZE
from smtui.tui.secret_list.columns import COLUMNS, ListColumn, SortKey
from smtui.tui.secret_list.filter_text import ParsedFilter, parse_filter
from smtui.tui.secret_list.finding import is_found
from smtui.tui.secret_list.local_filters import LOCAL_FILTERS, Predicate

if TYPE_CHECKING:
    from smtui.api.types import ListSecretsRequest

SERVICE_ORDERS = tuple(id for id, column in COLUMNS.items() if column.sort_by)
"""The orders in which ListSecrets itself can answer."""
DEFAULT_ORDER = "name"
BEST_MATCH = "best match"
ONLY_PLANNED = LOCAL_FILTERS["deleted"].parse("only")


@dataclass(frozen=True, slots=True)
class ListQuery:
    """An immutable query; each change makes a new one.

    Args:
        text: the filter.
        order: the id of a column.
        descending: whether the order is reversed.
        planned: whether it lists planned deletions only.
        prefers_best_match: whether a text with words to find is in order of their best match instead of `order`.
        is_tree: whether the list shows names in groups.
        uses_search: whether words are sent to ListSecrets as filters with the key `all`, not found locally.

    `filter` is the parsed `text`. It is parsed once, when the query is made.
    """

    text: str = ""
    order: str = DEFAULT_ORDER
    descending: bool = False
    planned: bool = False
    prefers_best_match: bool = True
    uses_search: bool = False
    is_tree: bool = False
    filter: ParsedFilter = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "filter", parse_filter(self.text, finds_words=not self.uses_search))

    @property
    def kind(self) -> str:
        """Which kind of search the text is: `fuzzy`, `exact`, or both; empty for no text."""
        words = self.filter.words
        is_fuzzy = not all(word.is_exact for word in words)
        is_exact = bool(self.filter.filters or self.filter.predicates) or any(word.is_exact for word in words)
        return " + ".join(["fuzzy"] * is_fuzzy + ["exact"] * is_exact)

    @property
    def is_ranked(self) -> bool:
        """Whether the list is in order of the best match."""
        return bool(self.filter.words) and self.prefers_best_match

    @property
    def shows_planned(self) -> bool:
        return self.planned or self.filter.includes_planned

    @property
    def column(self) -> ListColumn:
        return COLUMNS[self.order]

    @property
    def sort_key(self) -> SortKey | None:
        """The local sort key, where ListSecrets cannot sort by this column."""
        return None if self.column.sort_by or self.is_ranked else self.column.sort_key

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """Tests that every listed entry passes. AWS has no filters for them."""
        planned = (ONLY_PLANNED,) if self.planned and ONLY_PLANNED else ()
        return (*self._find_predicates, *self.filter.predicates, *planned)

    @property
    def _find_predicates(self) -> tuple[Predicate, ...]:
        words = self.filter.words
        return (lambda entry, now: is_found(words, entry),) if words and not self.is_ranked else ()

    def change_text(self, text: str) -> ListQuery:
        """The query with another text. The first word to find brings the order of the best match back."""
        return replace(self, text=text, prefers_best_match=self.prefers_best_match or not self.filter.words)

    def change_order(self, order: str) -> ListQuery:
        """The query in this order; the present order is reversed."""
        if order == self.order and not self.is_ranked:
            return self.reverse_order()
        return replace(self, order=order, descending=False, prefers_best_match=False)

    def select_next_order(self, shown: Sequence[str]) -> ListQuery:
        """The query in the order of the next shown column, then of further columns that ListSecrets can sort by.

        With words to find, the best match comes before the first of them.
        """
        orders = list(dict.fromkeys((*shown, *SERVICE_ORDERS)))
        if self.is_ranked:
            return self.change_order(orders[0])
        if self.filter.words and self.order == orders[-1]:
            return replace(self, order=DEFAULT_ORDER, descending=False, prefers_best_match=True)
        at = orders.index(self.order) if self.order in orders else -1
        return self.change_order(orders[(at + 1) % len(orders)])

    def reverse_order(self) -> ListQuery:
        return replace(self, descending=not self.descending, prefers_best_match=False)

    def make_planned_query(self) -> ListQuery:
        """The query of planned deletions, the earliest first."""
        return ListQuery(order="state", planned=True, uses_search=self.uses_search, is_tree=self.is_tree)

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
        return f"by {BEST_MATCH}" if self.is_ranked else f"by {self.column.title.lower()} {self.arrow}"

    @property
    def arrow(self) -> str:
        return "↓" if self.descending else "↑"
