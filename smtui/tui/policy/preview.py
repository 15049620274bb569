"""The preview of a policy change: its diff, and the warnings about the new policy."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.json_editor.diff import DiffLine
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.scroll_pane import ScrollPane

SIGNS = {"+": ("+ added    ", "$success"), "-": ("- removed  ", "$error"), " ": ("           ", ""),
         "…": ("  …", "$text-muted")}  # fmt: skip
MAX_CARD_WIDTH, FRAME_WIDTH = 96, 7
"""Cells: the greatest width of the card, and the part that frame, padding and scroll bar take."""
INDENT = "  "
ONLY_LAYOUT = SafeText("Only spaces and line breaks change: it means the same.")


class PolicyPreview(LongText["bool | None"]):
    """Asks whether to attach a policy. Returns whether broad access is to be blocked, or None to cancel."""

    CSS_PATH = "preview.tcss"

    def __init__(self, title: SafeText, lines: Sequence[DiffLine], warnings: Sequence[SafeText]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._warnings = warnings

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static(Content(self._title), classes="title")
            with ScrollPane(id="lines"):
                width = min(MAX_CARD_WIDTH, self.app.size.width) - FRAME_WIDTH
                yield Static(Content("\n").join(_format_lines(self._lines, width)))
            if self._warnings:
                yield Static(Content("\n".join(f"▲ {each}" for each in self._warnings)), id="warnings")
            with Horizontal(id="answers"):
                yield Button("Cancel", id="cancel")
                yield Button("Attach", id="attach")
                yield Button("Attach unless broad", id="unless-broad")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#cancel" if self._warnings else "#attach").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(None if event.button.id == "cancel" else event.button.id == "unless-broad")

    def action_cancel(self) -> None:
        self.dismiss(None)


def _format_lines(lines: Sequence[DiffLine], width: int) -> Iterator[Content]:
    if not lines:
        yield Content(ONLY_LAYOUT)
    for line in lines:
        word, colour = SIGNS[line.sign]
        for part in _wrap_line(line.text, width - len(word)):
            yield Content.styled(f"{word}{part}", colour)


def _wrap_line(text: str, width: int) -> list[str]:
    """Wraps a long line. Continuation lines are indented, and each gets the sign of the line."""
    inner = text.lstrip()
    margin = text[: len(text) - len(inner)]
    return textwrap.wrap(inner, max(width, 20), initial_indent=margin, subsequent_indent=margin + INDENT,
                         break_on_hyphens=False, replace_whitespace=False) or [text]
