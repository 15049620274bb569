"""Where one can go from anywhere in a session: one row a place, in the order of the menu.

A screen's module is imported when one goes there. Each screen is a `SessionScreen` made of the session alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from smtui.tui.base_screen import SessionScreen
    from smtui.tui.session import Session


@dataclass(frozen=True, slots=True)
class Place:
    """`key` goes there from the menu; `screen` as `module:Class`, empty for the list of secrets itself."""

    key: str
    words: str
    tooltip: str
    screen: str = ""

    def made(self, session: Session) -> SessionScreen[Any]:
        module, _, name = self.screen.partition(":")
        return cast("SessionScreen[Any]", getattr(import_module(module), name)(session))


REGIONS = Place("c", "Regions and vaults", "another Region, or another vault",
                "smtui.tui.contexts.screen:RegionsScreen")
PLACES = (
    Place("s", "Secrets", "the list of secrets"),
    REGIONS,
    Place("k", "Keys", "the KMS keys under which values are sealed", "smtui.tui.kms.screen:KmsKeysScreen"),
    Place("f", "Functions", "what is run to rotate secrets", "smtui.tui.rotation.functions:FunctionsScreen"),
    Place("t", "Audit log", "who did what, and when", "smtui.tui.audit.screen:AuditLogScreen"),
    Place("h", "Health", "what is weak, repeated, overdue or public",
          "smtui.tui.health.screen:HealthScreen"),
    Place("v", "Vault", "check, backup, import, export, passphrase",
          "smtui.tui.vault.screen:VaultScreen"),
    Place("e", "Settings", "what you chose, and your keys", "smtui.tui.settings.screen:SettingsScreen"),
    Place("m", "Manual", "labels, the filter, deletion, the clipboard, where things lie",
          "smtui.tui.help.manual_screen:ManualScreen"),
    Place("u", "Undo", "what was changed in this session", "smtui.tui.undo.screen:UndoScreen"),
)
