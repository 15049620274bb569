"""Where JSON is typed or looked at: coloured, and with a mark at each place that a check finds fault with.

Checks run beside the typing, and only the answer about the newest text counts. What cannot be seen is spelled as JSON
spells it (`\\u202e`), so that nothing in the text reaches the terminal, and everything can be edited. Once it is
closed it remembers nothing.
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
from smtui.tui.json_editor.diagnostic import Mark, Severity
from smtui.tui.json_editor.tokens import word_end, words

Check = Callable[[str], Sequence[Mark]]
PAUSE = 0.15
"""Seconds without a key before a check begins."""
LONGEST_COLOURED = 4000
"""Characters of a line; a longer one would make every key slow."""
PARTS = ("key", "text", "number", "name", "sign", "error", "alert", "warning")


class JsonArea(TextArea):
    """`check` says what is wrong with a text; it runs in the vault's thread, so it may ask the vault."""

    BINDINGS = keys.of("json")
    COMPONENT_CLASSES = {f"json-area--{part}" for part in PARTS}  # noqa: RUF012
    DEFAULT_CSS = """
    JsonArea {
        border: none;
        padding: 0;
        background: $surface;

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
    marks: var[tuple[Mark, ...]] = var((), init=False)

    class Checked(Message):
        """The check has answered about the text as it is now."""

        def __init__(self, area: JsonArea, marks: tuple[Mark, ...]) -> None:
            super().__init__()
            self.area = area
            self.marks = marks

        @property
        def control(self) -> JsonArea:
            return self.area

    def __init__(self, text: str = "", check: Check | None = None, *, read_only: bool = False) -> None:
        super().__init__(escape_json(text), show_line_numbers=True, read_only=read_only, tab_behavior="focus")
        self._loaded = text
        self._check = check
        self._last_key = ""

    def on_mount(self) -> None:
        self.look()

    def on_unmount(self) -> None:
        self._check = None
        with self.prevent(TextArea.Changed):
            self.load_text("")

    # The text.

    @property
    def is_json(self) -> bool:
        """Whether what stands here is meant as JSON; where not, it is shown and typed as any text."""
        return True

    @property
    def value(self) -> str:
        """What was loaded, to the byte, while it is unchanged; else what stands here."""
        return self._loaded if self.text == escape_json(self._loaded) else self.text

    def load_text(self, text: str) -> None:
        self._loaded = text
        super().load_text(escape_json(text))

    def edit(self, edit: Edit) -> EditResult:
        return super().edit(dataclasses.replace(edit, text=escape_json(edit.text)))

    def on_key(self, event: events.Key) -> None:
        """A new line begins where the one before did, one step in behind what opens; what closes steps back.

        A terminal without bracketed paste types what is pasted: LF is Ctrl+J then, and CR LF is one line break.
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

    def action_lay_out(self) -> None:
        if not self.read_only and (text := indent_json(self.text)) != self.text:
            self.replace(text, (0, 0), self.document.end, maintain_selection_offset=False)
            self.move_cursor((0, 0))

    # Checks.

    @on(TextArea.Changed)
    def look(self) -> None:
        """Asks the check, unless something is typed before it is asked or has answered."""
        if self._check is not None:
            self._look()

    @work(group="check", exclusive=True)
    async def _look(self) -> None:
        await asyncio.sleep(PAUSE)
        if self._check is not None:
            self.marks = tuple(await call(self._check, self.text))
            self.post_message(self.Checked(self, self.marks))

    def watch_marks(self) -> None:
        self.notify_style_update()
        self.refresh()

    def go_to(self, mark: Mark) -> None:
        self.move_cursor((mark.line - 1, mark.column - 1), center=True)

    def action_mark(self, by: int) -> None:
        """To the next mark, or the one before, and round at the end."""
        here = (self.cursor_location[0] + 1, self.cursor_location[1] + 1)
        places = sorted({(mark.line, mark.column): mark for mark in self.marks}.items())
        if by > 0:
            ahead = [mark for place, mark in places if place > here] + [mark for _, mark in places]
        else:
            ahead = [mark for place, mark in reversed(places) if place < here] + [mark for _, mark in reversed(places)]
        if ahead:
            self.go_to(ahead[0])

    # What is seen.

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        if not self.is_json:
            return line
        if len(line) <= LONGEST_COLOURED:
            for word in words(line.plain):
                line.stylize(self._style(word.kind), word.start, word.end)
        for mark in self.marks:
            if mark.line == line_index + 1:
                start = mark.column - 1
                end = start + mark.length if mark.length else word_end(line.plain, start)
                line.stylize(self._style(mark.severity.value), start, end)
        return line

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"json-area--{part}", partial=True)

    def render_line(self, y: int) -> Strip:
        """With the sign of a mark behind the number of its line."""
        strip = super().render_line(y)
        row = y + self.scroll_offset.y
        if not self.marks or row >= self.wrapped_document.height:
            return strip
        line, column = self.wrapped_document.offset_to_location(Offset(0, row))
        here = [mark.severity for mark in self.marks if mark.line == line + 1]
        if column or not here:
            return strip
        worst = min(here, key=list(Severity).index)
        at = self.gutter_width - 2
        signed = [Segment(worst.sign, (style or Style()) + self._style(worst.value) + Style(underline=False))
                  for _, style, _ in strip.crop(at, at + 1)]
        return Strip.join([strip.crop(0, at), Strip(signed), strip.crop(at + 1)])
