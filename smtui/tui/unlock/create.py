"""The screen of the first run: creates a vault with a passphrase that the user types twice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

import smtui
from smtui.api.errors import SmtuiError
from smtui.system.ambient import Ambient
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.bridge import call, gesture
from smtui.tui.session import VaultOpened
from smtui.tui.unlock.key_file_field import use_key_file
from smtui.tui.unlock.new_passphrase import NewPassphrase
from smtui.tui.unlock.recovery_code import RecoveryScreen
from smtui.tui.widgets.chrome import Footer, Header
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.passphrase import wipe
from smtui.tui.workarounds import ClosableScreen

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.shell import Shell

WELCOME = "No vault here yet. Choose a passphrase to create one. Without it the vault cannot be opened."
USUAL_MEMORY = 64
"""The MiB of the key derivation."""
WORKING = SafeText("Deriving the key…")


class CreateScreen(ClosableScreen[None]):
    """Creates the vault, shows its recovery code, and posts `VaultOpened`.

    Args:
        path: where the vault file is created.
        ambient: the source of randomness for a generated passphrase; None means the system's.
    """

    BINDINGS = keys.list_bindings("door")
    CSS_PATH = "create.tcss"
    AUTO_FOCUS = "#first"

    app: getters.app[Shell]
    form = getters.query_one(NewPassphrase)

    def __init__(self, path: Path, ambient: Ambient | None = None) -> None:
        super().__init__()
        self._path = path
        self._ambient = ambient

    def compose(self) -> ComposeResult:
        yield Header([sanitize("first run")])
        with Card():
            yield CardTitle("Create a vault")
            yield Static(Content(sanitize(self._path)), id="path")
            yield Static(WELCOME)
            yield NewPassphrase(self._ambient)
        yield Footer()

    def action_another(self) -> None:
        self.app.choose_another()

    def action_back(self) -> None:
        self.app.return_to_open()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self.app.open_paths) if action == "back" else True

    @on(NewPassphrase.Chosen)
    @gesture
    async def create(self) -> None:
        """Creates the vault from the chosen passphrase. On an error the form starts again."""
        typed, key_file, memory = self.form.take(), self.form.key_file_path, self.form.kdf_memory
        self.form.say(WORKING)
        self.disabled = True
        try:
            vault = await call(_create, self._path, typed, key_file, memory)
        except (SmtuiError, OSError) as error:
            self.disabled = False
            self.form.start_again(sanitize(f"{error}\n{getattr(error, 'hint', '')}".strip(), lines=True), "-error")
            return
        finally:
            wipe(typed)
        await self.app.push_screen_wait(
            RecoveryScreen(vault.maintenance.take_recovery_code()), always=True)
        self.app.key_file = key_file or self.app.key_file
        self.post_message(VaultOpened(vault))


def _create(path: Path, typed: bytearray, key_file: str, memory: int | None) -> Vault:
    """Creates the vault and, if it is missing, its key file. Raises SmtuiError, OSError."""
    return use_key_file(key_file, path, lambda loaded: smtui.create_vault(
        path, typed, key_file=loaded, kdf_memory=memory or USUAL_MEMORY), create=True)
