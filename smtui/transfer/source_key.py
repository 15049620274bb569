"""`SourceKey`: what opens an encrypted file that is imported. It has nothing to do with the key of the vault."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from smtui.transfer.errors import SourcePassphraseError


@dataclass(frozen=True, slots=True)
class SourceKey:
    """The passphrase and the key file of a source, each None if it was not given. Its `repr` has neither."""

    passphrase: str | None = field(default=None, repr=False)
    key_file: bytes | None = field(default=None, repr=False)
    key_path: Path | None = None

    def require_passphrase(self, file: str) -> str:
        """The passphrase. Raises SourcePassphraseError if none was given."""
        if self.passphrase is None:
            raise SourcePassphraseError(file)
        return self.passphrase


NO_KEY = SourceKey()
