"""The places of a session, in the order of the menu. `smtui.tui.screens` makes their screens."""

from __future__ import annotations

from smtui.tui.shell import Place

SECRETS = Place("s", "Secrets", "the list of secrets")
REGIONS = Place("c", "Regions and vaults", "another Region, or another vault")
KEYS = Place("k", "Keys", "the KMS keys under which values are sealed")
FUNCTIONS = Place("f", "Functions", "what is run to rotate secrets")
AUDIT_LOG = Place("t", "Audit log", "who did what, and when")
HEALTH = Place("h", "Health", "what is weak, repeated, overdue or public")
VAULT = Place("v", "Vault", "check, backup, import, export, passphrase")
SETTINGS = Place("e", "Settings", "what you chose, and your keys")
MANUAL = Place("m", "Manual", "labels, the filter, deletion, the clipboard, where things lie")
UNDO = Place("u", "Undo", "what was changed in this session")
PLACES = (SECRETS, REGIONS, KEYS, FUNCTIONS, AUDIT_LOG, HEALTH, VAULT, SETTINGS, MANUAL, UNDO)
