"""CSV exports of password managers and browsers, and tables of names and values."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from smtui.text.interruption import check_interruption
from smtui.transfer.entry import Entry, make_unreadable_error
from smtui.transfer.item import STANDARD_FIELDS, Item, ItemState, SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources import csv_columns
from smtui.transfer.sources.csv_columns import CsvKind, find_kind

DELIMITERS = ",;\t"
NAMES_AND_VALUES = {"key", "value"}
RECYCLE_BIN = ("Recycle Bin",)
"""The group of deleted entries, under its English name in KeePassXC."""
SECURE_NOTE = "http://sn"
"""The URL of a note in exports of LastPass."""
LOGIN_CELLS = 4
csv.field_size_limit(1 << 22)  # characters of a cell; by default, a long note is no valid CSV
HEAD = 4096
"""Characters of a header."""
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|#39|#x27);")
_MEANINGS = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_ENCODED = re.compile("|".join(_MEANINGS))
_NOT_ENCODED = re.compile(r"[<>]|&(?!(?:amp|lt|gt);)")
"""What text that is encoded does not have."""
_FOLDER_SEPARATOR = re.compile(r"[/\\]")
_YES = {"true", "1", "yes"}
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table whose rows are read one after the other.

    Attributes:
        name: the name of the file in messages.
        delimiter: the character between cells.
        header: the names of the columns, in small letters.
        kind: which export it is; None for a table of names and values.
        open_lines: opens the text at its beginning.
    """

    name: str
    delimiter: str
    header: list[str]
    kind: CsvKind | None
    open_lines: Callable[[], TextIO]

    @property
    def has_ids(self) -> bool:
        """Whether its rows have an ID by which a later import finds their secrets."""
        return csv_columns.ID in self.header

    @property
    def what(self) -> str:
        if self.kind is None:
            return "table of names and values (CSV)"
        return f"CSV export of {self.kind.what}" if self.kind.what else "CSV table of logins"

    def list_items(self) -> Iterator[Item]:
        """The logins. Raises UnreadableFileError."""
        assert self.kind is not None
        is_encoded = bool(self.kind.encodes_html and self.count_encoded()[1])
        for line, row in self._list_rows():
            decoded = {name: decode_html(text) for name, text in row.items()} if is_encoded else row
            yield _make_item(decoded, self.kind, self.header, f"{self.name}, line {line}")

    def list_entries(self) -> Iterator[Entry]:
        """The names and values. Raises UnreadableFileError."""
        for line, row in self._list_rows():
            yield Entry(row["key"], row["value"], f"{self.name}, line {line}")

    def count_encoded(self) -> tuple[int, bool]:
        """How many rows have HTML entities, and whether all text is encoded with them. Raises UnreadableFileError."""
        number, is_all = 0, True
        for _, row in self._list_rows():
            number += any(map(_ENTITY.search, row.values()))
            is_all = is_all and not any(map(_NOT_ENCODED.search, row.values()))
        return number, is_all

    def list_notes(self) -> Iterator[str]:
        """Sentences about HTML entities. Raises UnreadableFileError."""
        number, is_all = self.count_encoded() if self.kind else (0, False)
        if number:
            rows = f"{self.name}: {number:,} row{'' if number == 1 else 's'} with HTML entities such as &amp;, which "
            yield rows + ("LastPass writes for &, < and >. They are decoded."
                          if is_all and self.kind and self.kind.encodes_html else
                          "some exports write for &. They are imported unchanged.")

    def _list_rows(self) -> Iterator[tuple[int, Row]]:
        """The rows below the header, each with the line on which it ends."""
        with self.open_lines() as lines:
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            try:
                rows = (cells for cells in reader if any(cells))
                next(rows, None)
                for cells in rows:
                    check_interruption()
                    yield reader.line_num, self._name_cells(cells, reader.line_num)
            except csv.Error:
                raise make_unreadable_error(f"{self.name}, line {reader.line_num}", "it is not valid CSV") from None
            except UnicodeDecodeError:
                raise make_unreadable_error(f"{self.name}, after line {reader.line_num}",
                                            "this is not UTF-8 text") from None

    def _name_cells(self, cells: list[str], line: int) -> Row:
        missing = len(self.header) - len(cells)
        if missing < 0:
            raise make_unreadable_error(f"{self.name}, line {line}",
                                        f"it has {len(cells)} cells, the first line {len(self.header)}")
        return dict(zip(self.header, [*cells, *[""] * missing], strict=True))


