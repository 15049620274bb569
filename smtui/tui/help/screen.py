"""The help screen: the keys that are active on a screen, from its bindings."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Protocol, runtime_checkable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from smtui.tui import key_names, keys
from smtui.tui.dialogs.leavable import LeavableDialog
from smtui.tui.shortcut import name_place
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.find_line import FindLine, show_found_rows
from smtui.tui.widgets.panel import Card, CardTitle


@runtime_checkable
class FurtherHelp(Protocol):
    """A screen with more to explain than its keys."""

    def list_further_help(self) -> Iterable[tuple[str, str, str]]:
        """Yields rows for the help screen: chapter, word, and what it means."""


class HelpScreen(LeavableDialog[None]):
    """Lists the keys of a screen: first those of the focused widget, then of the screen, then of the app.

    Args:
        asked_on: the screen to describe. If it is a `FurtherHelp`, its rows follow.
    """

    BINDINGS = keys.list_bindings("help")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, asked_on: Screen[object]) -> None:
        super().__init__()
        further = asked_on.list_further_help() if isinstance(asked_on, FurtherHelp) else ()
        self._lines = [*list_help_rows(asked_on), *further]

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle("Keys of this screen")
            yield FindLine()
            with VerticalScroll():
                for place, lines in groupby(self._lines, key=lambda line: line[0]):
                    yield Static(Content(place), classes="place")
                    for _, pressed, words in lines:
                        with Horizontal(classes="line"):
                            yield Static(Content(pressed), classes="pressed")
                            yield Static(Content(words), classes="words")
        yield Footer(offers_help=False)

    def action_filter(self) -> None:
        self.query_one(FindLine).open()

    @on(Input.Changed)
    def _show_found(self) -> None:
        """Shows the rows with all words of the filter, and the places that have such rows."""
        texts = (f"{pressed} {words}" for _, pressed, words in self._lines)
        show_found_rows(self.query_one(VerticalScroll), "place", texts, self.query_one(FindLine))

    @on(Input.Submitted)
    def _leave_filter(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_close(self) -> None:
        """Ends the filter if there is one, else closes."""
        if not self.query_one(FindLine).close(self.query_one(VerticalScroll)):
            self.dismiss()


def list_help_rows(screen: Screen[object]) -> list[tuple[str, str, str]]:
    """Lists every enabled action of a screen as place, keys and description; the keys of an action share one row."""
    found: dict[str, tuple[str, list[str], str]] = {}
    for key, active in screen.active_bindings.items():
        binding = active.binding
        if active.enabled and binding.id is not None:
            line = found.setdefault(binding.id, (name_place(binding.id), [], binding.tooltip))
            line[1].append(key_names.spell(key))
    return [(place, " ".join(pressed), words) for place, pressed, words in found.values()]
