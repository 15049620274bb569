"""The places of a session, in the order of the menu. `smtui.tui.screens` makes their screens."""

from __future__ import annotations

from smtui.tui.shell import Place

SECRETS = Place("s", "Secrets", "list, filter, copy, create")
REGIONS = Place("c", "Regions and vaults", "switch to another Region or vault")
KEYS = Place("k", "Keys", "KMS keys that encrypt secrets")
FUNCTIONS = Place("f", "Functions", "rotation functions and their commands")
AUDIT_LOG = Place("t", "Audit log", "who did what, and when")
HEALTH = Place("h", "Health", "weak, reused, overdue and public secrets")
VAULT = Place("v", "Vault", "check, backup, import, export, passphrase")
SETTINGS = Place("e", "Settings", "preferences and key bindings")
MANUAL = Place("m", "Manual", "labels, filter, deletion, clipboard, files")
UNDO = Place("u", "Undo", "changes of this session")
PLACES = (SECRETS, REGIONS, KEYS, FUNCTIONS, AUDIT_LOG, HEALTH, VAULT, SETTINGS, MANUAL, UNDO)
