"""A value that is known again wherever it turns up, in whatever spelling."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

PIECE = 12


def spellings(marker: str) -> dict[str, bytes]:
    """The marker as programs write text: encodings, hex, base64 at each of three offsets, JSON, reversed."""
    plain = marker.encode()
    forms = {
        "plain": plain, "utf-16-le": marker.encode("utf-16-le"), "utf-16-be": marker.encode("utf-16-be"),
        "utf-32-le": marker.encode("utf-32-le"), "hex": plain.hex().encode(), "HEX": plain.hex().upper().encode(),
        "json": json.dumps(marker).strip('"').encode(), "reversed": plain[::-1], "a piece": plain[:PIECE],
        "another piece": plain[-PIECE:], "repr": repr(marker).strip("'\"").encode(),
    }  # fmt: skip
    for offset in range(3):
        # The characters of whole groups stay the same, whatever comes before or after.
        encoded = base64.b64encode(b"\0" * offset + plain)[4 if offset else 0 :]
        forms[f"base64 at {offset}"] = encoded[: len(encoded) // 4 * 4 - 4]
    return forms


def found_in(data: bytes, marker: str) -> list[str]:
    """In which spellings the marker is there."""
    return [name for name, form in spellings(marker).items() if form in data]


def files_with(folder: Path, *markers: str) -> Iterator[str]:
    """Every file below a folder that tells a marker, by name or content, and in which spelling."""
    for path in folder.rglob("*"):
        data = str(path.relative_to(folder)).encode("utf-8", "surrogateescape")
        if path.is_file():
            data += b"\0" + path.read_bytes()
        for marker in markers:
            for spelling in found_in(data, marker):
                yield f"{path.relative_to(folder)}: {marker[:6]}… as {spelling}"
