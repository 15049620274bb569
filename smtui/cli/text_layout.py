"""The aws CLI's text format: the scalars of a structure in one row between tabs, after the name of their list.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html#text-output
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

Show = Callable[[str], str]
"""Makes a text fit for one cell."""


def format_text(value: Any, show: Show) -> Iterator[str]:
    """The rows of a value. A lone scalar stays as it is, with its line breaks."""
    if isinstance(value, dict | list):
        yield from _format(value, show, None, None)
    else:
        yield str(value)


def _format(value: Any, show: Show, name: str | None, columns: Sequence[str] | None) -> Iterator[str]:
    match value:
        case dict():
            yield from _format_structure(value, show, name, columns)
        case list():
            yield from _format_list(value, show, name)
        case _:
            yield show(str(value))


def _format_structure(
    value: dict[str, Any], show: Show, name: str | None, columns: Sequence[str] | None
) -> Iterator[str]:
    """A row of the scalars in `columns`, by default its own; then its lists and structures, sorted by key."""
    own = sorted(key for key in value if is_scalar(value[key]))
    cells = [str(value.get(column, "")) for column in (own if columns is None else columns)]
    if cells:
        yield _join([*([name.upper()] if name is not None else []), *cells], show)
    for key in sorted(set(value) - set(own if columns is None else columns)):
        yield from _format(value[key], show, key, None)


def _format_list(items: list[Any], show: Show, name: str | None) -> Iterator[str]:
    if any(isinstance(item, dict) for item in items):
        columns = list_scalar_keys(items)
        for item in items:
            yield from _format(item, show, name, columns if isinstance(item, dict) else None)
        return
    scalars = [str(item) for item in items if is_scalar(item)]
    if scalars and name is None:
        yield _join(scalars, show)
    elif name is not None:
        yield from (_join([name.upper(), scalar], show) for scalar in scalars)
    for item in items:
        if not is_scalar(item):
            yield from _format(item, show, name, None)


def _join(cells: Sequence[str], show: Show) -> str:
    return "\t".join(map(show, cells))


def is_scalar(value: Any) -> bool:
    """Whether a value is neither a structure nor a list."""
    return not isinstance(value, dict | list)


def list_scalar_keys(items: list[Any]) -> list[str]:
    """The keys that are a scalar in any structure of a list, sorted."""
    return sorted({key for item in items if isinstance(item, dict) for key in item if is_scalar(item[key])})
