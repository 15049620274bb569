"""The tasks for the whole vault, in the order in which the place "Vault" lists them."""

from __future__ import annotations

from smtui.tui.shell import VaultTask

CHECK = VaultTask("Check", "verify pages, values, references, audit log", "check")
BACKUP = VaultTask("Backup", "complete copy in a new file", "backup")
IMPORT = VaultTask("Import", "from KeePass, Bitwarden, .env, AWS and others", "import", changes=True)
EXPORT = VaultTask("Export", "to a file, in plain text", "export")
NEW_PASSPHRASE = VaultTask("New passphrase", "with a new recovery code", "passphrase", changes=True)
KEYRING = VaultTask("Keyring", "unlock with the OS keyring", "keyring")
RETENTION = VaultTask("Audit log retention", "how long events are kept", "retention", changes=True)
TASKS = (CHECK, BACKUP, IMPORT, EXPORT, NEW_PASSPHRASE, KEYRING, RETENTION)
