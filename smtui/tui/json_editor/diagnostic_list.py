"""The list of diagnostics below an editor: severity, position and sentence, one row each."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList

from smtui.text.sanitize import SafeText
from smtui.tui.json_editor.diagnostic import Diagnostic, Severity
from smtui.tui.widgets.row_list import RowList

COLOURS = {Severity.ERROR: "$error", Severity.ALERT: "$warning", Severity.WARNING: "$warning"}


class DiagnosticList(RowList):
    """Enter on a row sends `Selected`."""

    DEFAULT_CSS = """
    DiagnosticList {
        height: auto;
        max-height: 6;
        scrollbar-size-vertical: 0;
    }
    """

    class Selected(Message):
        """The person wants to go to the position of a diagnostic."""

        def __init__(self, diagnostic: Diagnostic) -> None:
            super().__init__()
            self.diagnostic = diagnostic

    def __init__(self) -> None:
        super().__init__()
        self._diagnostics: tuple[Diagnostic, ...] = ()

    def show(self, diagnostics: Sequence[Diagnostic], nothing: SafeText) -> None:
        """Shows the diagnostics; if there are none, the text `nothing`."""
        self._diagnostics = tuple(diagnostics)
        rows = list(map(_format_row, self._diagnostics))
        self.put(rows or [Content.styled(nothing, "$text-muted")], self.cursor)

    @on(OptionList.OptionSelected)
    def _select(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_index < len(self._diagnostics):
            self.post_message(self.Selected(self._diagnostics[event.option_index]))


def _format_row(diagnostic: Diagnostic) -> Content:
    severity = (f"{diagnostic.severity.sign} {diagnostic.severity.value}", f"bold {COLOURS[diagnostic.severity]}")
    position = (f"  {diagnostic.line}:{diagnostic.column}  ", "$text-muted")
    return Content.assemble(severity, position, Content(diagnostic.message))
