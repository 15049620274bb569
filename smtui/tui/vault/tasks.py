"""The tasks for the whole vault, in the order in which the place "Vault" lists them."""

from __future__ import annotations

from smtui.tui.shell import VaultTask

CHECK = VaultTask("Check", "verify pages, values, references, audit log", "check")
BACKUP = VaultTask("Backup", "a whole copy in a new file", "backup")
IMPORT = VaultTask("Import", "secrets from .env, JSON or aws output", "import", changes=True)
EXPORT = VaultTask("Export", "secrets into a file, in plain text", "export")
NEW_PASSPHRASE = VaultTask("New passphrase", "and a new recovery code", "passphrase", changes=True)
KEYRING = VaultTask("Keyring", "whether the system's keyring opens it", "keyring")
RETENTION = VaultTask("Keep the audit log", "for how many days", "retention", changes=True)
TASKS = (CHECK, BACKUP, IMPORT, EXPORT, NEW_PASSPHRASE, KEYRING, RETENTION)
