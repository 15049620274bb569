"""The dialog of saved filters: apply one, save the current filter, or remove one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual import events, getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static

from smtui.text.sanitize import sanitize
from smtui.tui import keys
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.pick_list import PickList
from smtui.tui.workarounds import ClosableModalScreen

FILTER_KEYS = "123456789abcdefhimnopqrstuvwxyz"
"""The keys that apply a filter, one for each filter in order. Keys that move the cursor in a list are left out.

Any other letter moves to the next filter that contains a word with this first letter.
"""
NONE_YET = "No saved filters."


@dataclass(frozen=True, slots=True)
class ApplyFilter:
    """Apply the filter of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class RemoveFilter:
    """Remove the filter of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class SaveFilter:
    """Save the current filter."""


Answer = ApplyFilter | RemoveFilter | SaveFilter


class SavedFilters(ClosableModalScreen[Answer | None]):
    """Returns what to do, or None if the user cancels.

    Args:
        filters: the text of each saved filter by name.
        present: the text of the current filter; empty if there is none.
    """

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("saved")
    CSS_PATH = "columns_dialog.tcss"
    AUTO_FOCUS = "PickList"

    rows = getters.query_one(PickList)

    def __init__(self, filters: Mapping[str, str], present: str) -> None:
        super().__init__()
        self._names = sorted(filters)
        self._filters = filters
        self._present = present

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle("Saved filters")
            yield PickList(taken=FILTER_KEYS[:len(self._names)])
            yield Static(Content(self._describe_keys()), id="said", classes="-muted")
        yield Footer()

    def _describe_keys(self) -> str:
        how = "Ctrl+S saves the current filter" if self._present else "Enter a filter first to save it"
        return how + "." if self._names else f"{NONE_YET} {how}."

    def on_mount(self) -> None:
        keyed = [(get_filter_key(at), name) for at, name in enumerate(self._names)]
        self.rows.put([_format_row(key, name, self._filters[name]) for key, name in keyed], 0)

    def on_key(self, event: events.Key) -> None:
        for at, name in enumerate(self._names):
            if event.character and event.character == get_filter_key(at):
                event.stop()
                self.dismiss(ApplyFilter(name))

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(ApplyFilter(self._names[event.option_index]))

    def action_save(self) -> None:
        if self._present:
            self.dismiss(SaveFilter())

    def action_remove(self) -> None:
        if self._names:
            self.dismiss(RemoveFilter(self._names[self.rows.cursor]))

    def action_cancel(self) -> None:
        self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return {"save": bool(self._present), "remove": bool(self._names)}.get(action, True)


def get_filter_key(at: int) -> str:
    """Returns the key of the filter at this index; empty if there are more filters than keys."""
    return FILTER_KEYS[at:at + 1]


def _format_row(letter: str, name: str, text: str) -> Content:
    return Content.assemble(
        (f" {letter:<3}", "bold $primary"), Content(sanitize(name)), "  ", (sanitize(text), "$text-muted"),
    )  # fmt: skip
