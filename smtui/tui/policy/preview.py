"""What attaching a policy changes, line by line, and what is to be known before."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.json_editor.diff import Line
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import KeyBar
from smtui.tui.widgets.scroll_pane import Pane

WORDS = {"+": ("+ added    ", "$success"), "-": ("- removed  ", "$error"), " ": ("           ", ""),
         "…": ("  …", "$text-muted")}  # fmt: skip
CARD, FRAME = 96, 7
"""Cells: how wide the card is at most, and what of that its frame, its padding and a scroll bar take."""
STEP = "  "
ONLY_LAYOUT = SafeText("Only spaces and line breaks change: it means the same.")


class PolicyPreview(LongText["bool | None"]):
    """Answers whether it is to be attached only if it lets nobody unknown in; None where it is not to be attached."""

    CSS_PATH = "preview.tcss"

    def __init__(self, title: SafeText, lines: Sequence[Line], warned: Sequence[SafeText]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._warned = warned

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static(Content(self._title), classes="title")
            with Pane(id="lines"):
                room = min(CARD, self.app.size.width) - FRAME
                yield Static(Content("\n").join(_told(self._lines, room)))
            if self._warned:
                yield Static(Content("\n".join(f"▲ {each}" for each in self._warned)), id="warned")
            with Horizontal(id="answers"):
                yield Button("Cancel", id="cancel")
                yield Button("Attach", id="attach")
                yield Button("Attach unless broad", id="unless-broad")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#cancel" if self._warned else "#attach").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(None if event.button.id == "cancel" else event.button.id == "unless-broad")

    def action_cancel(self) -> None:
        self.dismiss(None)


def _told(lines: Sequence[Line], room: int) -> Iterator[Content]:
    if not lines:
        yield Content(ONLY_LAYOUT)
    for line in lines:
        word, colour = WORDS[line.sign]
        for part in _folded(line.text, room - len(word)):
            yield Content.styled(f"{word}{part}", colour)


def _folded(text: str, room: int) -> list[str]:
    """A line that is too long goes on one step in, so that each part has its sign before it."""
    inner = text.lstrip()
    margin = text[: len(text) - len(inner)]
    return textwrap.wrap(inner, max(room, 20), initial_indent=margin, subsequent_indent=margin + STEP,
                         break_on_hyphens=False, replace_whitespace=False) or [text]
