"""The dialog that shows and edits the policy of a KMS key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.policy import grammar
from smtui.policy.statements import MalformedPolicyError
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.json_editor.area import JsonArea
from smtui.tui.json_editor.diagnostic import Diagnostic, Severity
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle

ABOUT = SafeText("Who may use and manage the key. Values of secrets need kms:Decrypt and kms:GenerateDataKey.")
NO_FINDINGS = SafeText("No issues found.")


class KeyPolicyDialog(Dialog[str]):
    """Returns the changed policy, or None if it is unchanged.

    Args:
        name: the name of the key.
        text: the policy.
        typed: the text to begin with after a refusal; None to begin with `text`.
        is_fixed: whether the policy can only be read.
    """

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("fields")
    CSS_PATH = "key_policy.tcss"
    KEY_NAMES: ClassVar = {"fields.save": "Replace"}

    area = getters.query_one(JsonArea)
    said = getters.query_one("#said", Static)

    def __init__(self, name: SafeText, text: str, typed: str | None = None, *, is_fixed: bool = False) -> None:
        super().__init__()
        self._name = name
        self._text = text
        self._typed = text if typed is None else typed
        self._is_fixed = is_fixed

    @property
    def is_dirty(self) -> bool:
        return self.area.value != self._text

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "save" or not self._is_fixed

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(f"Policy of {self._name}"))
            yield Static(Content(ABOUT), classes="-muted")
            yield JsonArea(self._typed, find_diagnostics, read_only=self._is_fixed)
            yield Static(id="said")
        yield Footer()

    @on(JsonArea.Checked)
    def _show_findings(self, message: JsonArea.Checked) -> None:
        found = message.diagnostics
        self.said.set_class(bool(found), "-error")
        self.said.update(Content(_format_diagnostic(found[0]) if found else NO_FINDINGS))

    def action_save(self) -> None:
        text = self.area.value
        if found := find_diagnostics(text):
            self.refuse(str(_format_diagnostic(found[0])))
        else:
            self.dismiss(text if self.is_dirty else None)


def find_diagnostics(text: str) -> Sequence[Diagnostic]:
    """Returns the faults of a key policy."""
    try:
        grammar.parse(text)
    except MalformedPolicyError as error:
        return [Diagnostic(each.position.line, each.position.column, 0, Severity.ERROR, sanitize(each.what))
                for each in error.findings]
    return []


def _format_diagnostic(found: Diagnostic) -> SafeText:
    return sanitize(f"line {found.line}, column {found.column}: {found.message}")
