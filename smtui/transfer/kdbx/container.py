"""Decrypts a KDBX file: from its bytes and keys to the XML document in it, with every protected value in clear."""

from __future__ import annotations

import hashlib
import hmac
import struct
import zlib
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from smtui.transfer.aes import decrypt_padded
from smtui.transfer.kdbx.errors import KdbxError, WrongKeyError
from smtui.transfer.kdbx.header import Field, Header, parse_header
from smtui.transfer.kdbx.keys import derive_key, hash_sha256
from smtui.transfer.kdbx.salsa20 import generate_key_stream
from smtui.transfer.xml_reader import XmlError, parse_xml

AES, CHACHA20, TWOFISH = ("31c1f2e6bf714350be5805216afc5aff", "d6038a2b8b6f4cb5a524339a31dbb59a",
                          "ad68f29f576f4bb9a36ad47af965346c")
SALSA20_STREAM, CHACHA20_STREAM = 2, 3
SALSA20_NONCE = bytes.fromhex("e830094b97205d2a")
MAX_CONTENT = 256 * 1024 * 1024
"""Bytes of the document after decompression, and of all attached files that are compressed in it."""
DAMAGED = (struct.error, IndexError, KeyError, ValueError, zlib.error, Base64Error, OverflowError)


@dataclass(frozen=True, slots=True)
class Database:
    """The content of a file: its version, its document and the files attached to entries, by their number."""

    major: int
    root: Element = field(repr=False)
    attachments: Mapping[str, bytes] = field(repr=False)


def decrypt(raw: bytes, composite: bytes) -> Database:
    """Opens a file with its composite key.

    Raises:
        WrongKeyError: if the key is another.
        KdbxError: if the file is damaged, or uses what is not supported.
    """
    try:
        header = parse_header(raw)
        key = derive_key(header, composite)
        content = _decrypt_4(raw, header, key) if header.major >= 4 else _decrypt_3(raw, header, key)
        if header.get_number(Field.COMPRESSION) == 1:
            content = _decompress(content, MAX_CONTENT)
        return _parse_4(content, header) if header.major >= 4 else _parse_3(content, header)
    except XmlError as error:
        raise KdbxError(f"{error} inside") from None
    except DAMAGED:
        raise KdbxError("it is damaged or incomplete") from None


def parse_export(raw: bytes) -> tuple[Element, Mapping[str, bytes]]:
    """The document of an XML export, and the files attached to entries, by their ID. Raises KdbxError."""
    try:
        root = parse_xml(raw)
        return root, _read_pool(root)
    except XmlError as error:
        raise KdbxError(str(error)) from None
    except DAMAGED:
        raise KdbxError("it is damaged or incomplete") from None


def _decompress(content: bytes, most: int) -> bytes:
    """Decompresses gzip. Raises KdbxError beyond `most` bytes."""
    inflater = zlib.decompressobj(wbits=31)
    inflated = inflater.decompress(content, most + 1)
    if len(inflated) > most:
        raise KdbxError(f"its content is larger than {MAX_CONTENT >> 20:,} MiB")
    return inflated


# Version 4.


def _decrypt_4(raw: bytes, header: Header, key: bytes) -> bytes:
    seed = header.fields[Field.SEED]
    hmac_key = hashlib.sha512(seed + key + b"\1").digest()
    head, at = raw[: header.size], header.size
    if hash_sha256(head) != raw[at : at + 32]:
        raise ValueError("the header is damaged")
    if not hmac.compare_digest(_sign(hmac_key, (1 << 64) - 1, head), raw[at + 32 : at + 64]):
        raise WrongKeyError
    blocks = b"".join(_read_blocks_4(raw, at + 64, hmac_key))
    return _decrypt_content(header, hash_sha256(seed + key), blocks)


def _read_blocks_4(raw: bytes, at: int, hmac_key: bytes) -> Iterator[bytes]:
    number = 0
    while True:
        mac = raw[at : at + 32]
        (length,) = struct.unpack_from("<I", raw, at + 32)
        block = raw[at + 36 : at + 36 + length]
        if not hmac.compare_digest(_sign(hmac_key, number, struct.pack("<QI", number, length) + block), mac):
            raise ValueError("a block is damaged")
        if not length:
            return
        yield block
        at += 36 + length
        number += 1


