"""Searches the memory of another process through /proc, as root or a debugger of the same user can."""

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
    """One match in a process's memory; `around` is the match with the bytes before and after it."""

    what: str
    address: int
    mapping: str
    around: bytes

    def __str__(self) -> str:
        return f"{self.what} at {self.address:#x} in {self.mapping or 'anonymous memory'}: {self.around!r}"


def search(process: int, wanted: Mapping[str, bytes]) -> list[Found]:
    """Returns the matches of the wanted byte strings in the writable memory of a process.

    Of several that match at the same place, it returns the first.

    Args:
        process: The process id.
        wanted: The byte strings by name. Zeros at their ends do not count: most of the memory is zeros, and a search
            for something that begins with one takes ten times as long.
    """
    needles: dict[bytes, str] = {}
    for what, needle in wanted.items():
        needles.setdefault(needle.strip(b"\0"), what)
    pattern = re.compile(b"|".join(map(re.escape, needles)))
    return [Found(needles[match[0]], start + match.start(), mapping, _cut_around(match, data))
            for start, mapping, data in _memory(process) for match in pattern.finditer(data)]


def _cut_around(match: re.Match[bytes], data: bytes) -> bytes:
    return data[max(match.start() - CONTEXT, 0) : match.end() + CONTEXT]


def _memory(process: int) -> Iterator[tuple[int, str, bytes]]:
    """Yields the start address, the name and the content of each writable mapping."""
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
    """Returns the readable bytes of a range; the process may have unmapped it meanwhile."""
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
