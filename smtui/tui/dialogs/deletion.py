"""The plan of a deletion: when it will happen, or, typed out in full, that it happens now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from smtui.shown import Shown
from smtui.tui import keys
from smtui.tui.rows import day
from smtui.tui.widgets.frame import KeyBar
from smtui.tui.widgets.line import Line
from smtui.tui.widgets.tick import Tick

if TYPE_CHECKING:
    from smtui.api.types import DeleteSecretRequest

LEAST, MOST = 7, 30
PLAN, AT_ONCE = "Plan deletion", "Delete now"


@dataclass(frozen=True, slots=True)
class Deletion:
    """After `days` days, during which it can be restored; or at once, by `force`."""

    days: int | None
    force: bool

    def request(self, secret_id: str) -> DeleteSecretRequest:
        """DeleteSecret."""
        if self.force:
            return {"SecretId": secret_id, "ForceDeleteWithoutRecovery": True}
        return {"SecretId": secret_id, "RecoveryWindowInDays": self.days or MOST}


class DeletionPlan(ModalScreen[Deletion | None]):
    """The harmless answer has the focus; what cannot be taken back needs the secret's name typed."""

    BINDINGS = keys.of("dialog") + keys.of("deletion")
    CSS_PATH = "deletion.tcss"
    AUTO_FOCUS = "#cancel"

    days = getters.query_one("#days", Line)
    force = getters.query_one("#force", Tick)
    typed = getters.query_one("#typed", Line)
    go = getters.query_one("#go", Button)

    def __init__(self, name: Shown, arn: Shown, now: datetime, last_accessed: datetime | None) -> None:
        super().__init__()
        self._name = name
        self._arn = arn
        self._now = now
        self._last_accessed = last_accessed

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static(Content(f"Delete {self._name}?"), classes="title")
            yield Static(Content(self._arn), id="arn", classes="-muted")
            yield Static(Content(self._last_read()), id="read")
            with Horizontal(id="window"):
                yield Static("Can be restored for")
                yield Line(str(MOST), restrict="[0-9]*", max_length=2, id="days", compact=True)
                yield Static("days")
            yield Static(id="when")
            yield Tick("Without recovery, at once", False, id="force", compact=True)
            yield Line(placeholder="the name of the secret, to confirm", id="typed", compact=True)
            with Horizontal(id="answers"):
                yield Button("Cancel", id="cancel")
                yield Button(PLAN, id="go")
        yield KeyBar()

    def _last_read(self) -> str:
        return f"Last read on {day(self._last_accessed)}." if self._last_accessed else "No reading of it is recorded."

    @property
    def _answer(self) -> Deletion | None:
        """What the fields say; None while they say nothing that can be done."""
        if self.force.value:
            return Deletion(None, True) if self.typed.value == self._name else None
        days = int(self.days.value or 0)
        return Deletion(days, False) if LEAST <= days <= MOST else None

    def on_mount(self) -> None:
        self._show_what_happens()

    @on(Input.Changed)
    @on(Tick.Changed)
    def _show_what_happens(self) -> None:
        force = self.force.value
        self.days.disabled = force
        self.typed.display = force
        self.go.label = AT_ONCE if force else PLAN
        self.go.disabled = self._answer is None
        when = self.query_one("#when", Static)
        when.set_class(self.go.disabled or force, "-error")
        when.update(Content(self._consequence()))

    def _consequence(self) -> str:
        match self._answer:
            case Deletion(days=int(days)):
                date = self._now + timedelta(days=days)
                return f"▲ Deleted on {day(date)}. Until then nobody can read it, and U brings it back."
            case None if not self.force.value:
                return f"✗ The window is {LEAST} to {MOST} days."
            case None:
                return f"✗ Nothing brings it back. Type {self._name} to confirm."
        return "✗ Nothing brings it back."

    def action_days(self, by: int) -> None:
        if not self.force.value:
            now = int(self.days.value or MOST)
            self.days.value = str(max(LEAST, min(MOST, now + by)))

    @on(Input.Submitted, "#days")
    def _to_the_answers(self) -> None:
        self.query_one("#cancel").focus()

    @on(Input.Submitted, "#typed")
    def _to_the_button(self) -> None:
        self.go.focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(self._answer if event.button.id == "go" else None)

    def action_cancel(self) -> None:
        self.dismiss(None)