def _sign(hmac_key: bytes, number: int, data: bytes) -> bytes:
    return hmac.digest(hashlib.sha512(struct.pack("<Q", number) + hmac_key).digest(), data, "sha256")


def _parse_4(content: bytes, header: Header) -> Database:
    """Reads the inner header, and the document behind it."""
    attachments: dict[str, bytes] = {}
    stream, stream_key, at = 0, b"", 0
    while True:
        kind = content[at]
        (length,) = struct.unpack_from("<I", content, at + 1)
        value = content[at + 5 : at + 5 + length]
        at += 5 + length
        match kind:
            case 0:
                return _make_database(header, content[at:], stream, stream_key, attachments)
            case 1:
                stream = int.from_bytes(value, "little")
            case 2:
                stream_key = value
            case 3:
                attachments[str(len(attachments))] = value[1:]


# Version 3.1.


def _decrypt_3(raw: bytes, header: Header, key: bytes) -> bytes:
    try:
        content = _decrypt_content(header, hash_sha256(header.fields[Field.SEED] + key), raw[header.size :])
    except ValueError:
        raise WrongKeyError from None
    if not hmac.compare_digest(content[:32], header.fields[Field.START_BYTES]):
        raise WrongKeyError
    return b"".join(_read_blocks_3(content))


def _read_blocks_3(content: bytes) -> Iterator[bytes]:
    at = 32
    while True:
        _, digest, length = struct.unpack_from("<I32sI", content, at)
        at += 40
        if not length:
            return
        block = content[at : at + length]
        if hash_sha256(block) != digest:
            raise ValueError("a block is damaged")
        yield block
        at += length


def _parse_3(content: bytes, header: Header) -> Database:
    stream = header.get_number(Field.STREAM)
    return _make_database(header, content, stream, header.fields[Field.STREAM_KEY], {})


# Both versions.


def _decrypt_content(header: Header, key: bytes, data: bytes) -> bytes:
    """Raises ValueError if the padding is wrong; KdbxError for a cipher that is not supported."""
    iv, cipher = header.fields[Field.IV], header.fields[Field.CIPHER].hex()
    if cipher == CHACHA20:
        return Cipher(algorithms.ChaCha20(key, bytes(4) + iv), None).decryptor().update(data)
    if cipher != AES:
        raise KdbxError(f"it is encrypted with {'Twofish' if cipher == TWOFISH else 'an unknown cipher'}",
                        hint="Choose AES or ChaCha20 in KeePassXC under Database > Database security, and save it.")
    return decrypt_padded(key, modes.CBC(iv), data)


def _make_database(
    header: Header, document: bytes, stream: int, stream_key: bytes, attachments: Mapping[str, bytes]
) -> Database:
    root = parse_xml(document)
    reveal_values(root, _make_stream(stream, stream_key))
    return Database(header.major, root, {**_read_pool(root), **attachments})


def _make_stream(stream: int, key: bytes) -> Callable[[bytes], bytes]:
    if stream == CHACHA20_STREAM:
        digest = hashlib.sha512(key).digest()
        return Cipher(algorithms.ChaCha20(digest[:32], bytes(4) + digest[32:44]), None).decryptor().update
    if stream == SALSA20_STREAM:
        key_stream = generate_key_stream(hash_sha256(key), SALSA20_NONCE)
        return lambda data: bytes(byte ^ next(key_stream) for byte in data)
    raise KdbxError("its values are protected by an unknown cipher")


def reveal_values(root: Element, decipher: Callable[[bytes], bytes]) -> None:
    """Decrypts the protected values of a document. They share one key stream, in the order of the document."""
    for element in root.iter():
        if element.get("Protected") == "True" and element.text:
            revealed = decipher(b64decode(element.text))
            element.text = revealed.decode(errors="replace") if element.tag == "Value" else \
                revealed.decode("latin-1")
            element.set("Revealed", "True")


def _read_pool(root: Element) -> dict[str, bytes]:
    """The attached files of version 3.1 and XML exports, by their ID. Together they are at most MAX_CONTENT bytes."""
    pool: dict[str, bytes] = {}
    left = MAX_CONTENT
    for binary in root.findall("./Meta/Binaries/Binary"):
        text = binary.text or ""
        content = text.encode("latin-1") if binary.get("Revealed") else b64decode(text)
        if binary.get("Compressed") == "True":
            content = _decompress(content, left)
            left -= len(content)
        pool[binary.get("ID", "")] = content
    return pool
