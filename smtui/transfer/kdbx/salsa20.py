"""Salsa20, the stream cipher that protects values in KDBX 3.1. Only for reading such files."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator

_QUARTERS = ((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11),
             (0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14))  # fmt: skip
_CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")
_MASK = 0xFFFFFFFF


def generate_key_stream(key: bytes, nonce: bytes) -> Iterator[int]:
    """The bytes of the key stream. `key` has 32 bytes, `nonce` 8.

    Source: https://cr.yp.to/snuffle/spec.pdf
    """
    words, ends = struct.unpack("<8I", key), struct.unpack("<2I", nonce)
    for number in itertools.count():
        start = [_CONSTANTS[0], *words[:4], _CONSTANTS[1], *ends, number & _MASK, number >> 32, _CONSTANTS[2],
                 *words[4:], _CONSTANTS[3]]
        yield from struct.pack("<16I", *((a + b) & _MASK for a, b in zip(start, _run_rounds(start), strict=True)))


def _run_rounds(start: list[int]) -> list[int]:
    """Twenty rounds."""
    x = list(start)
    for _ in range(10):
        for a, b, c, d in _QUARTERS:
            x[b] ^= _rotate(x[a] + x[d], 7)
            x[c] ^= _rotate(x[b] + x[a], 9)
            x[d] ^= _rotate(x[c] + x[b], 13)
            x[a] ^= _rotate(x[d] + x[c], 18)
    return x


def _rotate(word: int, bits: int) -> int:
    word &= _MASK
    return ((word << bits) | (word >> (32 - bits))) & _MASK
