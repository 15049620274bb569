"""What will be sent to take a change back, call by call, before it is sent."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from smtui.shown import Shown, shown
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.undo import Call, Done
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.frame import KeyBar


class UndoPreview(LongText[bool]):
    """True where it is to be done. The person asked for it, and sees it in full: its answer has the focus."""

    CSS_PATH = "undo_preview.tcss"
    AUTO_FOCUS = "#go"

    def __init__(self, done: Done, *, away: bool) -> None:
        """`away` where it was done in another Region than the one that is looked at."""
        super().__init__()
        self._done = done
        self._away = away

    def compose(self) -> ComposeResult:
        where = f" in {self._done.region}" if self._away else ""
        with Vertical(classes="card"):
            yield Static("Undo?", classes="title")
            yield Static(Content(self._done.words))
            if self._done.note:
                yield Static(Content(self._done.note), classes="gap")
            yield Static(Content(f"This is sent{where}:"), classes="-muted gap")
            with VerticalScroll():
                yield Static(Content("\n").join(line for each in self._done.calls for line in _lines(each)))
            with Horizontal(id="answers"):
                yield Button("Cancel", id="cancel")
                yield Button("Undo", id="go")
        yield KeyBar()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "go")

    def action_cancel(self) -> None:
        self.dismiss(False)


def _lines(call: Call) -> Iterator[Content]:
    members = dict(call.members())
    of = members.pop(Shown("SecretId"), None)
    yield Content.assemble((call.operation, "bold"), Content(shown(f" of {of}" if of else "")))
    width = max((len(name) for name in members), default=0)
    for name, member in members.items():
        yield Content.assemble((f"  {name:<{width}}  ", "$text-muted"), Content(member))
