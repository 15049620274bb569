"""Searches data and files for a marker value in many encodings."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

PIECE = 12


def spellings(marker: str) -> dict[str, bytes]:
    """Returns the marker in many encodings, by name: UTF-16, UTF-32, hex, base64 at three offsets, JSON, pieces."""
    plain = marker.encode()
    forms = {
        "plain": plain, "utf-16-le": marker.encode("utf-16-le"), "utf-16-be": marker.encode("utf-16-be"),
        "utf-32-le": marker.encode("utf-32-le"), "hex": plain.hex().encode(), "HEX": plain.hex().upper().encode(),
        "json": json.dumps(marker).strip('"').encode(), "reversed": plain[::-1], "a piece": plain[:PIECE],
        "another piece": plain[-PIECE:], "repr": repr(marker).strip("'\"").encode(),
    }  # fmt: skip
    for offset in range(3):
        # Complete groups of base64 do not depend on the bytes before or after them.
        encoded = base64.b64encode(b"\0" * offset + plain)[4 if offset else 0 :]
        forms[f"base64 at {offset}"] = encoded[: len(encoded) // 4 * 4 - 4]
    return forms


def found_in(data: bytes, marker: str) -> list[str]:
    """Returns the names of the encodings in which the data contains the marker."""
    return [name for name, form in spellings(marker).items() if form in data]


def files_with(folder: Path, *markers: str) -> Iterator[str]:
    """Yields each file below a folder whose name or content contains a marker, with the marker and its encoding."""
    for path in folder.rglob("*"):
        data = str(path.relative_to(folder)).encode("utf-8", "surrogateescape")
        if path.is_file():
            data += b"\0" + path.read_bytes()
        for marker in markers:
            for spelling in found_in(data, marker):
                yield f"{path.relative_to(folder)}: {marker[:6]}… as {spelling}"
