"""Envelope encryption of one secret version, as KMS clients do it.

Each value is encrypted under its own data key, and a KMS-like key wraps the data key (AES-256-GCM). The associated
data binds both to their purpose and to the encryption context, so no ciphertext can be moved to another place. A
length precedes every field, so no two contexts encode alike.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from smtui.api.errors import DecryptionFailure
from smtui.api.record import record

FORMAT = 1
KEY_BYTES = 32
NONCE_BYTES = 12

RandomBytes = Callable[[int], bytes]


@record
class EncryptionContext:
    """The encryption context that AWS documents, and the form of the value ('string' or 'binary')."""

    arn: str
    version_id: str
    form: str

    @property
    def fields(self) -> bytes:
        """The encoded context."""
        return _encode_fields("SecretARN", self.arn, "SecretVersionId", self.version_id, self.form)


@record
class Envelope:
    """The wrapped data key and the encrypted value, each with its nonce in front."""

    wrapped: bytes
    sealed: bytes


def encode_associated_data(purpose: str, *parts: str) -> bytes:
    """The associated data for a purpose and its parameters."""
    return _encode_purpose(purpose) + _encode_fields(*parts)


def _encode_fields(*parts: str) -> bytes:
    return b"".join([len(raw).to_bytes(4, "big") + raw for raw in [part.encode() for part in parts]])


@cache
def _encode_purpose(purpose: str) -> bytes:
    return _encode_fields(str(FORMAT), purpose)


def wrap(key: bytes, under: bytes | bytearray, bound_to: bytes, entropy: RandomBytes) -> bytes:
    """Encrypts a key under another key, bound to `bound_to` as associated data."""
    return _encrypt(key, under, bound_to, entropy(NONCE_BYTES))


def _encrypt(clear: bytes, under: bytes | bytearray, bound_to: bytes, nonce: bytes) -> bytes:
    return nonce + AESGCM(under).encrypt(nonce, clear, bound_to)


def unwrap(wrapped: bytes, under: bytes | bytearray, bound_to: bytes) -> bytes:
    """Decrypts a wrapped key. Raises DecryptionFailure, the same for every cause."""
    return _decrypt(wrapped, AESGCM(under), bound_to)


def _decrypt(wrapped: bytes, cipher: AESGCM, bound_to: bytes) -> bytes:
    try:
        return cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        raise DecryptionFailure(
            "Secrets Manager can't decrypt the protected secret text using the provided KMS key."
        ) from None


def seal(value: bytes, kms_key: bytes | bytearray, context: EncryptionContext, entropy: RandomBytes) -> Envelope:
    """Encrypts a value under a new data key, and wraps the data key by `kms_key` (32 bytes)."""
    drawn = entropy(KEY_BYTES + 2 * NONCE_BYTES)
    data_key, first, second = drawn[:KEY_BYTES], drawn[KEY_BYTES:-NONCE_BYTES], drawn[-NONCE_BYTES:]
    fields = context.fields
    return Envelope(
        _encrypt(data_key, kms_key, _encode_purpose("data key") + fields, first),
        _encrypt(value, data_key, _encode_purpose("value") + fields, second),
    )


def unseal(envelope: Envelope, kms_key: bytes | bytearray, context: EncryptionContext) -> bytes:
    """Decrypts a value. Raises DecryptionFailure if the envelope was altered, or made for another secret or version."""
    return unseal_with(envelope, AESGCM(kms_key), context)


def unseal_with(envelope: Envelope, cipher: AESGCM, context: EncryptionContext) -> bytes:
    """The same with the opened KMS key."""
    fields = context.fields
    data_key = _decrypt(envelope.wrapped, cipher, _encode_purpose("data key") + fields)
    return unwrap(envelope.sealed, data_key, _encode_purpose("value") + fields)
