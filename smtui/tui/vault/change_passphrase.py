"""The dialog that asks for the new passphrase of an open vault."""

from __future__ import annotations

from pathlib import Path

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import sanitize
from smtui.tui import keys
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.unlock.new_passphrase import NewPassphrase
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle

ABOUT = (
    "The vault is re-encrypted. Afterwards the old passphrase and recovery code open only older copies. "
    "No other program may have the vault open."
)


class ChangePassphrase(Dialog[bytearray]):
    """Returns the new passphrase, which the caller must wipe; None if the user cancels."""

    BINDINGS = keys.list_bindings("dialog")
    CSS_PATH = "change_passphrase.tcss"
    AUTO_FOCUS = "#first"

    form = getters.query_one(NewPassphrase)

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle("New passphrase")
            yield Static(Content(sanitize(self._path)), classes="-muted")
            yield Static(ABOUT)
            yield NewPassphrase()
        yield Footer()

    @on(NewPassphrase.Chosen)
    def accept_passphrase(self) -> None:
        """Closes the dialog with the chosen passphrase."""
        self.dismiss(self.form.take())
