"""A vault file that is created once and copied for each test, because creating a file takes ten times as long.

The tests open the copies with the stored key. A program derives the key from the passphrase, at the lowest cost if its
PYTHONPATH is the one of this module.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import smtui

ROOT = Path(smtui.__file__).parents[1]
PYTHONPATH = os.pathsep.join((str(ROOT / "tests" / "cheap_derivation"), str(ROOT)))
"""With this, programs can open vaults whose keys were derived cheaply, and no others."""
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


@contextmanager
def derive_keys_cheaply() -> Iterator[None]:
    """Replaces the costs of the key derivation by the lowest."""
    from smtui.vault import kdf

    cheap = {number: kdf.Profile(memory_cost=64, iterations=1, lanes=1) for number in kdf.PROFILES}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "PROFILES", cheap)
        yield


def prepare_vault(
    path: Path, fill: Callable[[smtui.Vault], object] = bool, *, passphrase: str = PASSPHRASE, **options: Any
) -> PreparedVault:
    """Creates a vault file, and calls `fill` with the open vault. The options are those of `create_vault`."""
    with derive_keys_cheaply(), smtui.create_vault(path, passphrase, **options) as vault:
        recovery_code = vault.maintenance.take_recovery_code()
        fill(vault)
        return PreparedVault(path, vault.unlock_key(), recovery_code)
