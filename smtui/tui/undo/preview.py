"""The dialog that shows the requests of an undo before they are sent."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.client_call import ClientCall
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.undo_history import Left, UndoCheck, UndoEntry, UndoOutcome
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle

MOST_NAMED, MOST_LEFT_NAMED = 3, 20
"""How many secrets of a large change are named: of those that go back, and of those that are left."""


class UndoPreview(LongText[bool]):
    """Returns whether to undo. The button "Undo" has the focus, because the user has asked for it."""

    CSS_PATH = "preview.tcss"
    AUTO_FOCUS = "#go"

    def __init__(self, done: UndoEntry, *, away: bool, outcome: UndoCheck | UndoOutcome, cost: str = "") -> None:
        """Initializes the dialog.

        Args:
            done: the change to undo.
            away: whether the change was made in another Region than the one shown.
            outcome: what would be undone now, and what would be left.
            cost: what many requests cost, as a sentence; empty if they are few or cost nothing.
        """
        super().__init__()
        self._done = done
        self._away = away
        self._outcome = outcome
        self._cost = cost

    def compose(self) -> ComposeResult:
        where = f" in {self._done.region}" if self._away else ""
        with Card():
            yield CardTitle("Undo?")
            yield Static(Content(self._done.words))
            if self._done.note:
                yield Static(Content(self._done.note), classes="gap")
            if self._cost:
                yield Static(Content(self._cost), classes="gap")
            what = "Requests" if isinstance(self._outcome, UndoCheck) else "Changes"
            yield Static(Content(f"{what}{where}:"), classes="-muted gap")
            with VerticalScroll():
                yield Static(Content("\n").join(self._format_details()))
            with Horizontal(id="answers"):
                yield Button("Cancel", id="cancel")
                yield Button("Undo", id="go")
        yield Footer()

    def _format_details(self) -> Iterator[Content]:
        outcome = self._outcome
        if isinstance(outcome, UndoCheck):
            yield from (line for part in outcome.ready for each in part.calls for line in _format_request(each))
        else:
            yield from _format_sections(outcome)
        yield from _format_left(outcome.left)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "go")

    def action_cancel(self) -> None:
        self.dismiss(False)


def describe_unchanged(left: Left) -> str:
    """Returns a sentence that counts what stays as it is, and names the first with the reason."""
    named = ", ".join(f"{name} ({why.rstrip('.')})" for name, why in left[:MOST_NAMED])
    more = len(left) - MOST_NAMED
    rest = f" and {more:,} more" if more > 0 else ""
    return f"{len(left):,} changed since, left as {_name_several(left)}: {named}{rest}."


def _name_several(left: Left) -> str:
    return "it is" if len(left) == 1 else "they are"


def _format_sections(outcome: UndoOutcome) -> Iterator[Content]:
    """Yields each section of the outcome with the names of its first secrets."""
    for sentence, names in outcome.sections:
        yield Content.assemble((sentence, "bold"))
        yield Content(sanitize(f"  {', '.join(names[:MOST_NAMED])}{_format_more(len(names) - MOST_NAMED)}"))


def _format_left(left: Left) -> Iterator[Content]:
    """Yields what stays as it is, with the reasons."""
    if left:
        yield Content.assemble((sanitize(f"{len(left):,} changed since, left as {_name_several(left)}:"), "bold"))
        for name, why in left[:MOST_LEFT_NAMED]:
            yield Content(sanitize(f"  {name}: {why}"))
        if more := _format_more(len(left) - MOST_LEFT_NAMED):
            yield Content(more)


def _format_more(count: int) -> SafeText:
    return sanitize(f" and {count:,} more" if count > 0 else "")


def _format_request(call: ClientCall) -> Iterator[Content]:
    members = dict(call.format_members())
    of = members.pop(SafeText("SecretId"), None)
    yield Content.assemble((call.operation, "bold"), Content(sanitize(f" of {of}" if of else "")))
    width = max((len(name) for name in members), default=0)
    for name, member in members.items():
        yield Content.assemble((f"  {name:<{width}}  ", "$text-muted"), Content(member))
