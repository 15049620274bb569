"""A button that marks its focus with characters in addition to colour."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events, widgets
from textual.geometry import Size
from textual.strip import Strip

from smtui.tui import keys

MARKS = "▸", "◂"
ROOM = 4
"""Cells that the label does not use: a mark and a space on each side."""


class Button(widgets.Button):
    """A button that looks like `▸ Cancel ◂` while it has the focus. Arrow keys move between the answers of a dialog.

    Where the answers are an act and "Cancel", y and n press them, unless they were typed before the question was shown.
    """

    BINDINGS = keys.list_bindings("answers")
    _mounted_at = 0.0
    _key_at = 0.0

    def on_mount(self, event: events.Mount) -> None:
        self._mounted_at = event.time

    def on_key(self, event: events.Key) -> None:
        self._key_at = event.time

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return cell_len(str(self.label)) + ROOM

    @property
    def _answers(self) -> list[Button]:
        """The focusable buttons of the dialog's `#answers`; empty if this button is not inside one."""
        answers = next((each for each in self.ancestors if each.id == "answers"), None)
        return [] if answers is None else [each for each in answers.query(Button) if each.focusable]

    def _list_row(self, by: int) -> list[Button]:
        """Lists the answers of the row `by` rows below the row of this button; empty if there is no such row."""
        rows = list(dict.fromkeys(each.parent for each in self._answers))
        at = rows.index(self.parent) + by if self.parent in rows else -1
        return [each for each in self._answers if each.parent is rows[at]] if 0 <= at < len(rows) else []

    def action_answer(self, by: int) -> None:
        """Focuses the answer `by` places further and wraps around at the end."""
        answers = self._answers
        answers[(answers.index(self) + by) % len(answers)].focus()

    def action_answer_row(self, by: int) -> None:
        """Focuses the answer in the same column, `by` rows below, or the last one of that row."""
        at, row = self._list_row(0).index(self), self._list_row(by)
        row[min(at, len(row) - 1)].focus()

    def action_confirm(self, yes: bool) -> None:
        """Presses the act, or the button that cancels it, unless the key was typed ahead, as part of a word."""
        if self._key_at > self._mounted_at and (answer := self._find_answer(yes)) is not None:
            answer.press()

    def _find_answer(self, yes: bool) -> Button | None:
        """Returns the act or the button with the id `cancel`; None if the answers are not one of each."""
        answers = self._answers
        is_question = sorted(each.id == "cancel" for each in answers) == [False, True]
        return next((each for each in answers if (each.id != "cancel") is yes), None) if is_question else None

    def watch_disabled(self, disabled: bool) -> None:
        """Updates the footer too, because y works only while there is an act to press."""
        super().watch_disabled(disabled)
        if self.is_attached:
            self.screen.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "confirm":
            return self._find_answer(parameters[0] is True) is not None
        if action == "answer":
            return len(self._answers) > 1
        if action == "answer_row":
            return isinstance(parameters[0], int) and bool(self._list_row(parameters[0]))
        return super().check_action(action, parameters)

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        end = strip.cell_length - 1
        if not self.has_focus or end < 2:
            return strip
        style = _find_label_style(strip)
        return Strip.join([Strip([Segment(MARKS[0], style)]), strip.crop(1, end), Strip([Segment(MARKS[1], style)])])


def _find_label_style(strip: Strip) -> Style | None:
    """Finds the style of the label. The cells next to it have the colour of the background."""
    return next((style for text, style, _ in strip if text.strip()), None)
