"""The dialog that asks for the Regions of new replicas, and for the KMS key of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from smtui.rules.regions import REGIONS, is_aws_region
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import key_names, keys
from smtui.tui.bridge import gesture
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.kms.aliases import KeyChoice
from smtui.tui.kms.picker import DEFAULT_CHOICE, shorten_key_id
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.safe_input import SafeInput
from smtui.tui.widgets.table import Column, Table

NO_MATCH = SafeText("No matching Region.")


@dataclass(frozen=True, slots=True)
class ReplicaRequest:
    """A replica to create. `key` is the choice of a KMS key of that Region."""

    region: str
    key: KeyChoice = DEFAULT_CHOICE


class AddReplicas(Dialog[list[ReplicaRequest]]):
    """A dialog that returns the marked Regions. The field above the table filters them, and Space marks one.

    Args:
        name: the name of the secret.
        present: the Regions that already hold the secret or a replica.
        choose_key: asks for another key of a Region; returns None if the user cancels.
        refused: the marks of a dialog that was refused, which are marked again.
        problem: why they were refused.
    """

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("replicas")
    CSS_PATH = "add_replicas.tcss"
    AUTO_FOCUS = "Table"

    table = getters.query_one(Table)
    filter_field = getters.query_one(SafeInput)

    def __init__(
        self, name: SafeText, present: set[str], choose_key: Callable[[str], Awaitable[KeyChoice | None]],
        refused: Sequence[ReplicaRequest] = (), problem: str = "",
    ) -> None:
        super().__init__()
        self.is_refilled, self.problem = bool(refused), problem
        self._name = name
        self._present = present
        self._choose_key = choose_key
        self._selected = {each.region: each for each in refused if each.region not in present}

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(f"Replicate {self._name} to Regions"))
            yield SafeInput(placeholder="/ Filter, e.g. eu, Tokyo, us-west", id="narrow", compact=True)
            yield Table(
                Column("", self._format_selection, 1),
                Column("Region", _format_region, 14),
                Column("", _format_location, 14),
                Column("Key", self._format_key, 12, grows=1, names=True),
                key=_format_region, nothing=NO_MATCH,
            )
            yield Static(id="said")
        yield Footer()

    def on_mount(self) -> None:
        self._list_regions()

    @on(Input.Changed)
    def _list_found(self) -> None:
        self._list_regions()
        self.table.go_to_match(self.filter_field.value)

    def _list_regions(self) -> None:
        """Lists the Regions that match the filter, and all marked ones."""
        typed = self.filter_field.value.strip().lower()
        offered = [*dict.fromkeys([*self._selected, *REGIONS, *([typed] if is_aws_region(typed) else [])])]
        self.table.put([
            region for region in offered if region not in self._present
            and (region in self._selected or typed in f"{region} {REGIONS.get(region, '')}".lower())
        ])
        self._show_selection()

    def _format_selection(self, region: str) -> Content:
        return Content.styled("✓", "bold $success") if region in self._selected else Content("")

    def _format_key(self, region: str) -> SafeText:
        wanted = self._selected.get(region)
        return SafeText("") if wanted is None else shorten_key_id(wanted.key.key_id)

    def _show_selection(self) -> None:
        said = ", ".join(self._selected) or "No Regions marked."
        self.query_one("#said", Static).set_class(False, "-error")
        self.query_one("#said", Static).update(Content.styled(sanitize(said), "" if self._selected else "$text-muted"))
        self.table.refresh()

    def get_state(self) -> object:
        """Returns what is marked. The filter does not count as a change."""
        return dict(self._selected)

    # Actions.

    @on(Input.Submitted)
    def _focus_table(self) -> None:
        self.table.focus()

    def action_filter(self) -> None:
        self.filter_field.focus_to_replace()

    @on(Table.Selected)
    def action_mark(self) -> None:
        region: str | None = self.table.current
        if region is not None and self._selected.pop(region, None) is None:
            self._selected[region] = ReplicaRequest(region)
        self._show_selection()

    @gesture
    async def action_key(self) -> None:
        region: str | None = self.table.current
        if region is not None:
            key = await self._choose_key(region)
            if key is not None:
                self._selected[region] = ReplicaRequest(region, key)
                self._show_selection()

    def action_save(self) -> None:
        if self._selected:
            self.dismiss(list(self._selected.values()))
        else:
            self.refuse(f"Mark a Region first ({key_names.find_bound_key(self, 'replicas.mark')}).")


def _format_region(region: str) -> SafeText:
    return sanitize(region)


def _format_location(region: str) -> SafeText:
    return sanitize(REGIONS.get(region, ""))
