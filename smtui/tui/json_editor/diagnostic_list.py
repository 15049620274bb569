"""What a check says, one row for each mark: how much it matters, where, and the sentence."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList

from smtui.text.sanitize import SafeText
from smtui.tui.json_editor.diagnostic import Mark, Severity
from smtui.tui.widgets.row_list import RowList

COLOURS = {Severity.ERROR: "$error", Severity.ALERT: "$warning", Severity.WARNING: "$warning"}


class MarkList(RowList):
    """Enter on a row sends `Chosen`. Without a mark it says so in the words of `nothing`."""

    DEFAULT_CSS = """
    MarkList {
        height: auto;
        max-height: 6;
        scrollbar-size-vertical: 0;
    }
    """

    class Chosen(Message):
        """The person wants to see the place."""

        def __init__(self, mark: Mark) -> None:
            super().__init__()
            self.mark = mark

    def __init__(self, nothing: SafeText) -> None:
        super().__init__()
        self._nothing = nothing
        self._marks: tuple[Mark, ...] = ()

    def show(self, marks: Sequence[Mark]) -> None:
        self._marks = tuple(marks)
        rows = [_row(mark) for mark in self._marks] or [Content.styled(self._nothing, "$text-muted")]
        self.put(rows, self.cursor)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_index < len(self._marks):
            self.post_message(self.Chosen(self._marks[event.option_index]))


def _row(mark: Mark) -> Content:
    what = (f"{mark.severity.sign} {mark.severity.value}", f"bold {COLOURS[mark.severity]}")
    return Content.assemble(what, (f"  {mark.line}:{mark.column}  ", "$text-muted"), Content(mark.message))
