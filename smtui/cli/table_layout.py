"""The aws CLI's table format: a box for each structure and list, with those inside it below, indented by bars.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html#table-output
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from smtui.cli.text_layout import Show, is_scalar, list_scalar_keys

PADDING = 4
"""Cells that a column is wider than its widest text."""
EDGES = 2
Row = list[str]


@dataclass(slots=True)
class _Box:
    """A title, column heads (perhaps none) and rows. `depth` is the number of bars on either side."""

    title: str
    depth: int
    heads: Row = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    @property
    def lines(self) -> list[Row]:
        return [*([self.heads] if self.heads else []), *self.rows]

    def list_widths(self) -> list[int]:
        """The natural width of each column."""
        count = max((len(line) for line in self.lines), default=0)
        return [max(_get_width(line[at]) for line in self.lines if at < len(line)) + PADDING for at in range(count)]

    def get_width(self) -> int:
        return max(_get_width(self.title), sum(self.list_widths())) + EDGES + 2 * self.depth

    def convert_to_vertical(self) -> None:
        """Makes each head of a box with one row the first cell of a row of its own."""
        if len(self.rows) == 1 and self.heads:
            self.heads, self.rows = [], [list(pair) for pair in zip(self.heads, self.rows[0], strict=True)]


def format_table(value: Any, title: str, width: int, show: Show) -> Iterator[str]:
    """The lines of a table; none for an empty value.

    Args:
        value: the answer.
        title: of the outermost box.
        width: the terminal's, in cells. Structures are laid out downwards if a row would be wider.
        show: makes a text fit for one cell.
    """
    boxes = list(_list_boxes(value, title, 0, show))
    if not boxes:
        return
    if max(box.get_width() for box in boxes) > width:
        for box in boxes:
            box.convert_to_vertical()
    whole = max(box.get_width() for box in boxes)
    yield "-" * whole
    for box in boxes:
        bars = "|" * box.depth
        yield from (f"{bars}{line}{bars}" for line in _draw(box, whole - 2 * box.depth))


def _list_boxes(value: Any, title: str, depth: int, show: Show) -> Iterator[_Box]:
    match value:
        case dict() if value:
            yield from _list_boxes_of_structure(value, title, depth, show)
        case [dict(), *_]:
            yield from _list_boxes_of_structures(value, title, depth, show)
        case list() if value:
            box = _Box(show(title), depth)
            box.rows = [[_show(each, show) for each in (item if _is_row(item) else [item])] for item in value]
            yield box
        case None | dict() | list():
            return
        case _:
            yield _Box(show(title), depth, [], [[_show(value, show)]])


def _list_boxes_of_structure(value: dict[str, Any], title: str, depth: int, show: Show) -> Iterator[_Box]:
    heads = sorted(key for key in value if is_scalar(value[key]))
    row = [_show(value[key], show) for key in heads]
    names = [show(head) for head in heads]
    yield _Box(show(title), depth, *(([], [[names[0], row[0]]]) if len(heads) == 1 else (names, [row] if row else [])))
    for key in sorted(set(value) - set(heads)):
        yield from _list_boxes(value[key], key, depth + 1, show)


def _list_boxes_of_structures(items: list[Any], title: str, depth: int, show: Show) -> Iterator[_Box]:
    """One box for all, or, if there is something inside them, a box for each with what is inside it."""
    heads = list_scalar_keys(items)
    structures = [item for item in items if isinstance(item, dict)]
    inner = sorted({key for item in structures for key in item if not is_scalar(item[key])})
    for group in [[item] for item in structures] if inner else [structures]:
        rows = [[_show(item.get(head, ""), show) for head in heads] for item in group]
        yield _Box(show(title), depth, [show(head) for head in heads], rows)
        for key in inner:
            if not is_scalar(member := group[0].get(key)):
                yield from _list_boxes(member, key, depth + 1, show)


def _is_row(item: Any) -> bool:
    return isinstance(item, list) and bool(item) and all(map(is_scalar, item))


def _show(value: Any, show: Show) -> str:
    return show(str(value))


def _draw(box: _Box, width: int) -> Iterator[str]:
    yield _align_center(box.title, width, "|")
    widths = _scale(box.list_widths(), width)
    if not widths:
        if not box.rows:
            yield f"+{'-' * (width - EDGES)}+"
        return
    rule = _draw_rule(widths)
    if box.heads:
        yield rule
        yield "".join(_align_center(*cell) for cell in _list_cells(box.heads, widths))
    if box.rows:
        yield rule
        for row in box.rows:
            yield "".join(_align_left(*cell) for cell in _list_cells(row, widths))
        yield rule


def _list_cells(row: Row, widths: Sequence[int]) -> Iterator[tuple[str, int, str]]:
    """Each text with its width and left edge; the first has the box's edge, the others share that of their neighbour.
    """
    padded = [*row, *[""] * (len(widths) - len(row))]
    for at, (text, width) in enumerate(zip(padded, widths, strict=True)):
        yield text, width, "" if at else "|"


def _draw_rule(widths: Sequence[int]) -> str:
    first, *others = widths
    return f"+{'-' * (first - 2)}+" + "".join(f"{'-' * (width - 1)}+" for width in others)


def _align_center(text: str, width: int, edge: str) -> str:
    length = _get_width(text)
    body = f"{edge}{' ' * (width // 2 - length // 2 - 1)}{text}"
    return f"{body}{' ' * (width - _get_width(body) - 1)}|"


def _align_left(text: str, width: int, edge: str) -> str:
    margin = 2 if _get_width(text) + 2 + len(edge) + 1 <= width else 0
    body = f"{edge}{' ' * margin}{text}"
    return f"{body}{' ' * (width - _get_width(body) - 1)}|"


def _scale(widths: Sequence[int], total: int) -> list[int]:
    """The widths in proportion, so that their sum is `total`; what rounding leaves goes to the outer columns."""
    if not widths:
        return []
    factor = total / sum(widths)
    scaled = [round(factor * width) for width in widths]
    excess = sum(scaled) - total
    order = range(len(scaled)) if excess > 0 else range(len(scaled) - 1, -1, -1)
    while excess:
        for at in order:
            if excess:
                scaled[at] -= 1 if excess > 0 else -1
                excess -= 1 if excess > 0 else -1
    return scaled


def _get_width(text: str) -> int:
    """The cells that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(_get_character_width(character) for character in text)


def _get_character_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
