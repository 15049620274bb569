"""The text area for JSON: syntax colours, indentation, and diagnostics of a check.

Checks run in the background, and only the answer about the newest text counts. Invisible characters are shown as JSON
escapes (`\\u202e`), so that no control character reaches the terminal. The area forgets its text when it is removed.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Sequence

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events, on, work
from textual.geometry import Offset
from textual.message import Message
from textual.reactive import reactive, var
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from smtui.text.json_layout import INDENT, indent_json
from smtui.text.sanitize import escape_json
from smtui.tui import keys
from smtui.tui.bridge import call
from smtui.tui.json_editor.diagnostic import Diagnostic, Severity
from smtui.tui.json_editor.tokens import find_token_end, tokenize

Check = Callable[[str], Sequence[Diagnostic]]
PAUSE = 0.15
"""Seconds without a key press before a check begins."""
MAX_COLOURED_LENGTH = 4000
"""Longer lines, in characters, get no syntax colours, as these would slow down every key."""
PARTS = ("key", "text", "number", "name", "sign", "error", "alert", "warning")


class JsonArea(TextArea):
    """A text area for JSON.

    Args:
        check: returns the diagnostics of a text. It runs in the vault's thread, so it can call the vault.
    """

    BINDINGS = keys.list_bindings("json")
    COMPONENT_CLASSES = {f"json-area--{part}" for part in PARTS}  # noqa: RUF012
    DEFAULT_CSS = """
    JsonArea {
        border: none;
        padding: 0;
        background: $surface;
        scrollbar-size-vertical: 1;

        &:focus {
            border: none;
        }
        .text-area--gutter, .text-area--cursor-gutter {
            color: $text-muted;
        }
        .json-area--key {
            color: $primary;
        }
        .json-area--number, .json-area--name {
            color: $accent;
        }
        .json-area--text {
            color: $foreground;
        }
        .json-area--sign {
            color: $text-muted;
        }
        .json-area--error {
            color: $error;
            text-style: bold underline;
        }
        .json-area--alert, .json-area--warning {
            color: $warning;
            text-style: underline;
        }
    }
    """

    cursor_blink = reactive(False, init=False)
    diagnostics: var[tuple[Diagnostic, ...]] = var((), init=False)

    class Checked(Message):
        """The check has answered about the present text."""

        def __init__(self, area: JsonArea, diagnostics: tuple[Diagnostic, ...]) -> None:
            super().__init__()
            self.area = area
            self.diagnostics = diagnostics

        @property
        def control(self) -> JsonArea:
            return self.area

    def __init__(self, text: str = "", check: Check | None = None, *, read_only: bool = False) -> None:
        super().__init__(escape_json(text), show_line_numbers=True, read_only=read_only, tab_behavior="focus")
        self._loaded = text
        self._check = check
        self._last_key = ""

    def on_mount(self) -> None:
        self.check_text()

    def on_unmount(self) -> None:
        self._check = None
        with self.prevent(TextArea.Changed):
            self.load_text("")

    # The text.

    @property
    def is_json(self) -> bool:
        """Whether the text is edited as JSON, with colours and indentation, or as plain text."""
        return True

    @property
    def value(self) -> str:
        """The text that was loaded, byte for byte, while it is unchanged; otherwise the edited text."""
        return self._loaded if self.text == escape_json(self._loaded) else self.text

    def load_text(self, text: str) -> None:
        self._loaded = text
        super().load_text(escape_json(text))

    def edit(self, edit: Edit) -> EditResult:
        return super().edit(dataclasses.replace(edit, text=escape_json(edit.text)))

    def on_key(self, event: events.Key) -> None:
        """Indents a new line like the line before, deeper after an opening bracket, and less at a closing one.

        A terminal without bracketed paste sends LF as Ctrl+J. CR LF is one line break.
        """
        before_it, self._last_key = self._last_key, event.key
        if event.key == "ctrl+j":
            event.stop()
            event.prevent_default()
            if before_it != "enter" and not self.read_only:
                self.replace("\n", *self.selection, maintain_selection_offset=False)
            return
        if not self.is_json:
            return
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        if event.key == "enter" and not self.read_only:
            event.prevent_default()
            event.stop()
            margin = before[: len(before) - len(before.lstrip())]
            step = INDENT if before.rstrip().endswith(("{", "[")) else ""
            self.replace(f"\n{margin}{step}", *self.selection, maintain_selection_offset=False)
        elif event.character in ("}", "]") and not self.read_only and not before.strip() and before.endswith(INDENT):
            self.delete((row, column - len(INDENT)), (row, column), maintain_selection_offset=False)

    def action_text_start(self, select: bool = False) -> None:
        self.move_cursor((0, 0), select=select)

    def action_text_end(self, select: bool = False) -> None:
        self.move_cursor(self.document.end, select=select)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leaves the keys of undo and redo to the app while nothing can be typed: there Ctrl+Z suspends."""
        return not self.read_only if action in ("undo", "redo") else super().check_action(action, parameters)

    def action_format(self) -> None:
        if not self.read_only and (text := indent_json(self.text)) != self.text:
            self.replace(text, (0, 0), self.document.end, maintain_selection_offset=False)
            self.move_cursor((0, 0))

    # Checks.

    @on(TextArea.Changed)
    def check_text(self) -> None:
        """Starts the check. Further typing cancels it."""
        if self._check is not None:
            self._check_later()

    @work(group="check", exclusive=True)
    async def _check_later(self) -> None:
        await asyncio.sleep(PAUSE)
        if self._check is not None:
            self.diagnostics = tuple(await call(self._check, self.text))
            self.post_message(self.Checked(self, self.diagnostics))

    def watch_diagnostics(self) -> None:
        self.notify_style_update()
        self.refresh()

    def go_to(self, diagnostic: Diagnostic) -> None:
        self.move_cursor((diagnostic.line - 1, diagnostic.column - 1), center=True)

    def action_go_to_diagnostic(self, step: int) -> None:
        """Moves the cursor to the next (1) or previous (-1) diagnostic, and wraps around."""
        here = (self.cursor_location[0] + 1, self.cursor_location[1] + 1)
        by_position = {(each.line, each.column): each for each in self.diagnostics}
        positions = sorted(by_position, reverse=step < 0)
        ahead = [each for each in positions if (each > here if step > 0 else each < here)]
        if positions:
            self.go_to(by_position[[*ahead, *positions][0]])

    # Rendering.

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        if not self.is_json:
            return line
        if len(line) <= MAX_COLOURED_LENGTH:
            for token in tokenize(line.plain):
                line.stylize(self._get_part_style(token.kind), token.start, token.end)
        for diagnostic in self.diagnostics:
            if diagnostic.line == line_index + 1:
                start = diagnostic.column - 1
                end = start + diagnostic.length if diagnostic.length else find_token_end(line.plain, start)
                line.stylize(self._get_part_style(diagnostic.severity.value), start, end)
        return line

    def _get_part_style(self, part: str) -> Style:
        return self.get_component_rich_style(f"json-area--{part}", partial=True)

    def render_line(self, y: int) -> Strip:
        """Shows the sign of the worst diagnostic of a line behind its number."""
        strip = super().render_line(y)
        row = y + self.scroll_offset.y
        if not self.diagnostics or row >= self.wrapped_document.height:
            return strip
        line, column = self.wrapped_document.offset_to_location(Offset(0, row))
        here = [diagnostic.severity for diagnostic in self.diagnostics if diagnostic.line == line + 1]
        if column or not here:
            return strip
        worst = min(here, key=list(Severity).index)
        at = self.gutter_width - 2
        signed = [Segment(worst.sign, (style or Style()) + self._get_part_style(worst.value) + Style(underline=False))
                  for _, style, _ in strip.crop(at, at + 1)]
        return Strip.join([strip.crop(0, at), Strip(signed), strip.crop(at + 1)])
