"""The recovery code: master key and salt of a vault as text for paper, with a checksum against typing errors."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from smtui.api.errors import WrongPassphraseError
from smtui.vault.kdf import KEY_BYTES, SALT_BYTES

CHECKSUM_BYTES = 4
GROUP = 6
# Digits that base32 does not have, and the letters they are misread from.
_MISREAD = str.maketrans("018", "OIB")


def encode(key: bytes) -> str:
    """Formats the 48 bytes of `FileKeys.unlock_key` in groups of capital letters and digits."""
    text = base64.b32encode(key + _compute_checksum(key)).decode().rstrip("=")
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def decode(code: str) -> bytes:
    """Restores the 48 bytes, whatever the case, spaces and dashes. Raises WrongPassphraseError for a mistyped code."""
    text = "".join(character for character in code.upper() if character.isalnum()).translate(_MISREAD)
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        raw = b""
    key, checksum = raw[:-CHECKSUM_BYTES], raw[-CHECKSUM_BYTES:]
    if len(key) != KEY_BYTES + SALT_BYTES or not hmac.compare_digest(checksum, _compute_checksum(key)):
        raise WrongPassphraseError("The recovery code is mistyped or incomplete.")
    return key


def _compute_checksum(key: bytes) -> bytes:
    return hashlib.blake2s(key, digest_size=CHECKSUM_BYTES, person=b"smtui rc").digest()
