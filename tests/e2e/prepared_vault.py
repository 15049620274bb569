"""A vault file that a module of tests creates once and copies for each test.

The programs derive keys at their real cost. The tests themselves open the vault with its stored key.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import smtui

PASSPHRASE = "seven green otters under a bridge"


@dataclass(frozen=True)
class PreparedVault:
    """A closed vault file, and the key that opens it and its copies."""

    path: Path
    key: bytes

    def copy_to(self, folder: Path) -> Path:
        """Copies the file into a folder, and returns the path of the copy."""
        copied = folder / self.path.name
        shutil.copyfile(self.path, copied)
        copied.chmod(0o600)
        return copied

    def open_copy(self, folder: Path) -> smtui.Vault:
        """Opens the copy in a folder."""
        return smtui.open_vault(folder / self.path.name, key=self.key)


def prepare_vault(folder: Path, fill: Callable[[smtui.Vault], object] = bool) -> PreparedVault:
    """Creates `team.vault` in a folder, and calls `fill` with the open vault."""
    path = folder / "team.vault"
    with smtui.create_vault(path, PASSPHRASE) as vault:
        fill(vault)
        return PreparedVault(path, vault.unlock_key())
