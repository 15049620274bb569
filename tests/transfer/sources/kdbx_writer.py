"""A small writer of KDBX files, for samples: versions 3.1 and 4, with every cipher and key derivation that is read."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import struct
from base64 import b64encode
from collections.abc import Iterable

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.argon2 import Argon2d, Argon2id

from smtui.transfer.kdbx.container import AES, CHACHA20, CHACHA20_STREAM, SALSA20_NONCE, SALSA20_STREAM
from smtui.transfer.kdbx.header import SIGNATURE
from smtui.transfer.kdbx.keys import AES_KDF, ARGON2D, ARGON2ID, combine_keys, derive_with_aes
from smtui.transfer.kdbx.salsa20 import generate_key_stream

SEED, KDF_SEED, STREAM_KEY = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))
AES_UUID = sorted(AES_KDF)[-1]


def field(kind: int, value: bytes, major: int = 4) -> bytes:
    return struct.pack("<BI" if major >= 4 else "<BH", kind, len(value)) + value


def variants(items: Iterable[tuple[int, str, bytes]]) -> bytes:
    packed = b"".join(struct.pack("<BI", kind, len(name)) + name.encode() + struct.pack("<I", len(value)) + value
                      for kind, name, value in items)
    return b"\x00\x01" + packed + b"\0"


def describe_kdf(kdf: str, *, memory: int = 64 << 10, passes: int = 1, lanes: int = 1, rounds: int = 3) -> bytes:
    if kdf == AES_UUID:
        return variants([(0x42, "$UUID", bytes.fromhex(kdf)), (0x05, "R", struct.pack("<Q", rounds)),
                         (0x42, "S", KDF_SEED)])
    return variants([
        (0x42, "$UUID", bytes.fromhex(kdf)), (0x42, "S", KDF_SEED), (0x04, "P", struct.pack("<I", lanes)),
        (0x05, "M", struct.pack("<Q", memory)), (0x05, "I", struct.pack("<Q", passes)),
        (0x04, "V", struct.pack("<I", 0x13))])


def transform(kdf: str, composite: bytes) -> bytes:
    if kdf == AES_UUID:
        return derive_with_aes(composite, KDF_SEED, 3)
    kind = {ARGON2D: Argon2d, ARGON2ID: Argon2id}[kdf]
    return kind(salt=KDF_SEED, length=32, iterations=1, lanes=1, memory_cost=64).derive(composite)


def encipher(cipher: str, key: bytes, iv: bytes, content: bytes) -> bytes:
    if cipher == CHACHA20:
        return Cipher(algorithms.ChaCha20(key, bytes(4) + iv), None).encryptor().update(content)
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()


class Protection:
    """The stream cipher of protected values: `protect` is called in the order of the document."""

    def __init__(self, stream: int) -> None:
        digest = hashlib.sha512(STREAM_KEY).digest()
        self._chacha = Cipher(algorithms.ChaCha20(digest[:32], bytes(4) + digest[32:44]), None).encryptor()
        self._salsa = generate_key_stream(hashlib.sha256(STREAM_KEY).digest(), SALSA20_NONCE)
        self._stream = stream

    def protect(self, text: str) -> str:
        raw = text.encode()
        sealed = self._chacha.update(raw) if self._stream == CHACHA20_STREAM else \
            bytes(byte ^ next(self._salsa) for byte in raw)
        return b64encode(sealed).decode()


def write_4(
    document: str, passphrase: str | None, key_file: bytes | None = None, *, cipher: str = AES, kdf: str = AES_UUID,
    binaries: Iterable[bytes] = (), stream: int = CHACHA20_STREAM, kdf_field: bytes | None = None,
    content: bytes | None = None,
) -> bytes:
    """A file of version 4. `kdf_field` and `content` replace parts of a valid file, for hostile ones."""
    iv = bytes(range(12 if cipher == CHACHA20 else 16))
    fields = [(2, bytes.fromhex(cipher)), (3, struct.pack("<I", 1)), (4, SEED), (7, iv),
              (11, kdf_field or describe_kdf(kdf)), (0, b"\r\n\r\n")]
    head = SIGNATURE + struct.pack("<HH", 0, 4) + b"".join(field(kind, value) for kind, value in fields)
    if kdf_field is not None:
        return head + bytes(100)
    key = transform(kdf, combine_keys(passphrase, key_file))
    hmac_key = hashlib.sha512(SEED + key + b"\1").digest()
    inner = b"".join(field(kind, value) for kind, value in [
        (1, struct.pack("<I", stream)), (2, STREAM_KEY), *((3, b"\1" + binary) for binary in binaries), (0, b"")])
    packed = gzip.compress(inner + document.encode()) if content is None else content
    data = encipher(cipher, hashlib.sha256(SEED + key).digest(), iv, packed)

    def sign(number: int, signed: bytes) -> bytes:
        return hmac.digest(hashlib.sha512(struct.pack("<Q", number) + hmac_key).digest(), signed, "sha256")

    blocks = b"".join(
        sign(number, struct.pack("<QI", number, len(block)) + block) + struct.pack("<I", len(block)) + block
        for number, block in enumerate([data, b""]))
    return head + hashlib.sha256(head).digest() + sign((1 << 64) - 1, head) + blocks


def write_3(document: str, passphrase: str | None, key_file: bytes | None = None) -> bytes:
    """A file of version 3.1."""
    iv, start = bytes(range(16)), bytes(range(100, 132))
    fields = [(2, bytes.fromhex(AES)), (3, struct.pack("<I", 1)), (4, SEED), (5, KDF_SEED), (6, struct.pack("<Q", 3)),
              (7, iv), (8, STREAM_KEY), (9, start), (10, struct.pack("<I", SALSA20_STREAM)), (0, b"\r\n\r\n")]
    head = SIGNATURE + struct.pack("<HH", 1, 3) + b"".join(field(kind, value, 3) for kind, value in fields)
    key = derive_with_aes(combine_keys(passphrase, key_file), KDF_SEED, 3)
    packed = gzip.compress(document.encode())
    blocks = b"".join(struct.pack("<I", number) + (hashlib.sha256(block).digest() if block else bytes(32))
                      + struct.pack("<I", len(block)) + block for number, block in enumerate([packed, b""]))
    return head + encipher(AES, hashlib.sha256(SEED + key).digest(), iv, start + blocks)


# Documents.


def entry(strings: Iterable[tuple[str, str]], protection: Protection | None, *, id: int = 0, more: str = "") -> str:
    """An entry; its password is protected."""
    written = "".join(
        f'<String><Key>{key}</Key><Value Protected="True">{protection.protect(value)}</Value></String>'
        if protection and key in ("Password", "PIN") else f"<String><Key>{key}</Key><Value>{value}</Value></String>"
        for key, value in strings)
    return f"<Entry><UUID>{b64encode(id.to_bytes(16, 'big')).decode()}</UUID>{written}{more}</Entry>"


def group(name: str, content: str, *, id: int = 0) -> str:
    return f"<Group><UUID>{b64encode(id.to_bytes(16, 'big')).decode()}</UUID><Name>{name}</Name>{content}</Group>"


def document(content: str) -> str:
    bin_id = b64encode((9).to_bytes(16, "big")).decode()
    return (f"<KeePassFile><Meta><RecycleBinUUID>{bin_id}</RecycleBinUUID></Meta>"
            f"<Root>{group('Root', content)}</Root></KeePassFile>")


def make_document(stream: int | None = CHACHA20_STREAM) -> str:
    """Groups, a reference, an older value, an attachment, tags, a one-time code, and an entry in the recycle bin.

    Protected values are encrypted in the order of the document: an entry before its older values.
    """
    protection = Protection(stream) if stream is not None else None
    broken = entry([("Title", "Broken"), ("UserName", "eve"), ("Password", "{REF:P@I:FF}")], protection, id=3)
    box = entry([("Title", "Box"), ("UserName", "ann"), ("Password", "second"), ("URL", "https://a.example"),
                 ("Notes", "two\nlines"), ("PIN", "42"), ("otp", "key=JBSWY3DP&amp;size=6")], protection, id=1,
                more='<Tags>home;mail</Tags><Binary><Key>key.pem</Key><Value Ref="0"/></Binary>@HISTORY@')
    older = entry([("Title", "Box"), ("UserName", "ann"), ("Password", "first")], protection, id=1)
    box = box.replace("@HISTORY@", f"<History>{older}</History>")
    reference = entry([("Title", "Other box"), ("UserName", "bob"),
                       ("Password", "{REF:P@I:00000000000000000000000000000001}")], protection, id=2)
    gone = entry([("Title", "Gone"), ("Password", "old")], protection, id=4)
    return document(broken + group("Mail", box + group("Inner", reference)) + group("Bin", gone, id=9))
