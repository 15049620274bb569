"""What can be done with the vault as a whole: one row a task, in the order in which the place "Vault" lists them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import cast

from smtui.tui.jobs.job import Deed


@dataclass(frozen=True, slots=True)
class Task:
    """`what` names its deed as `module:function`; `changes` where a session that only reads has to refuse it."""

    words: str
    tooltip: str
    what: str
    changes: bool = False

    @property
    def deed(self) -> Deed:
        module, _, name = self.what.partition(":")
        return cast("Deed", getattr(import_module(f"smtui.tui.{module}"), name))


TASKS = (
    Task("Check", "verify pages, values, references, audit log", "vault.check:check"),
    Task("Backup", "a whole copy in a new file", "vault.backup:back_up"),
    Task("Import", "secrets from .env, JSON or aws output", "vault.import_secrets:bring_in", changes=True),
    Task("Export", "secrets into a file, in plain text", "vault.export_secrets:take_out"),
    Task("New passphrase", "and a new recovery code", "vault.passphrase:change_passphrase", changes=True),
    Task("Keyring", "whether the system's keyring opens it", "vault.keyring:use_keyring"),
    Task("Keep the audit log", "for how many days", "audit.retention:set_retention", changes=True),
)
