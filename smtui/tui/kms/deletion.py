"""The dialog that schedules the deletion of a KMS key and shows what is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from smtui.api.limits import MAX_KEY_DELETION_DAYS, MIN_KEY_DELETION_DAYS
from smtui.text.dates import format_date
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.kms.keys import KeyUsage, KmsKey
from smtui.tui.kms.secret_picker import format_names
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.limited_input import DIGITS
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.safe_input import SafeInput


class KeyDeletion(Dialog[int]):
    """A dialog that returns the waiting period in days, or None. "Cancel" has the focus.

    Args:
        key: the key.
        sealed: how much the key encrypts.
        names: the names of the first secrets with a version that it encrypts.
        now: the current time.
    """

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("deletion")
    CSS_PATH = "deletion.tcss"
    AUTO_FOCUS = "#cancel"

    days = getters.query_one("#days", SafeInput)
    go = getters.query_one("#go", Button)

    def __init__(self, key: KmsKey, sealed: KeyUsage, names: list[str], now: datetime) -> None:
        super().__init__()
        self._key = key
        self._sealed = sealed
        self._names = names
        self._now = now

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(f"Schedule deletion of {self._key.name}?"))
            yield Static(Content(sanitize(self._key.arn)), classes="-muted")
            with Horizontal(id="window"):
                yield Static("Waiting period")
                yield SafeInput(str(MAX_KEY_DELETION_DAYS), restrict=DIGITS, max_length=2, id="days", compact=True)
                yield Static("days")
            yield Static(id="when")
            with Horizontal(id="answers"):
                yield Button("Cancel", id="cancel")
                yield Button("Schedule deletion", id="go")
        yield Footer()

    def on_mount(self) -> None:
        self._show_what_happens()

    @property
    def _answer(self) -> int | None:
        days = int(self.days.value or 0)
        return days if MIN_KEY_DELETION_DAYS <= days <= MAX_KEY_DELETION_DAYS else None

    @on(Input.Changed)
    def _show_what_happens(self) -> None:
        self.go.disabled = self._answer is None
        when = self.query_one("#when", Static)
        when.set_class(self._answer is None, "-error")
        when.update(Content(self._describe_consequence(self._answer)))

    def _describe_consequence(self, days: int | None) -> SafeText:
        if days is None:
            return sanitize(f"✗ The waiting period is {MIN_KEY_DELETION_DAYS} to {MAX_KEY_DELETION_DAYS} days.")
        date = format_date(self._now + timedelta(days=days))
        if not self._sealed.versions:
            return sanitize(f"{'' if self._sealed.is_exact else '▲ '}It encrypts {self._sealed.amount}. It will be "
                            f"disabled now and deleted on {date}.")
        return sanitize(
            f"▲ It encrypts {self._sealed.summary}: {format_names(self._names, self._sealed.secrets)}.\n"
            f"They cannot be read from now on and are lost on {date}. Until then, U cancels the deletion.",
            lines=True,
        )

    def action_days(self, by: int) -> None:
        now = int(self.days.value or MAX_KEY_DELETION_DAYS)
        self.days.value = str(max(MIN_KEY_DELETION_DAYS, min(MAX_KEY_DELETION_DAYS, now + by)))

    @on(Input.Submitted)
    def _focus_cancel(self) -> None:
        self.query_one("#cancel").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(self._answer if event.button.id == "go" else None)
