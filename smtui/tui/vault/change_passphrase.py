"""The dialog that asks for the new passphrase of an open vault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import sanitize
from smtui.tui import keys
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.unlock.new_passphrase import NewPassphrase
from smtui.tui.unlock.passphrase_change import PassphraseChange
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle

if TYPE_CHECKING:
    from smtui.backends.local import Vault

ABOUT = (
    "The vault is re-encrypted. Afterwards the old passphrase and recovery code open only older copies. "
    "No other program may have the vault open."
)


class ChangePassphrase(Dialog[PassphraseChange]):
    """Returns the change, whose passphrase the caller must wipe; None if the user cancels."""

    BINDINGS = keys.list_bindings("dialog")
    CSS_PATH = "change_passphrase.tcss"
    AUTO_FOCUS = "#first"

    form = getters.query_one(NewPassphrase)

    def __init__(self, vault: Vault) -> None:
        super().__init__()
        self._vault = vault

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle("New passphrase")
            yield Static(Content(sanitize(self._vault.path)), classes="-muted")
            yield Static(ABOUT)
            yield NewPassphrase()
        yield Footer()

    def on_mount(self) -> None:
        maintenance = self._vault.maintenance
        self.form.show_vault(has_key_file=maintenance.has_key_file, knows_key_file=maintenance.knows_key_file,
                             memory=maintenance.kdf_memory)

    @on(NewPassphrase.Chosen)
    def accept_passphrase(self) -> None:
        """Closes the dialog with what the user chose."""
        self.dismiss(self.form.take_change())
