"""Key files for the front ends: whether a vault needs one, reading one, and creating one."""

from __future__ import annotations

from pathlib import Path

from smtui.system.ambient import Ambient
from smtui.vault import kdf, key_file
from smtui.vault import path as vault_path
from smtui.vault.key_file import DIGEST_BYTES, KeyFile, read_key_file

__all__ = ["DIGEST_BYTES", "KeyFile", "create_key_file", "needs_key_file", "read_key_file"]


def needs_key_file(path: Path) -> bool:
    """Whether the vault at `path` needs a key file besides its passphrase; False if its first bytes are damaged.

    Raises VaultError if there is no vault that can be read.
    """
    return kdf.needs_key_file(vault_path.examine(path, any_salt=True).salt)


def create_key_file(path: Path | str) -> None:
    """Creates a key file (mode 0600) of random bytes. Raises KeyFileError."""
    key_file.create_key_file(path, Ambient())
