"""A vault file that is created once and copied for each test, because creating a file takes ten times as long.

The tests open the copies with the stored key. A program derives the key from the passphrase, at its real cost.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import smtui

PASSPHRASE = "seven green otters under a bridge"


@dataclass(frozen=True)
class PreparedVault:
    """A closed vault file, and the key and the recovery code that open it and its copies."""

    path: Path
    key: bytes
    recovery_code: str

    def copy_to(self, folder: Path) -> Path:
        """Copies the file into a folder, and returns the path of the copy."""
        copied = folder / self.path.name
        shutil.copyfile(self.path, copied)
        copied.chmod(0o600)
        return copied

    def open_copy(self, folder: Path, **options: Any) -> smtui.Vault:
        """Opens the copy in a folder, with options of `open_vault`."""
        return smtui.open_vault(folder / self.path.name, key=self.key, **options)


def prepare_vault(
    path: Path, fill: Callable[[smtui.Vault], object] = bool, *, passphrase: str = PASSPHRASE, **options: Any
) -> PreparedVault:
    """Creates a vault file, and calls `fill` with the open vault. The options are those of `create_vault`."""
    with smtui.create_vault(path, passphrase, **options) as vault:
        recovery_code = vault.maintenance.take_recovery_code()
        fill(vault)
        return PreparedVault(path, vault.unlock_key(), recovery_code)
