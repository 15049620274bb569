"""The preview of a label move: the labels of each affected version before and after."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from smtui.rules.labels import sort_labels
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.secret.label_moves import LabelMove, VersionChange, shorten_id
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle

NO_LABEL = "no label"


class LabelPreview(LongText[bool]):
    """Returns True to make the move. That button has the focus, because a move can be undone.

    Args:
        title: the question.
        move: the move to preview.
        answer: the label of the button that makes the move, such as "Roll back".
    """

    CSS_PATH = "label_preview.tcss"
    AUTO_FOCUS = "#go"

    def __init__(self, title: SafeText, move: LabelMove, answer: SafeText) -> None:
        super().__init__()
        self._title = title
        self._move = move
        self._answer = answer

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(self._title))
            yield Static(Content("\n").join(_format_changes(self._move)), id="changes")
            yield Static(Content("\n".join(self._move.describe())), id="sentences")
            with Horizontal(id="answers"):
                yield Button("Cancel", id="cancel")
                yield Button(Content(self._answer), id="go")
        yield Footer()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "go")

    def action_cancel(self) -> None:
        self.dismiss(False)


def _format_changes(move: LabelMove) -> Iterator[Content]:
    for change in move.list_changes():
        yield Content.assemble((f"version {shorten_id(change.version)}", "bold"))
        before = _format_labels(change, change.before, style="strike")
        after = _format_labels(change, change.after, style="bold $accent")
        yield Content.assemble(("  before  ", "$text-muted"), before)
        yield Content.assemble(("  after   ", "$text-muted"), after)


def _format_labels(change: VersionChange, labels: tuple[str, ...], *, style: str) -> Content:
    """Formats labels; those that are only on this side of the move get `style`."""
    both = set(change.before) & set(change.after)
    words = [Content.styled(sanitize(label), "" if label in both else style) for label in sort_labels(labels)]
    return Content(", ").join(words) if words else Content.styled(NO_LABEL, "$warning")
