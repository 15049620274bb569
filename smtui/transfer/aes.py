"""AES with PKCS #7 padding, in which encrypted files of other programs are written."""

from __future__ import annotations

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def encrypt_padded(key: bytes, mode: modes.CBC | modes.CTR, content: bytes) -> bytes:
    """Pads and encrypts. `mode` is CBC or CTR with its initialization vector of 16 bytes."""
    padder = padding.PKCS7(algorithms.AES.block_size).padder()
    encryptor = Cipher(algorithms.AES(key), mode).encryptor()
    return encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()


def decrypt_padded(key: bytes, mode: modes.CBC | modes.CTR, ciphertext: bytes) -> bytes:
    """Decrypts, and removes the padding. Raises ValueError if that is not valid, as after a wrong key."""
    decryptor = Cipher(algorithms.AES(key), mode).decryptor()
    unpadder = padding.PKCS7(algorithms.AES.block_size).unpadder()
    return unpadder.update(decryptor.update(ciphertext) + decryptor.finalize()) + unpadder.finalize()
