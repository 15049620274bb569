"""Encryption of Bitwarden's password-protected exports, in both directions.

Source: https://bitwarden.com/help/encrypted-export/ and the clients' source (`PasswordProtectedExport`).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from smtui.text.interruption import run_interruptible
from smtui.transfer.aes import decrypt_padded, encrypt_padded

PBKDF2, ARGON2ID = 0, 1
MAX_ITERATIONS = {PBKDF2: 20_000_000, ARGON2ID: 64}
MAX_MEMORY = 1024
"""MiB of Argon2id."""
MAX_LANES = 64
VALIDATION, DATA = "encKeyValidation_DO_NOT_EDIT", "data"
_AES_CBC_HMAC = "2"


class WrongPassphraseOfExportError(Exception):
    """The passphrase is another one."""


class UnsupportedExportError(Exception):
    """The key derivation is unknown, or costs more than is spent on a file from others."""


@dataclass(frozen=True, slots=True)
class ExportKeys:
    """The two keys of an export."""

    encryption: bytes = field(repr=False)
    mac: bytes = field(repr=False)

    def decrypt(self, text: str) -> bytes:
        """Decrypts a cipher string, `2.IV|CIPHERTEXT|MAC`.

        Raises:
            WrongPassphraseOfExportError: if the MAC is another.
            ValueError: if it is no such string.
        """
        kind, _, rest = text.partition(".")
        iv, ciphertext, mac = (base64.b64decode(part, validate=True) for part in rest.split("|"))
        if kind != _AES_CBC_HMAC:
            raise ValueError("an unknown kind of encryption")
        try:
            self._sign(iv + ciphertext).verify(mac)
        except InvalidSignature:
            raise WrongPassphraseOfExportError from None
        return decrypt_padded(self.encryption, CBC(iv), ciphertext)

    def encrypt(self, content: bytes, iv: bytes) -> str:
        """Makes a cipher string. `iv` has 16 random bytes."""
        ciphertext = encrypt_padded(self.encryption, CBC(iv), content)
        parts = (iv, ciphertext, self._sign(iv + ciphertext).finalize())
        return f"{_AES_CBC_HMAC}.{'|'.join(base64.b64encode(part).decode() for part in parts)}"

    def _sign(self, content: bytes) -> hmac.HMAC:
        mac = hmac.HMAC(self.mac, hashes.SHA256())
        mac.update(content)
        return mac


def derive_keys(document: Mapping[str, Any], passphrase: str) -> ExportKeys:
    """The keys of an export from its members `salt`, `kdfType`, `kdfIterations`, `kdfMemory` and `kdfParallelism`.

    Raises:
        UnsupportedExportError: if the key derivation is unknown or costs too much.
        KeyError, ValueError: if a member is absent or not valid.
    """
    salt, kind, iterations = str(document["salt"]).encode(), int(document["kdfType"]), int(document["kdfIterations"])
    if kind not in MAX_ITERATIONS:
        raise UnsupportedExportError("its key derivation is unknown")
    if iterations > MAX_ITERATIONS[kind]:
        raise UnsupportedExportError(
            f"its key derivation asks for {iterations:,} iterations, more than {MAX_ITERATIONS[kind]:,}")
    secret = passphrase.encode("utf-8", "surrogateescape")
    if kind == PBKDF2:
        master = run_interruptible(lambda: hashlib.pbkdf2_hmac("sha256", secret, salt, iterations, 32))
    else:
        master = _derive_with_argon2id(secret, salt, iterations, document)
    encryption, mac = (HKDFExpand(hashes.SHA256(), 32, info).derive(master) for info in (b"enc", b"mac"))
    return ExportKeys(encryption, mac)


def _derive_with_argon2id(secret: bytes, salt: bytes, iterations: int, document: Mapping[str, Any]) -> bytes:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    memory, lanes = int(document["kdfMemory"]), int(document["kdfParallelism"])
    if memory > MAX_MEMORY or lanes > MAX_LANES:
        raise UnsupportedExportError(f"its key derivation asks for {memory:,} MiB of memory in {lanes:,} lanes, "
                                     f"more than {MAX_MEMORY:,} MiB in {MAX_LANES}")
    kdf = Argon2id(salt=hashlib.sha256(salt).digest(), length=32, iterations=iterations, lanes=lanes,
                   memory_cost=memory * 1024)
    return run_interruptible(lambda: kdf.derive(secret))


def decrypt_export(document: Mapping[str, Any], passphrase: str) -> bytes:
    """The JSON text in an export.

    Raises:
        WrongPassphraseOfExportError: if the passphrase is another.
        UnsupportedExportError: if the key derivation is unknown or costs too much.
        ValueError: if the export is damaged.
    """
    try:
        keys = derive_keys(document, passphrase)
        keys.decrypt(str(document[VALIDATION]))
        return keys.decrypt(str(document[DATA]))
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError("the export is damaged") from error
