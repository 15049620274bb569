"""The task "Keyring": stores the vault's key in the keyring of the operating system, or removes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from smtui.backends import stored_key
from smtui.system.settings import load_settings
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.read_first import read_for_dialog

if TYPE_CHECKING:
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

QUESTION = SafeText("Unlock this vault with the OS keyring?")
WARNING = SafeText("Anyone who can use your unlocked session can then open it without the passphrase.")


async def use_keyring(app: Shell, session: Session) -> None:
    """Removes the key from the keyring if it is stored there; otherwise asks, and stores it.

    Raises:
        SmtuiError: the keyring refused.
    """
    path = session.vault.path
    is_stored = await read_for_dialog(app, QUESTION, lambda: call(_has_key, path))
    if is_stored is None:
        return
    if is_stored:
        await call(stored_key.forget, path)
        app.notify("Key removed from the OS keyring. The passphrase is required again.")
        return
    question = Confirm(QUESTION, WARNING, "Store key")
    if await app.push_screen_wait(question):
        keyring = await call(stored_key.store, session.vault)
        app.use(load_settings())
        app.notify(sanitize(f"Key stored in {keyring}. Ctrl+K unlocks this vault with it."), markup=False)


def _has_key(path: Path) -> bool:
    return stored_key.load(path) is not None
