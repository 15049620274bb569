"""What stands in the memory of another process, as root or its own debugger can read it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PIECE = 16 * 1024 * 1024
CONTEXT = 48


@dataclass(frozen=True)
class Found:
    """One place where something stands; `around` are the bytes before and behind it."""

    what: str
    address: int
    mapping: str
    around: bytes

    def __str__(self) -> str:
        return f"{self.what} at {self.address:#x} in {self.mapping or 'anonymous memory'}: {self.around!r}"


def search(process: int, wanted: Mapping[str, bytes]) -> list[Found]:
    """Every place in the process's writable memory at which one of the wanted byte strings stands."""
    return [found for start, mapping, data in _memory(process) for found in _in_piece(start, mapping, data, wanted)]


def _in_piece(start: int, mapping: str, data: bytes, wanted: Mapping[str, bytes]) -> Iterator[Found]:
    for what, needle in wanted.items():
        for match in re.finditer(re.escape(needle), data):
            around = data[max(match.start() - CONTEXT, 0) : match.end() + CONTEXT]
            yield Found(what, start + match.start(), mapping, around)


def _memory(process: int) -> Iterator[tuple[int, str, bytes]]:
    """The writable mappings, each as a whole: where it begins, what it is, what it holds."""
    maps = Path(f"/proc/{process}/maps").read_text().splitlines()
    memory = os.open(f"/proc/{process}/mem", os.O_RDONLY)
    try:
        for line in maps:
            places, rights, _, _, _, *name = line.split(maxsplit=5)
            start, end = (int(place, 16) for place in places.split("-"))
            if rights.startswith("rw"):
                yield start, name[0] if name else "", _read(memory, start, end)
    finally:
        os.close(memory)


def _read(memory: int, start: int, end: int) -> bytes:
    """What can be read; a mapping may be gone by now."""
    held = bytearray()
    while start + len(held) < end:
        try:
            piece = os.pread(memory, min(PIECE, end - start - len(held)), start + len(held))
        except OSError:
            break
        if not piece:
            break
        held += piece
    return bytes(held)
