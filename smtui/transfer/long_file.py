"""Files that are too long to be held as objects in memory: which they are, and their secrets one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from smtui.system.paths import is_file
from smtui.text.interruption import check_interruption
from smtui.transfer import dotenv, formats, json_stream
from smtui.transfer.dotenv import DEFAULTS, EnvOptions
from smtui.transfer.entry import Entry, add_prefix
from smtui.transfer.entry_limits import drop_reserved_tags
from smtui.transfer.formats import MAX_BYTES, ImportFormat
from smtui.transfer.item import LeftBehind
from smtui.transfer.mapping import MappingOptions, list_left_behind, map_each
from smtui.transfer.sources import csv_table
from smtui.transfer.sources.csv_table import CsvTable

LONG = 4 * 1024 * 1024
"""Bytes; a list of secrets up to this size is read at once."""
LONG_TABLE = 1024 * 1024
"""Bytes; a table or a `.env` file up to this size is read at once. It has more secrets in a byte than a list."""
CURRENT_VALUES = MappingOptions()


class LongKind(Enum):
    """What is read secret by secret, with the word of `--format`."""

    LIST = ImportFormat.AWS
    TABLE = ImportFormat.CSV
    VARIABLES = ImportFormat.ENV


def find_long_kind(path: Path, longest: int = LONG) -> LongKind | None:
    """What a file is that is read secret by secret; None if it is read at once.

    A table with IDs is read at once, because all of its secrets are looked up in the vault by their IDs.

    Raises:
        OSError: if it cannot be read.
    """
    size = path.stat().st_size if is_file(path) else 0
    if size <= min(longest, LONG_TABLE):
        return None
    if _is_json(path):
        return LongKind.LIST if size > longest and _is_long_list(path, size) else None
    if (table := csv_table.open_table(path)) is not None:
        return None if table.has_ids and size <= MAX_BYTES else LongKind.TABLE
    if size > MAX_BYTES:
        return LongKind.LIST
    claims = formats.find_claims(formats.open_source(path))
    return LongKind.VARIABLES if claims and claims[0].format is ImportFormat.ENV else None


def _is_json(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{")


def _is_long_list(path: Path, size: int) -> bool:
    """Whether JSON is a list of secrets, or of no known kind, or too large for anything else."""
    if size > MAX_BYTES or json_stream.can_parse(path):
        return True
    return all(source.is_general for source in formats.find_claims(formats.open_source(path)))


def describe(path: Path) -> str:
    """What a long file is, in a few words. Raises OSError."""
    kind = find_long_kind(path, 0)
    if kind is LongKind.TABLE and (table := csv_table.open_table(path)) is not None:
        return table.what
    return ".env file" if kind is LongKind.VARIABLES else "output of AWS Secrets Manager"


def read_entries(
    path: Path, prefix: str = "", notes: list[str] | None = None, options: MappingOptions = CURRENT_VALUES,
    left_behind: list[LeftBehind] | None = None, env_options: EnvOptions = DEFAULTS,
) -> Iterator[Entry]:
    """The entries of a long file as they are read, with a prefix before their names. Raises UnreadableFileError.

    Args:
        path: the file.
        prefix: is added to every name.
        notes: at the end, gets sentences about what the file lacks.
        options: what to make of each row of a table.
        left_behind: at the end, gets what stays behind.
        env_options: how a `.env` file is read. With other than the default, its variables are in memory together.
    """
    said: list[str] = [] if notes is None else notes
    rest: list[LeftBehind] = [] if left_behind is None else left_behind
    reserved: Counter[str] = Counter()
    for entry in _read_by_kind(path, said, options, rest, env_options):
        check_interruption()
        yield add_prefix(drop_reserved_tags(entry, reserved), prefix)
    rest += list_left_behind(reserved)


def _read_by_kind(
    path: Path, notes: list[str], options: MappingOptions, left_behind: list[LeftBehind], env_options: EnvOptions
) -> Iterator[Entry]:
    kind = find_long_kind(path, 0)
    if kind is LongKind.TABLE and (table := csv_table.open_table(path)) is not None:
        yield from _read_table(table, notes, options, left_behind)
    elif kind is LongKind.VARIABLES:
        text = formats.open_source(path).require_text()
        yield from (dotenv.read_each(text, str(path), notes) if env_options == DEFAULTS
                    else dotenv.read_all(text, str(path), notes, env_options))
    else:
        with path.open("rb") as stream:
            yield from json_stream.parse(stream, str(path), notes)


def _read_table(
    table: CsvTable, notes: list[str], options: MappingOptions, left_behind: list[LeftBehind]
) -> Iterator[Entry]:
    if table.kind is None:
        yield from table.list_entries()
        return
    yield from map_each(table.list_items, table.kind.origin, options, left_behind)
    notes += table.list_notes()
