"""The places of a session, in the order of the menu. `smtui.tui.screens` makes their screens."""

from __future__ import annotations

from smtui.api.context import Feature
from smtui.tui.shell import Place

SECRETS = Place("s", "Secrets", "list, filter, copy, create", "secrets")
REGIONS = Place("c", "Regions and vaults", "switch Region, vault or AWS account", "regions")
KEYS = Place("k", "Keys", "KMS keys that encrypt secrets", "keys kms")
FUNCTIONS = Place("f", "Functions", "rotation functions and their commands", "functions")
AUDIT_LOG = Place("t", "Audit log", "who did what, and when", "audit")
HEALTH = Place("h", "Health", "weak, reused, overdue and public secrets", "health")
COMPARE = Place("d", "Compare", "what differs in another Region, vault or account", "compare")
VAULT = Place("v", "Vault", "check, backup, import, export, passphrase", "vault", Feature.FILE)
ACCESS = Place("a", "Access", "agent and endpoint: who uses this vault", "access agent endpoint", Feature.FILE)
SETTINGS = Place("e", "Settings", "preferences and key bindings", "settings")
MANUAL = Place("m", "Manual", "labels, filter, deletion, clipboard, files", "manual")
UNDO = Place("u", "Undo", "changes of this session", "changes")
PLACES = (SECRETS, REGIONS, KEYS, FUNCTIONS, AUDIT_LOG, HEALTH, COMPARE, VAULT, ACCESS, SETTINGS, MANUAL, UNDO)
