"""The key of a KDBX file: passphrase and key file, and the key derivation, whose cost is bounded."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from smtui.text.interruption import CALLS_PER_CHECK, check_interruption, run_interruptible
from smtui.transfer.kdbx.errors import KdbxError
from smtui.transfer.kdbx.header import Field, Header, parse_variants
from smtui.transfer.xml_reader import XmlError, parse_xml

AES_KDF = {"c9d9f39a628a4460bf740d08c18a4fea", "7c02bb8279a74ac0927d114a00648238"}
ARGON2D, ARGON2ID = "ef636ddf8c29444b91f7a9a403e30a0c", "9e298b1956db4773b23dfc3ec6f0a1e6"
MAX_ROUNDS = 300_000_000
"""Rounds of AES-KDF, a few seconds."""
MAX_MEMORY = 1 << 30
"""Bytes of Argon2."""
MAX_WORK = 1 << 36
"""Bytes of Argon2 times passes: 64 passes over 1 GiB, about a minute."""
MAX_LANES = 64
_CHUNK = 1 << 16


def hash_sha256(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def combine_keys(passphrase: str | None, key_file: bytes | None) -> bytes:
    """The composite key. A passphrase that is None takes no part in it, unlike an empty one."""
    parts = [] if passphrase is None else [hash_sha256(passphrase.encode("utf-8", "surrogateescape"))]
    return hash_sha256(b"".join([*parts, *([read_key_file(key_file)] if key_file is not None else [])]))


def read_key_file(raw: bytes) -> bytes:
    """The 32 bytes of a key file: XML version 1 or 2, 32 bytes, 64 hexadecimal digits, or the hash of any file.

    Raises:
        KdbxError: if it is XML whose hash is another.
    """
    try:
        return _read_xml_key(raw)
    except (XmlError, ValueError, LookupError):
        pass
    if len(raw) == 32:
        return raw
    try:
        return bytes.fromhex(raw.decode()) if len(raw) == 64 else hash_sha256(raw)
    except ValueError:
        return hash_sha256(raw)


def _read_xml_key(raw: bytes) -> bytes:
    root = parse_xml(raw)
    data = root.find("./Key/Data")
    text = "".join(((data.text if data is not None else None) or "").split())
    if not text or data is None:
        raise ValueError("not a key file")
    if not (root.findtext("./Meta/Version") or "1").startswith("2"):
        return b64decode(text, validate=True)
    key = bytes.fromhex(text)
    if (expected := data.get("Hash")) and hash_sha256(key)[:4].hex() != expected.lower():
        raise KdbxError("the key file is damaged")
    return key


def derive_key(header: Header, composite: bytes) -> bytes:
    """The transformed key.

    Raises:
        KdbxError: for a key derivation that is unknown or costs too much.
        KeyError, ValueError: if one of its parameters is absent or has another type.
    """
    if header.major < 4:
        return derive_with_aes(composite, header.fields[Field.KDF_SEED], header.get_number(Field.KDF_ROUNDS))
    parameters = parse_variants(header.fields[Field.KDF])
    kind = _get_bytes(parameters, "$UUID").hex()
    if kind in AES_KDF:
        return derive_with_aes(composite, _get_bytes(parameters, "S"), _get_number(parameters, "R"))
    if kind in (ARGON2D, ARGON2ID):
        return _derive_with_argon2(composite, kind, parameters)
    raise KdbxError("its key derivation is unknown")


def derive_with_aes(key: bytes, seed: bytes, rounds: int) -> bytes:
    """AES-KDF. Encrypting a block again and again is CBC over zero blocks."""
    if rounds > MAX_ROUNDS:
        raise _make_cost_error(f"{rounds:,} rounds", f"{MAX_ROUNDS:,}")
    halves = []
    for block in (key[:16], key[16:]):
        encryptor = Cipher(algorithms.AES(seed), modes.CBC(block)).encryptor()
        left, last = rounds, block
        while left:
            check_interruption(CALLS_PER_CHECK)
            count = min(left, _CHUNK)
            last = encryptor.update(bytes(16 * count))[-16:]
            left -= count
        halves.append(last)
    return hash_sha256(b"".join(halves))


def _derive_with_argon2(key: bytes, kind: str, parameters: Mapping[str, bytes | int]) -> bytes:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2d, Argon2id

    memory, passes, lanes = (_get_number(parameters, name) for name in ("M", "I", "P"))
    if memory > MAX_MEMORY:
        raise _make_cost_error(f"{memory >> 20:,} MiB of memory", f"{MAX_MEMORY >> 20:,}")
    if memory * passes > MAX_WORK or lanes > MAX_LANES:
        raise _make_cost_error(f"{passes:,} passes over {memory >> 20:,} MiB in {lanes:,} lanes",
                               f"{MAX_WORK >> 30} passes over 1,024 MiB in {MAX_LANES} lanes")
    if parameters.get("V", 0x13) != 0x13 or parameters.get("K") or parameters.get("A"):
        raise KdbxError("its key derivation is a variant of Argon2 that is not supported")
    kdf = Argon2d if kind == ARGON2D else Argon2id
    derivation = kdf(salt=_get_bytes(parameters, "S"), length=32, iterations=passes, lanes=lanes,
                     memory_cost=memory >> 10)
    return run_interruptible(lambda: derivation.derive(key))


def _get_bytes(parameters: Mapping[str, bytes | int], name: str) -> bytes:
    value = parameters[name]
    if not isinstance(value, bytes):
        raise ValueError(f"{name} is a number")
    return value


def _get_number(parameters: Mapping[str, bytes | int], name: str) -> int:
    value = parameters[name]
    if not isinstance(value, int):
        raise ValueError(f"{name} is not a number")
    return value


def _make_cost_error(asked: str, most: str) -> KdbxError:
    return KdbxError(f"its key derivation asks for {asked}, more than {most}",
                     hint="Lower it in KeePassXC: Database > Database security > Encryption settings.")
