"""The unlock screen: asks for the passphrase, or shows why the vault cannot be opened and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

import smtui
from smtui.api.errors import SmtuiError, VaultMissingError
from smtui.text.sanitize import sanitize
from smtui.tui import keys
from smtui.tui.bridge import call, gesture, reading
from smtui.tui.session import VaultOpened
from smtui.tui.unlock.key_file_field import KeyFileField, KeyFileLabel, use_key_file
from smtui.tui.unlock.problems import Problem, find_problem
from smtui.tui.unlock.rollback_warning import NOT_OPENED, confirm_rollback
from smtui.tui.widgets.chrome import Footer, Header
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.passphrase import Passphrase, wipe
from smtui.tui.workarounds import ClosableScreen

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

WORKING = "Deriving the key…"
KEY_FILE = "Key file"
MISSING_KEY_FILE = "This vault needs its key file in addition to the passphrase: enter its path."
FORGOTTEN = "Forgot it? The recovery code opens the vault."


class UnlockScreen(ClosableScreen[None]):
    """Unlocks the vault at `path` and posts `VaultOpened`. `notice` says why the vault is locked."""

    BINDINGS = keys.list_bindings("unlock") + keys.list_bindings("door")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#passphrase"

    app: getters.app[Shell]
    passphrase = getters.query_one("#passphrase", Passphrase)
    key_file = getters.query_one("#key-file", KeyFileField)
    said = getters.query_one("#said", Static)
    hint = getters.query_one("#hint", Static)

    def __init__(self, path: Path, notice: str = "") -> None:
        super().__init__()
        self._path = path
        self._notice = notice
        self._keyring_key: bytes | None = None
        self._problem: Problem | None = None
        self._missing = False

    def compose(self) -> ComposeResult:
        yield Header([sanitize("locked")])
        with Card():
            yield CardTitle("Unlock")
            yield Static(Content(sanitize(self._path)), id="path")
            yield Passphrase("Passphrase", id="passphrase")
            yield KeyFileLabel(KEY_FILE, id="key-file-label")
            yield KeyFileField(id="key-file")
            yield Static(id="said")
            yield Static(id="hint", classes="-muted")
        yield Footer()

    def on_mount(self) -> None:
        self.hint.update(Content(self.app.hint or FORGOTTEN))
        self._say(self._notice)
        self.look()

    def on_screen_resume(self) -> None:
        self.refresh_bindings()

    @reading
    async def look(self) -> None:
        """Checks, before the user types, whether the vault can be opened, and looks for its key in the keyring."""
        from smtui.backends.key_files import needs_key_file
        from smtui.backends.opening import examine

        try:
            await call(examine, self._path)
            needs_file = await call(needs_key_file, self._path)
        except SmtuiError as error:
            self._show_problem(error)
            return
        if needs_file and not self.key_file.is_shown:
            self._show_key_file()
        if self.app.settings.keyring:
            await self._look_in_keyring()

    async def _is_key_file_known(self) -> bool:
        """Shows the field of the key file if the user was faster than `look`. False if the file cannot be read."""
        from smtui.backends.key_files import needs_key_file

        try:
            if not self.key_file.is_shown and await call(needs_key_file, self._path):
                self._show_key_file()
        except SmtuiError as error:
            self._show_problem(error)
            return False
        return True

    def _show_key_file(self) -> None:
        """Shows the field of the key file, with the path that was given or used last."""
        for each in (self.key_file, self.query_one(KeyFileLabel)):
            each.set_class(True, "-shown")
        self.key_file.value = self.app.key_file

    @on(KeyFileField.Submitted, "#key-file")
    def _back_to_the_passphrase(self) -> None:
        self.passphrase.focus()

    def _say(self, sentence: str, *, error: bool = False) -> None:
        self.said.set_class(error, "-error")
        self.said.update(Content(sanitize(sentence, lines=True)))

    @on(Passphrase.Changed)
    def _forget_what_was_said(self, event: Passphrase.Changed) -> None:
        if event.passphrase.count and self.said.has_class("-error"):
            self._say("")

    # Opening the vault.

    @on(Passphrase.Submitted)
    @gesture
    async def unlock(self) -> None:
        """Opens the vault with the typed passphrase."""
        if self.passphrase.count and not await self._is_key_file_known():
            return
        if self.passphrase.count and self.key_file.is_shown and not self.key_file.path:
            self._say(MISSING_KEY_FILE, error=True)
            self.key_file.focus()
            return
        typed = self.passphrase.take()
        if typed:
            await self._open(passphrase=typed)
        else:
            self._say("Enter the passphrase.")

    @gesture
    async def action_keyring(self) -> None:
        if self._keyring_key is not None:
            await self._open(key=self._keyring_key)

    async def _open(self, *, passphrase: bytearray | None = None, key: bytes | None = None) -> None:
        """Opens the vault with a passphrase, which it wipes, or with a key. Shows an error if that fails."""
        self.passphrase.disabled = True
        self._say(WORKING)
        path = self.key_file.path if key is None else ""
        try:
            vault = await call(use_key_file, path, self._path, lambda loaded: smtui.open_vault(
                self._path, passphrase, key_file=loaded, key=key, read_only=self.app.read_only,
            ))
        except SmtuiError as error:
            self.passphrase.disabled = False
            self._show_refusal(error)
            return
        finally:
            wipe(passphrase or bytearray())
        self.app.key_file = path or self.app.key_file
        if await confirm_rollback(self.app, vault):
            self.post_message(VaultOpened(vault))
        else:
            self.passphrase.disabled = False
            self._say(NOT_OPENED, error=True)
            self.passphrase.focus()

    async def _look_in_keyring(self) -> None:
        """Offers the key that the keyring of the operating system stores for this vault, if there is one."""
        from smtui.backends import keyring_store

        self._keyring_key = await call(keyring_store.load, self._path)
        self.refresh_bindings()

    # Errors.

    def _show_refusal(self, error: SmtuiError) -> None:
        if find_problem(error) is not None:
            self._show_problem(error)
            return
        self._say(f"{error}\n{error.hint}".strip(), error=True)
        self.passphrase.focus()

    def _show_problem(self, error: SmtuiError) -> None:
        found = find_problem(error)
        if found is None:
            self._show_refusal(error)
            return
        self._problem, self._missing = found, isinstance(error, VaultMissingError)
        self.set_class(True, "-problem")
        self.query_one(CardTitle).show(found.title)
        self._say(str(error), error=True)
        self.hint.update(Content(found.advice))
        self.set_focus(None)
        self.refresh_bindings()

    def action_again(self) -> None:
        """Replaces this screen with a new one, which checks the vault again."""
        self.app.show_only_soon(UnlockScreen(self._path))

    def action_make(self) -> None:
        from smtui.tui.unlock.create import CreateScreen

        self.app.show_only_soon(CreateScreen(self._path))

    def action_recover(self) -> None:
        from smtui.tui.unlock.recover import RecoverScreen

        self.app.push_screen(RecoverScreen(self._path))

    def action_another(self) -> None:
        self.app.choose_another()

    def action_back(self) -> None:
        self.app.return_to_open()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "back":
                return bool(self.app.open_paths)
            case "keyring":
                return self._keyring_key is not None and self._problem is None
            case "again":
                return self._problem is not None
            case "make":
                return self._missing
            case "recover":
                return self._problem is None or self._problem.recoverable
        return True
