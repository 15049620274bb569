"""What the list on the screen is a list of: filter, order, and whether planned deletions are in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from smtui.tui.search import Search, read

if TYPE_CHECKING:
    from smtui.api.types import ListSecretsRequest, SecretListEntry

PAGE = 100
ORDERS = ("name", "created-date", "last-changed-date", "last-accessed-date")
ORDER_WORDS = {
    "name": "name", "created-date": "created", "last-changed-date": "changed", "last-accessed-date": "accessed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """Pressing a key makes another question of this one."""

    text: str = ""
    order: str = ORDERS[0]
    descending: bool = False
    planned: bool = False

    @property
    def search(self) -> Search:
        return read(self.text)

    @property
    def shows_planned(self) -> bool:
        return self.planned or self.search.only_planned

    def typed(self, text: str) -> Question:
        return replace(self, text=text)

    def next_order(self) -> Question:
        return replace(self, order=ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)])

    def reversed(self) -> Question:
        return replace(self, descending=not self.descending)

    def with_or_without_planned(self) -> Question:
        return replace(self, planned=not self.planned)

    def request(self) -> ListSecretsRequest:
        """ListSecrets, without its NextToken."""
        request = {
            "MaxResults": PAGE,
            "SortBy": self.order,
            "SortOrder": "desc" if self.descending else "asc",
            "IncludePlannedDeletion": self.shows_planned,
        }
        if self.search.filters:
            request["Filters"] = list(self.search.filters)
        return request  # type: ignore[return-value]

    def keeps(self, entry: SecretListEntry) -> bool:
        """What AWS cannot be asked is decided here."""
        return "DeletedDate" in entry or not self.search.only_planned

    def order_words(self) -> str:
        return f"by {ORDER_WORDS[self.order]} {'↓' if self.descending else '↑'}"
