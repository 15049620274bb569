"""The tasks for the whole vault, in the order in which the place "Vault" lists them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import cast

from smtui.tui.jobs.job import Task


@dataclass(frozen=True, slots=True)
class VaultTask:
    """One row of the place "Vault".

    Attributes:
        title: the name of the task.
        tooltip: what it is for.
        function: the task as `module:function`, the module below `smtui.tui`; it is imported only when it runs.
        changes: whether a read-only session has to refuse it.
    """

    title: str
    tooltip: str
    function: str
    changes: bool = False

    def load(self) -> Task:
        """Imports and returns the function."""
        module, _, name = self.function.partition(":")
        return cast("Task", getattr(import_module(f"smtui.tui.{module}"), name))


KEYRING = VaultTask("Keyring", "whether the system's keyring opens it", "vault.keyring:use_keyring")
RETENTION = VaultTask("Keep the audit log", "for how many days", "audit.retention:set_retention", changes=True)
TASKS = (
    VaultTask("Check", "verify pages, values, references, audit log", "vault.check:check"),
    VaultTask("Backup", "a whole copy in a new file", "vault.backup:back_up"),
    VaultTask("Import", "secrets from .env, JSON or aws output", "vault.import_secrets:bring_in", changes=True),
    VaultTask("Export", "secrets into a file, in plain text", "vault.export_secrets:take_out"),
    VaultTask("New passphrase", "and a new recovery code", "vault.passphrase:change_passphrase", changes=True),
    KEYRING,
    RETENTION,
)
