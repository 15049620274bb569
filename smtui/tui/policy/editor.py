"""The editor of a policy: a panel with its state as the title, the text, and the diagnostics of the text."""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult

from smtui.text.json_layout import indent_json
from smtui.text.sanitize import SafeText
from smtui.tui.json_editor.area import Check, JsonArea
from smtui.tui.json_editor.diagnostic_list import DiagnosticList
from smtui.tui.widgets.panel import Panel, show_title

NO_DIAGNOSTICS = SafeText("No issues found.")
EMPTY = SafeText("The policy is empty.")
VIEWING, EDITING = "Attached policy", "Policy draft (not attached yet)"


class PolicyEditor(Panel):
    """Shows a policy, read-only until `begin_editing`. It has the class `-none` if there is no text to show.

    Args:
        check: returns the diagnostics of a text. It runs in the vault's thread.
    """

    area = getters.query_one(JsonArea)
    diagnostic_list = getters.query_one(DiagnosticList)

    def __init__(self, check: Check) -> None:
        super().__init__(title=VIEWING)
        self._check = check

    def compose(self) -> ComposeResult:
        yield JsonArea("", self._check, read_only=True)
        yield DiagnosticList()

    @property
    def is_editing(self) -> bool:
        """Whether the text can be edited."""
        return not self.area.read_only

    @property
    def text(self) -> str:
        """The text of the editor."""
        return self.area.value

    def show_policy(self, text: str, missing: str) -> None:
        """Shows a policy, and ends editing. A policy in one line is formatted.

        Args:
            text: the policy; empty if there is none.
            missing: the state if there is none.
        """
        self.end_editing()
        self.area.load_text(text if "\n" in text.strip() else indent_json(text))
        self._show_state(VIEWING if text else missing)
        self.set_class(not text, "-none")

    def begin_editing(self, text: str | None = None) -> None:
        """Begins to edit, with a new text if one is given."""
        self.area.read_only = False
        self._show_state(EDITING)
        self.remove_class("-none")
        if text is not None:
            self.area.replace(text, (0, 0), self.area.document.end)
            self.area.move_cursor((0, 0))

    def end_editing(self) -> None:
        """Makes the text read-only."""
        self.area.read_only = True

    def is_changed(self, attached: str) -> bool:
        """Whether the text is edited and differs from the attached policy in more than the format."""
        return self.is_editing and self.text not in ("", attached, indent_json(attached))

    def _show_state(self, state: str) -> None:
        show_title(self, state)
        self.area.focus()

    def on_json_area_checked(self, message: JsonArea.Checked) -> None:
        self.diagnostic_list.show(message.diagnostics, NO_DIAGNOSTICS if self.text.strip() else EMPTY)

    def on_diagnostic_list_selected(self, message: DiagnosticList.Selected) -> None:
        self.area.focus()
        self.area.go_to(message.diagnostic)
