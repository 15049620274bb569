"""Who can read a secret, as far as its policy says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import sanitize

OWN = "everybody in this account whose own policies say so"
NOBODY = "Nobody can read this until it is restored."
CONDITIONAL = "  under the conditions of the policy"


class Readers(Static):
    """`told` is the answer of ListAccess."""

    DEFAULT_CSS = """
    Readers {
        height: auto;
        padding: 0 1;
    }
    """

    def show(self, told: dict[str, Any] | None, account: str) -> None:
        self.update(Content("\n").join(_lines(told, account)) if told is not None else NOBODY)


def _lines(told: dict[str, Any], account: str) -> Iterator[Content]:
    yield Content.styled("Who can read this", "bold $primary")
    yield Content(OWN)
    for each in told["Principals"]:
        if each != account:
            yield Content(sanitize(f"everybody in account {each} whom that account lets" if each.isdigit() else each))
    for each in told.get("ConditionalPrincipals", ()):
        yield Content.assemble(Content(sanitize(each)), (CONDITIONAL, "$text-muted"))
    if "Witness" in told:
        yield Content.styled(sanitize(f"▲ {told['Witness']}"), "$warning")