def recognise(file: SourceFile) -> bool:
    return find_table(file) is not None


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnreadableFileError."""
    table = find_table(file)
    if table is None:
        raise make_unreadable_error(file.name, "its first line does not name a column for titles and one for passwords")
    if table.kind is None:
        return SourceContent(table.what, [*table.list_entries()])
    return SourceContent(table.what, items=[*table.list_items()], notes=[*table.list_notes()],
                         origin=table.kind.origin)


def find_table(file: SourceFile) -> CsvTable | None:
    """The table in a file; None if its first line is not the header of one."""
    delimiter, header = _read_header(file)
    columns = frozenset(header)
    kind = None if columns == NAMES_AND_VALUES else find_kind(columns)
    if kind is None and columns != NAMES_AND_VALUES:
        return None
    return CsvTable(file.name, delimiter, header, kind, lambda: io.StringIO(file.text or "", newline=""))


def is_headerless(file: SourceFile) -> bool:
    """Whether this is no known kind, and its first line has the cells of a login: a URL, and three others or more.

    Exports of Keeper and old ones of Dashlane have no header. What their columns are cannot be told from the cells.
    """
    line = (file.text or "").lstrip("\r\n").partition("\n")[0][:HEAD]
    try:
        cells = next(csv.reader([line], strict=True), [])
    except csv.Error:
        return False
    return len(cells) >= LOGIN_CELLS and not file.looks_like_json and any(
        cell.startswith(("http://", "https://")) for cell in cells)


def open_table(path: Path) -> CsvTable | None:
    """The table in the file at `path`, of which only its beginning is read; None if it is not one. Raises OSError."""
    with path.open("rb") as stream:
        head = stream.readline(HEAD).lstrip(b"\xef\xbb\xbf\r\n") or stream.readline(HEAD)
    table = find_table(SourceFile(head, str(path), path))
    return table and replace(table, open_lines=lambda: path.open(encoding="utf-8-sig", newline=""))


def decode_html(text: str) -> str:
    """The text with `&amp;`, `&lt;` and `&gt;` decoded, each once."""
    return _ENCODED.sub(lambda match: _MEANINGS[match[0]], text)


def _read_header(file: SourceFile) -> tuple[str, list[str]]:
    """The delimiter, and the names of the columns in small letters; none if the first line is not a header."""
    line = (file.text or "").lstrip("\r\n").partition("\n")[0][:HEAD]
    for delimiter in DELIMITERS:
        if delimiter in line and not file.looks_like_json:
            try:
                cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
            except csv.Error:
                continue
            header = [cell.strip().lower() for cell in cells]
            if len({*header}) == len(header):
                return delimiter, header
    return ",", []


def _make_item(row: Row, kind: CsvKind, header: list[str], place: str) -> Item:
    fields = dict(_list_fields(row, header))
    if fields.get("url") == SECURE_NOTE:
        del fields["url"]
    title = next((row[name] for name in csv_columns.TITLES if row.get(name)), "")
    folder = _split_folder(next((row[name] for name in csv_columns.FOLDERS if row.get(name)), ""), kind)
    if kind.names_by_host and (host := _find_host(fields.get("url", ""))):
        folder, title = ((host,), fields["username"]) if fields.get("username") else ((), title or host)
    tags = {tag.strip(): "" for tag in re.split(r"[;,]", row.get(csv_columns.TAGS, "")) if tag.strip()}
    state = ItemState.ARCHIVED if row.get(csv_columns.ARCHIVED, "").lower() in _YES else ItemState.ACTIVE
    if kind.root and folder[:1] == RECYCLE_BIN:
        state = ItemState.TRASHED
    return Item(
        title or _find_host(fields.get("url", "")), place, folder, fields, tags=tags,
        id=row.get(csv_columns.ID, "").strip("{}"), state=state,
    )  # fmt: skip


def _list_fields(row: Row, header: list[str]) -> Iterator[tuple[str, str]]:
    """The fields of a row: the standard ones first. The first column of a role wins; others keep their names."""
    roles: dict[str, str] = {}
    for column in header:
        role = csv_columns.ROLES.get(column)
        if role and row[column]:
            roles.setdefault(role, column)
    for role in STANDARD_FIELDS:
        if role in roles:
            yield role, row[roles[role]]
    for column in header:
        if row[column] and column not in csv_columns.IGNORED and column not in roles.values():
            yield column, row[column]
    for line in row.get(csv_columns.FIELDS, "").splitlines():
        name, colon, value = line.partition(": ")
        if colon and value:
            yield name, value


def _split_folder(text: str, kind: CsvKind) -> tuple[str, ...]:
    parts = [part.strip() for part in _FOLDER_SEPARATOR.split(text) if part.strip()]
    return tuple(parts[1:] if kind.root else parts)


def _find_host(url: str) -> str:
    """The host of a URL; the name of the application for `android://`."""
    try:
        return urlsplit(url if "://" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
