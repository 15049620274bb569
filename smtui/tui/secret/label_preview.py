"""What a label move will do to every version it touches, before it is done."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from smtui.rules.labels import sort_labels
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.secret.label_moves import Change, Move, short
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import KeyBar

NONE = "no label"


class LabelPreview(LongText[bool]):
    """True where the move is to be made. It can be undone, so its answer has the focus."""

    CSS_PATH = "label_preview.tcss"
    AUTO_FOCUS = "#go"

    def __init__(self, title: SafeText, move: Move, answer: SafeText) -> None:
        """`answer` is the label of the button, which names the act, such as "Roll back"."""
        super().__init__()
        self._title = title
        self._move = move
        self._answer = answer

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static(Content(self._title), classes="title")
            yield Static(Content("\n").join(_lines(self._move)), id="changes")
            yield Static(Content("\n".join(self._move.sentences())), id="sentences")
            with Horizontal(id="answers"):
                yield Button("Cancel", id="cancel")
                yield Button(Content(self._answer), id="go")
        yield KeyBar()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "go")

    def action_cancel(self) -> None:
        self.dismiss(False)


def _lines(move: Move) -> Iterator[Content]:
    for change in move.changes():
        yield Content.assemble((f"version {short(change.version)}", "bold"))
        yield Content.assemble(("  before  ", "$text-muted"), _labels(change, change.before, gone="strike"))
        yield Content.assemble(("  after   ", "$text-muted"), _labels(change, change.after, gone="bold $accent"))


def _labels(change: Change, labels: tuple[str, ...], *, gone: str) -> Content:
    """The labels that are only on this side of the move stand out."""
    both = set(change.before) & set(change.after)
    words = [Content.styled(sanitize(label), "" if label in both else gone) for label in sort_labels(labels)]
    return Content(", ").join(words) if words else Content.styled(NONE, "$warning")
