"""The vault's key in the operating system's keyring: put there, or taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtui.backends import stored_key
from smtui.system.settings import load_settings
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call
from smtui.tui.dialogs.confirm import Confirm

if TYPE_CHECKING:
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

WARNING = SafeText("Whoever can use your unlocked session can then open it without the passphrase.")


async def use_keyring(app: Shell, session: Session) -> None:
    """Stores the key, or, where it is stored, forgets it."""
    path = session.vault.path
    if await call(stored_key.load, path) is not None:
        await call(stored_key.forget, path)
        app.notify("The keyring has forgotten this vault: the passphrase opens it.")
        return
    question = Confirm(SafeText("Let the keyring open this vault?"), WARNING, "Store the key")
    if await app.push_screen_wait(question):
        keyring = await call(stored_key.store, session.vault)
        app.use(load_settings())
        app.notify(sanitize(f"{keyring} opens this vault from now on: Ctrl+K on the screen that asks."), markup=False)
