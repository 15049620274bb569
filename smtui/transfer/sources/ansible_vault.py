"""ansible-vault, formats 1.1 and 1.2: files that it encrypts as a whole, which are read as any other file once they are
decrypted; and YAML with encrypted values in it.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import json
import re

from smtui.transfer.entry import make_unreadable_error
from smtui.transfer.errors import SourcePassphraseError
from smtui.transfer.item import SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey

MARK = "$ANSIBLE_VAULT;"
FORMATS = ("1.1", "1.2")
ITERATIONS = 10_000
MAX_INLINE = 1000
"""Encrypted values in one file; a key is derived for each."""
_INLINE = re.compile(r"!vault[ \t]*\|[-+0-9]*[ \t]*\n((?:[ \t]+[^\n]*(?:\n|\Z))+)")


def recognise(file: SourceFile) -> bool:
    """Whether the file is encrypted as a whole, or is YAML with encrypted values in it."""
    return file.first_line.startswith(MARK) or _has_inline_values(file)


def _has_inline_values(file: SourceFile) -> bool:
    text = file.text or ""
    return MARK in text and "!vault" in text and _INLINE.search(text) is not None


def read(file: SourceFile, key: SourceKey) -> SourceContent:
    """Raises UnreadableFileError, SourcePassphraseError."""
    if file.first_line.startswith(MARK):
        plain = _decrypt_block(file.require_text(), file, key)
        return SourceContent("ansible-vault file", inner=file.replace_content(plain), is_encrypted=True)
    if len(_INLINE.findall(file.require_text())) > MAX_INLINE:
        raise make_unreadable_error(file.name, f"it has more than {MAX_INLINE:,} encrypted values")
    text = _INLINE.sub(lambda found: _decrypt_inline(found[1], file, key), file.require_text())
    return SourceContent("YAML with values encrypted by ansible-vault",
                         inner=file.replace_content(text.encode("utf-8", "surrogatepass")))


def _decrypt_inline(block: str, file: SourceFile, key: SourceKey) -> str:
    """One encrypted value, as text in quotes. Raises UnreadableFileError, SourcePassphraseError."""
    try:
        return json.dumps(_decrypt_block(block, file, key).decode()) + "\n"
    except UnicodeDecodeError:
        raise make_unreadable_error(file.name, "an encrypted value is not UTF-8 text") from None


def _decrypt_block(text: str, file: SourceFile, key: SourceKey) -> bytes:
    """What is in text that begins with the mark. Raises UnreadableFileError, SourcePassphraseError."""
    head, _, body = text.lstrip().partition("\n")
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
    return plain


def _decrypt(salt: bytes, mac: bytes, ciphertext: bytes, passphrase: str) -> bytes | None:
    """The content; None if the passphrase is another."""
    from cryptography.hazmat.primitives.ciphers.modes import CTR

    from smtui.transfer.aes import decrypt_padded

    secret = passphrase.encode("utf-8", "surrogateescape")
    derived = hashlib.pbkdf2_hmac("sha256", secret, salt, ITERATIONS, 80)
    if not hmac.compare_digest(hmac.digest(derived[32:64], ciphertext, "sha256"), mac):
        return None
    return decrypt_padded(derived[:32], CTR(derived[64:]), ciphertext)
