"""A button that shows its focus without colour too."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import widgets
from textual.geometry import Size
from textual.strip import Strip

from smtui.tui import keys

MARKS = "▸", "◂"
ROOM = 4
"""Cells beside the label: for a mark and a space on each side."""


class Button(widgets.Button):
    """`▸ Cancel ◂` while it has the focus. Among the answers of a dialog the arrow keys go from one to the next."""

    BINDINGS = keys.of("answers")

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return cell_len(str(self.label)) + ROOM

    @property
    def _answers(self) -> list[Button]:
        """All answers of the dialog that can be given now, this one among them; none where it is no answer."""
        answers = next((each for each in self.ancestors if each.id == "answers"), None)
        return [] if answers is None else [each for each in answers.query(Button) if each.focusable]

    def _list_row(self, by: int) -> list[Button]:
        """The answers of the row that is `by` rows below this one's."""
        rows = list(dict.fromkeys(each.parent for each in self._answers))
        at = rows.index(self.parent) + by if self.parent in rows else -1
        return [each for each in self._answers if each.parent is rows[at]] if 0 <= at < len(rows) else []

    def action_answer(self, by: int) -> None:
        """To the answer that is `by` further, and round at the end, as Tab goes."""
        answers = self._answers
        answers[(answers.index(self) + by) % len(answers)].focus()

    def action_answer_row(self, by: int) -> None:
        """To the answer above or below, where the answers stand in several rows."""
        at, row = self._list_row(0).index(self), self._list_row(by)
        row[min(at, len(row) - 1)].focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
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
    """The cells beside the label are of the colour of the background."""
    return next((style for text, style, _ in strip if text.strip()), None)
