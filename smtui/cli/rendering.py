"""Output formats: a response as JSON, tab-separated text or a table, in the aws CLI's layout."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

Row = list[str]


def to_json_types(value: Any) -> Any:
    """Converts a response to JSON types: times as ISO 8601 in the local zone, bytes as base64, no ResponseMetadata."""
    match value:
        case dict():
            return {key: to_json_types(member) for key, member in value.items() if key != "ResponseMetadata"}
        case list() | tuple():
            return [to_json_types(item) for item in value]
        case datetime():
            return value.astimezone().isoformat()
        case bytes():
            return base64.b64encode(value).decode()
    return value


def render(value: Any, layout: str, title: str = "") -> str | None:
    """Formats one answer, or returns None if it is empty.

    `layout` is json, text or table; `title` is the table's heading.
    """
    if value == {}:
        return None
    if layout == "json":
        return json.dumps(value, indent=4, ensure_ascii=False)
    lines = ["\t".join(row) for row in _render_text(value)] if layout == "text" else list(_render_table(value, title))
    return "\n".join(lines) if lines else None


def _render_text(value: Any, name: str | None = None, columns: list[str] | None = None) -> Iterable[Row]:
    """Rows of the text layout: the scalars of a structure in one row, sorted by key, after the name of their list."""
    match value:
        case dict():
            yield from _render_text_structure(value, name, columns)
        case list():
            yield from _render_text_list(value, name)
        case _:
            yield [*([name.upper()] if name else []), str(value)]


def _render_text_structure(value: dict[str, Any], name: str | None, columns: list[str] | None) -> Iterable[Row]:
    if columns is None:
        columns = [key for key in sorted(value) if _is_scalar(value[key])]
    if columns:
        yield [*([name.upper()] if name else []), *(str(value.get(column, "")) for column in columns)]
    for key in sorted(set(value) - set(columns)):
        yield from _render_text(value[key], key)


def _render_text_list(value: list[Any], name: str | None) -> Iterable[Row]:
    scalars = [item for item in value if _is_scalar(item)]
    if scalars and name is None:
        yield [str(item) for item in scalars]
    elif scalars and name is not None:
        yield from ([name.upper(), str(item)] for item in scalars)
    columns = _list_scalar_keys(value)
    for item in value:
        if not _is_scalar(item):
            yield from _render_text(item, name, columns if isinstance(item, dict) else None)


def _list_scalar_keys(items: list[Any]) -> list[str]:
    return sorted({key for item in items if isinstance(item, dict) for key in item if _is_scalar(item[key])})


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _render_table(value: Any, title: str) -> Iterable[str]:
    """Lines of the table layout: a box for the scalars of a structure, and one for each list or structure in it."""
    match value:
        case dict():
            scalars = [[key, str(value[key])] for key in value if _is_scalar(value[key])]
            if scalars:
                yield from _render_box(title, [], scalars)
            for key in value:
                if not _is_scalar(value[key]):
                    yield from _render_table(value[key], key)
        case list():
            yield from _render_table_list(value, title)
        case _:
            yield from _render_box(title, [], [[str(value)]])


def _render_table_list(value: list[Any], title: str) -> Iterable[str]:
    columns = _list_scalar_keys(value)
    if columns:
        rows = [[str(item.get(column, "")) for column in columns] for item in value if isinstance(item, dict)]
        yield from _render_box(title, columns, rows)
    elif scalars := [[str(item)] for item in value if _is_scalar(item)]:
        yield from _render_box(title, [], scalars)
    for item in value:
        inside = item.items() if isinstance(item, dict) else [(title, item)]
        for key, member in inside:
            if not _is_scalar(member):
                yield from _render_table(member, key)


def _render_box(title: str, heads: Row, rows: list[Row]) -> Iterable[str]:
    lines = [*([heads] if heads else []), *rows]
    lines = [[cell.replace("\n", " ") for cell in line] for line in lines]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    widths[-1] += max(0, len(title) - sum(widths) - 3 * (len(widths) - 1))
    edge = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    yield edge.replace("+", "-")
    yield "|" + title.center(len(edge) - 2) + "|"
    for number, line in enumerate(lines):
        if number < 2 and (number == 0 or heads):
            yield edge
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
    yield edge
