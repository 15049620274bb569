"""The outer header of a KDBX file, which is not encrypted."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import IntEnum

from smtui.transfer.kdbx.errors import KdbxError

SIGNATURE = b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5"
_NUMBERS = {0x04: "<I", 0x05: "<Q", 0x0C: "<i", 0x0D: "<q"}
"""The types of a variant dictionary that are numbers, by their ID."""


class Field(IntEnum):
    """The IDs of the header's fields."""

    END = 0
    CIPHER = 2
    COMPRESSION = 3
    SEED = 4
    KDF_SEED = 5
    KDF_ROUNDS = 6
    IV = 7
    STREAM_KEY = 8
    START_BYTES = 9
    STREAM = 10
    KDF = 11


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of a header by their ID, its major version, and its length in bytes."""

    major: int
    size: int
    fields: dict[int, bytes] = field(repr=False)

    def get_number(self, id: Field) -> int:
        """A field as an unsigned number."""
        return int.from_bytes(self.fields[id], "little")


def parse_header(raw: bytes) -> Header:
    """Raises KdbxError for another version; struct.error, IndexError if it is damaged."""
    if not raw.startswith(SIGNATURE):
        raise KdbxError("it is not a KDBX file")
    _, major = struct.unpack_from("<HH", raw, 8)
    if major not in (3, 4):
        raise KdbxError(f"it has version {major} of the format; only 3 and 4 are supported")
    fields: dict[int, bytes] = {}
    at = 12
    while True:
        kind = raw[at]
        (length,) = struct.unpack_from("<I" if major >= 4 else "<H", raw, at + 1)
        at += 5 if major >= 4 else 3
        fields[kind] = raw[at : at + length]
        at += length
        if kind == Field.END:
            return Header(major, at, fields)


def parse_variants(raw: bytes) -> dict[str, bytes | int]:
    """A variant dictionary: the parameters of a key derivation. Raises like `parse_header`."""
    found: dict[str, bytes | int] = {}
    at = 2
    while raw[at]:
        kind = raw[at]
        (length,) = struct.unpack_from("<I", raw, at + 1)
        name = raw[at + 5 : at + 5 + length].decode()
        at += 5 + length
        (length,) = struct.unpack_from("<I", raw, at)
        value = raw[at + 4 : at + 4 + length]
        at += 4 + length
        found[name] = struct.unpack(_NUMBERS[kind], value)[0] if kind in _NUMBERS else value
    return found
