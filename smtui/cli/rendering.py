"""Output formats: a response as JSON, YAML, tab-separated text or a table, in the aws CLI's layout."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from smtui.api.shapes import List, Shape, Structure
from smtui.cli import output
from smtui.cli.text_layout import format_text


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


def arrange(value: Any, shape: Shape) -> Any:
    """The value with the members of its structures in the order of the API model, as the aws CLI prints them."""
    match shape:
        case Structure(members=members) if isinstance(value, dict):
            known = {name: arrange(value[name], members[name]) for name in members if name in value}
            return known | {name: member for name, member in value.items() if name not in known}
        case List(item=item) if isinstance(value, list):
            return [arrange(each, item) for each in value]
    return value


def render(value: Any, layout: str, title: str = "") -> str | None:
    """Formats one answer, or returns None if there is nothing to print.

    Args:
        value: the answer in JSON types.
        layout: one of `global_options.OUTPUTS`.
        title: the table's heading.
    """
    lines = _FORMATS[layout](value, title)
    return None if lines is None else "\n".join(lines)


def _format_json(value: Any, _: str) -> Iterable[str] | None:
    return None if value == {} else [json.dumps(value, indent=4, ensure_ascii=False)]


def _format_yaml(value: Any, _: str) -> Iterable[str] | None:
    """Block style with sorted keys; a lone scalar as JSON, which is YAML too."""
    if not isinstance(value, dict | list):
        return _format_json(value, _)
    return None if value == {} else [dump_yaml(value)]


def _format_yaml_stream(value: Any, _: str) -> Iterable[str] | None:
    """Each answer as an item of one YAML list."""
    return None if value == {} else [dump_yaml([value])]


def dump_yaml(value: Any) -> str:
    """YAML without the last line break."""
    import yaml

    return str(yaml.safe_dump(value, default_flow_style=False, allow_unicode=True)).removesuffix("\n")


def _format_text(value: Any, _: str) -> Iterable[str] | None:
    return list(format_text(value, output.sanitize_cell)) or None


def _format_table(value: Any, title: str) -> Iterable[str] | None:
    from smtui.cli.table_layout import format_table

    return list(format_table(value, title, output.get_width(), output.sanitize_cell)) or None


_FORMATS: dict[str, Callable[[Any, str], Iterable[str] | None]] = {
    "json": _format_json, "yaml": _format_yaml, "yaml-stream": _format_yaml_stream, "text": _format_text,
    "table": _format_table, "off": lambda value, title: None,
}


def align_columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """One line for each row, with columns as wide as their content."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
