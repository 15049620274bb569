"""CSV exports of password managers and browsers, and tables of names and values."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

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
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|#39|#x27);")
_FOLDER_SEPARATOR = re.compile(r"[/\\]")
_YES = {"true", "1", "yes"}
Row = Mapping[str, str]


def recognise(file: SourceFile) -> bool:
    columns = frozenset(_read_header(file)[1])
    return find_kind(columns) is not None or columns == NAMES_AND_VALUES


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnreadableFileError."""
    delimiter, header = _read_header(file)
    rows = [*_list_rows(file, delimiter, header)]
    if {*header} == NAMES_AND_VALUES:
        return SourceContent("table of names and values (CSV)", [
            Entry(row["key"], row["value"], f"{file.name}, line {line}") for line, row in rows])
    kind = find_kind(frozenset(header))
    if kind is None:
        raise make_unreadable_error(file.name, "its first line does not name a column for titles and one for passwords")
    content = SourceContent(f"CSV export of {kind.what}" if kind.what else "CSV table of logins", origin=kind.origin)
    content.items = [_make_item(row, kind, header, f"{file.name}, line {line}") for line, row in rows]
    encoded = sum(any(map(_ENTITY.search, row.values())) for _, row in rows)
    if encoded:
        content.notes.append(f"{file.name}: {encoded:,} row{'' if encoded == 1 else 's'} with HTML entities such as "
                             "&amp;, which some exports write for &. They are imported unchanged.")
    return content


def _read_header(file: SourceFile) -> tuple[str, list[str]]:
    """The delimiter, and the names of the columns in small letters; none if the first line is not a header."""
    line = (file.text or "").lstrip("\r\n").partition("\n")[0][:4096]
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


def _list_rows(file: SourceFile, delimiter: str, header: list[str]) -> Iterator[tuple[int, Row]]:
    """The rows below the header, each with the line on which it ends."""
    reader = csv.reader(io.StringIO((file.text or "").lstrip("\r\n"), newline=""), delimiter=delimiter, strict=True)
    try:
        next(reader, None)
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) > len(header):
                raise make_unreadable_error(f"{file.name}, line {reader.line_num}",
                                            f"it has {len(cells)} cells, the first line {len(header)}")
            yield reader.line_num, dict(zip(header, [*cells, *[""] * (len(header) - len(cells))], strict=True))
    except csv.Error:
        raise make_unreadable_error(f"{file.name}, line {reader.line_num}", "it is not valid CSV") from None


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
