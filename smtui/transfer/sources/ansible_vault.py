"""ansible-vault: files that it encrypts as a whole, formats 1.1 and 1.2. What is inside is read as any other file."""

from __future__ import annotations

import binascii
import hashlib
import hmac

from smtui.transfer.entry import make_unreadable_error
from smtui.transfer.errors import SourcePassphraseError
from smtui.transfer.item import SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey

MARK = "$ANSIBLE_VAULT;"
FORMATS = ("1.1", "1.2")
ITERATIONS = 10_000


def recognise(file: SourceFile) -> bool:
    return file.first_line.startswith(MARK)


def read(file: SourceFile, key: SourceKey) -> SourceContent:
    """Raises UnreadableFileError, SourcePassphraseError."""
    head, _, body = file.require_text().lstrip().partition("\n")
    _, version, cipher, *_ = [*head.strip().split(";"), "", ""]
    if version not in FORMATS or cipher != "AES256":
        raise make_unreadable_error(file.name, "it has a version of ansible-vault that is not supported")
    try:
        salt, mac, ciphertext = map(binascii.unhexlify, binascii.unhexlify("".join(body.split())).split(b"\n", 2))
    except ValueError:
        raise make_unreadable_error(file.name, "it is damaged or incomplete") from None
    plain = _decrypt(salt, mac, ciphertext, key.require_passphrase(file.name))
    if plain is None:
        raise SourcePassphraseError(file.name, is_wrong=True)
    return SourceContent("file of ansible-vault", inner=file.replace_content(plain), is_encrypted=True)


def _decrypt(salt: bytes, mac: bytes, ciphertext: bytes, passphrase: str) -> bytes | None:
    """The content; None if the passphrase is another."""
    from cryptography.hazmat.primitives.ciphers.modes import CTR

    from smtui.transfer.aes import decrypt_padded

    secret = passphrase.encode("utf-8", "surrogateescape")
    derived = hashlib.pbkdf2_hmac("sha256", secret, salt, ITERATIONS, 80)
    if not hmac.compare_digest(hmac.digest(derived[32:64], ciphertext, "sha256"), mac):
        return None
    return decrypt_padded(derived[:32], CTR(derived[64:]), ciphertext)
