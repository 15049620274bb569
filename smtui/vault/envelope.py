"""Envelope encryption of one secret version, as KMS clients do it.

Each value is sealed under a data key of its own, which seals nothing else; the data key is wrapped by a KMS-like
key. The associated data binds both to their purpose and to the encryption context, so that no sealed value or key
can be moved to another place. Every field is preceded by its length: no two contexts encode alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from smtui.api.errors import DecryptionFailure

FORMAT = 1
KEY_BYTES = 32
NONCE_BYTES = 12

Entropy = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Context:
    """What a value was sealed for: the encryption context AWS documents, and the form of the value."""

    arn: str
    version_id: str
    form: str

    @property
    def fields(self) -> bytes:
        return _fields("SecretARN", self.arn, "SecretVersionId", self.version_id, self.form)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Ciphertext only: the wrapped data key and the sealed value, each with its nonce in front."""

    wrapped: bytes
    sealed: bytes


def associated(purpose: str, *parts: str) -> bytes:
    return _purpose(purpose) + _fields(*parts)


def _fields(*parts: str) -> bytes:
    return b"".join([len(raw).to_bytes(4, "big") + raw for raw in [part.encode() for part in parts]])


@cache
def _purpose(purpose: str) -> bytes:
    return _fields(str(FORMAT), purpose)


def wrap(key: bytes, under: bytes | bytearray, bound_to: bytes, entropy: Entropy) -> bytes:
    return _encrypted(key, under, bound_to, entropy(NONCE_BYTES))


def _encrypted(clear: bytes, under: bytes | bytearray, bound_to: bytes, nonce: bytes) -> bytes:
    return nonce + AESGCM(under).encrypt(nonce, clear, bound_to)


def unwrap(wrapped: bytes, under: bytes | bytearray, bound_to: bytes) -> bytes:
    """Raises DecryptionFailure, the same for every cause."""
    try:
        return AESGCM(under).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        raise DecryptionFailure(
            "Secrets Manager can't decrypt the protected secret text using the provided KMS key."
        ) from None


def seal(value: bytes, kms_key: bytes | bytearray, context: Context, entropy: Entropy) -> Envelope:
    drawn = entropy(KEY_BYTES + 2 * NONCE_BYTES)
    data_key, first, second = drawn[:KEY_BYTES], drawn[KEY_BYTES:-NONCE_BYTES], drawn[-NONCE_BYTES:]
    fields = context.fields
    return Envelope(
        _encrypted(data_key, kms_key, _purpose("data key") + fields, first),
        _encrypted(value, data_key, _purpose("value") + fields, second),
    )


def unseal(envelope: Envelope, kms_key: bytes | bytearray, context: Context) -> bytes:
    """Raises DecryptionFailure where the envelope was altered, or sealed for another secret or version."""
    fields = context.fields
    data_key = unwrap(envelope.wrapped, kms_key, _purpose("data key") + fields)
    return unwrap(envelope.sealed, data_key, _purpose("value") + fields)
