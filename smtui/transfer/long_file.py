"""Files that are too long to be read into memory: which they are, and their secrets one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from smtui.system.paths import is_file
from smtui.text.interruption import check_interruption
from smtui.transfer import formats, json_stream
from smtui.transfer.entry import Entry, add_prefix, require_unique
from smtui.transfer.formats import MAX_BYTES

LONG = 4 * 1024 * 1024
"""Bytes; a file up to this size is read at once."""


def is_long(path: Path, longest: int = LONG) -> bool:
    """Whether a file is read secret by secret: a long list of secrets, or anything larger than any file in memory.

    Raises:
        OSError: if it cannot be read.
    """
    if not is_file(path) or path.stat().st_size <= longest:
        return False
    with path.open("rb") as file:
        is_json = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{")
    if path.stat().st_size > MAX_BYTES:
        return True
    return is_json and (json_stream.can_parse(path) or not _is_recognised(path))


def _is_recognised(path: Path) -> bool:
    """Whether this is an export of another program, which is read at once."""
    return any(not source.is_general for source in formats.find_claims(formats.open_source(path)))


def read_entries(path: Path, prefix: str = "", notes: list[str] | None = None) -> Iterator[Entry]:
    """The entries of a long file as they are read, with a prefix before their names. Raises UnreadableFileError.

    Args:
        path: the file.
        prefix: is added to every name.
        notes: at the end, gets sentences about what the file lacks.
    """
    with path.open("rb") as stream:
        for entry in require_unique(json_stream.parse(stream, str(path), notes)):
            check_interruption()
            yield add_prefix(entry, prefix)
