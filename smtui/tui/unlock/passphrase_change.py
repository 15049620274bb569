"""What the user chose in the form for a new passphrase, to apply to an open vault."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from smtui.tui.unlock.key_file_field import use_key_file
from smtui.tui.widgets.passphrase import wipe

if TYPE_CHECKING:
    from smtui.backends.key_files import KeyFile
    from smtui.backends.local import Vault
    from smtui.tui.jobs.job import Progress


def ignore_progress(what: str, done: int, of: int) -> None:
    """The progress of a change that shows none."""


@dataclass(frozen=True, slots=True)
class PassphraseChange:
    """A new passphrase, which is wiped after its use.

    Attributes:
        passphrase: the new passphrase.
        key_file: the path of a new key file; empty keeps the present one, if there is one.
        without_key_file: whether no key file is needed from now on.
        kdf_memory: the MiB of the key derivation; None keeps the present ones.
    """

    passphrase: bytearray = field(repr=False)
    key_file: str = ""
    without_key_file: bool = False
    kdf_memory: int | None = None

    def apply(self, vault: Vault, progress: Progress = ignore_progress) -> None:
        """Re-encrypts the vault. A key file that is missing is created. Raises SmtuiError."""
        chosen: dict[str, Any] = {}
        if self.without_key_file:
            chosen["without_key_file"] = True
        if self.kdf_memory is not None:
            chosen["kdf_memory"] = self.kdf_memory

        def change(loaded: KeyFile | None) -> None:
            added: dict[str, Any] = {} if loaded is None else {"key_file": loaded}
            vault.maintenance.change_passphrase(self.passphrase, progress, **chosen, **added)

        use_key_file(self.key_file, vault.path, change, create=True)

    def wipe(self) -> None:
        wipe(self.passphrase)
