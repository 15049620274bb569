"""The screen that opens a vault with its recovery code and then sets a new passphrase."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

import smtui
from smtui.api.errors import SmtuiError
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.dialog import confirm_discard
from smtui.tui.session import VaultOpened
from smtui.tui.unlock.code_field import CodeField
from smtui.tui.unlock.new_passphrase import NewPassphrase
from smtui.tui.unlock.passphrase_change import PassphraseChange
from smtui.tui.unlock.recovery_code import RecoveryScreen
from smtui.tui.unlock.rollback_warning import NOT_OPENED, confirm_rollback
from smtui.tui.widgets.chrome import Footer, Header
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.passphrase import Passphrase, wipe
from smtui.tui.workarounds import ClosableScreen

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.shell import Shell

ABOUT = "The recovery code was shown when the passphrase was set. Spaces, dashes and case are ignored."
NEXT = "Recovery code accepted. Choose a new passphrase; the old one and this code will stop working."
TRYING = SafeText("Checking…")
SEALING = SafeText("Re-encrypting the vault…")


class RecoverScreen(ClosableScreen[None]):
    """Asks for the code, then for the new passphrase. If the user leaves in between, the vault is unchanged."""

    BINDINGS = keys.list_bindings("recover")
    CSS_PATH = "recover.tcss"
    AUTO_FOCUS = "CodeField"

    app: getters.app[Shell]
    code = getters.query_one(CodeField)
    form = getters.query_one(NewPassphrase)
    said = getters.query_one("#problem", Static)

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._vault: Vault | None = None

    def compose(self) -> ComposeResult:
        yield Header([sanitize("recover")])
        with Card():
            yield CardTitle("Recover")
            yield Static(Content(sanitize(self._path)), id="path")
            yield Static(ABOUT, id="about")
            yield CodeField()
            yield Static(id="problem")
            yield NewPassphrase()
        yield Footer()

    def _say(self, sentence: SafeText, *, error: bool = False) -> None:
        self.said.set_class(error, "-error")
        self.said.update(Content(sentence))

    # Recovery code.

    @on(Passphrase.Submitted, "CodeField")
    @gesture
    async def open(self) -> None:
        """Opens the vault with the typed code and, if its file is older than expected, asks for confirmation.

        A code that is refused stays in the field, so that one wrong letter can be corrected.
        """
        with self.code.peek() as view:
            typed = bytearray(view)
        self._say(TRYING)
        try:
            vault = await call(smtui.open_vault, self._path, recovery_code=typed.decode("utf-8", "replace"),
                               read_only=self.app.read_only)
        except SmtuiError as error:
            self._say(sanitize(f"{error} {error.hint}".strip()), error=True)
            return
        finally:
            wipe(typed)
        if await confirm_rollback(self.app, vault):
            self._ask_for_passphrase(vault)
        else:
            self._say(SafeText(NOT_OPENED), error=True)

    def _ask_for_passphrase(self, vault: Vault) -> None:
        """Asks for the new passphrase. A read-only vault keeps its passphrase, so its session begins at once."""
        if vault.read_only:
            self.post_message(VaultOpened(vault))
            return
        self._vault = vault
        self.code.clear()
        self.query_one("#about", Static).update(NEXT)
        self._say(SafeText())
        self.set_class(True, "-open")
        self.form.show_vault(has_key_file=vault.maintenance.has_key_file, knows_key_file=False,
                             memory=vault.maintenance.kdf_memory)
        self.form.first.focus()
        self.refresh_bindings()

    def action_show(self) -> None:
        self.code.readable = not self.code.readable

    # New passphrase.

    @on(NewPassphrase.Chosen)
    @gesture
    async def change(self) -> None:
        """Sets the new passphrase, shows the new recovery code, and posts `VaultOpened`."""
        vault, change = self._vault, self.form.take_change()
        if vault is None:
            return
        self.form.say(SEALING)
        self.disabled = True
        try:
            await call(_change, vault, change)
        except SmtuiError as error:
            self.disabled = False
            self.form.start_again(sanitize(f"{error} {error.hint}".strip()), "-error")
            return
        await self.app.push_screen_wait(
            RecoveryScreen(vault.maintenance.take_recovery_code()), always=True)
        self._vault = None
        self.post_message(VaultOpened(vault))

    @gesture
    async def action_back(self) -> None:
        if not self.is_dirty or await confirm_discard(self.app):
            self.dismiss()

    @property
    def is_dirty(self) -> bool:
        """Whether a code or passphrase is typed."""
        return any(field.count for field in self.query(Passphrase))

    async def on_unmount(self) -> None:
        if self._vault is not None:
            await call(self._vault.close)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._vault is None if action == "show" else True


def _change(vault: Vault, change: PassphraseChange) -> None:
    """Changes the passphrase, updates the key in the keyring if it is stored there, and wipes the new passphrase."""
    from smtui.backends import stored_key

    try:
        with stored_key.update_after_change(vault):
            change.apply(vault)
    finally:
        change.wipe()
