"""Expands one-line JSON for an editor, and restores its layout afterwards.

Unchanged parts keep every byte of the original, and new parts use its spacing. Strings and numbers keep their spelling.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from smtui.text.json_layout import indent_json
from smtui.text.json_reader import InvalidJsonError, JsonKind, JsonNode, parse_json

_CONTAINERS = {JsonKind.OBJECT: ("{", "}"), JsonKind.ARRAY: ("[", "]")}


def expand_for_editing(text: str) -> str:
    """Indents a JSON object or array that is in one line. Other text and surrounding white space stay unchanged."""
    node = _parse_container(text)
    if node is None or "\n" in text.strip():
        return text
    return text[: node.start] + indent_json(text) + text[node.end :]


def restore_layout(original: str, edited: str) -> str:
    """Restores the original layout in an edited text.

    If `original` was not expanded, or `edited` is not a JSON object or array, `edited` is returned unchanged.

    Args:
        original: the text before editing.
        edited: the edited form of `expand_for_editing(original)`.
    """
    expanded = expand_for_editing(original)
    if edited == expanded:
        return original
    before, after = _parse_container(original), _parse_container(edited)
    if expanded == original or before is None or after is None:
        return edited
    restored = _LayoutRestorer(original, edited, _find_style(original, before)).restore(before, after)
    return edited[: after.start] + restored + edited[after.end :]


def _parse_container(text: str) -> JsonNode | None:
    try:
        node = parse_json(text)
    except InvalidJsonError:
        return None
    return node if node.kind in _CONTAINERS else None


@dataclass(frozen=True, slots=True)
class _Style:
    """The separators of a text, with the white space around them."""

    comma: str
    colon: str


def _find_style(text: str, node: JsonNode) -> _Style:
    containers = list(_find_containers(node))
    colons = (text[key.end : value.start] for each in containers for key, value in each.pairs)
    commas = (text[end:start] for each in containers for (_, end), (start, _) in pairwise(_list_spans(each)))
    colon = next(colons, ": ")
    return _Style(next(commas, "," if colon == ":" else ", "), colon)


def _find_containers(node: JsonNode) -> Iterator[JsonNode]:
    if node.kind in _CONTAINERS:
        yield node
        for each in _list_values(node):
            yield from _find_containers(each)


def _list_values(node: JsonNode) -> list[JsonNode]:
    return [*node.items, *(value for _, value in node.pairs)]


def _list_spans(node: JsonNode) -> list[tuple[int, int]]:
    """Returns the start and end offsets of each item or member."""
    return [(item.start, item.end) for item in node.items] + [(key.start, value.end) for key, value in node.pairs]


def _list_names(node: JsonNode) -> list[str | int]:
    """Returns the index of each item, or the key of each member."""
    return [*range(len(node.items)), *(key.string for key, _ in node.pairs)]


class _LayoutRestorer:
    def __init__(self, original: str, edited: str, style: _Style) -> None:
        self._original = original
        self._edited = edited
        self._style = style

    def restore(self, before: JsonNode | None, after: JsonNode) -> str:
        """Returns the source of a value of the edited text with the layout of the original value, if there is one."""
        if before is not None and self._is_same(before, after):
            return self._original[before.start : before.end]
        if after.kind not in _CONTAINERS:
            return self._edited[after.start : after.end]
        if before is None or before.kind is not after.kind:
            before = None
        return self._restore_container(before, after)

    def _restore_container(self, before: JsonNode | None, after: JsonNode) -> str:
        """Returns the source of an object or array, with the original white space inside its brackets."""
        opening, closing = _CONTAINERS[after.kind]
        old = _list_spans(before) if before else []
        parts = list(self._restore_parts(before, after))
        if not before or not old or not parts:
            return opening + self._style.comma.join(parts) + closing
        first = self._original[before.start + 1 : old[0][0]]
        last = self._original[old[-1][1] : before.end - 1]
        return opening + first + self._join(before, after, parts) + last + closing

    def _restore_parts(self, before: JsonNode | None, after: JsonNode) -> Iterator[str]:
        old_items = before.items if before else ()
        for number, item in enumerate(after.items):
            yield self.restore(old_items[number] if number < len(old_items) else None, item)
        old_pairs = {key.string: (key, value) for key, value in before.pairs} if before else {}
        for key, value in after.pairs:
            old_key, old_value = old_pairs.get(key.string, (None, None))
            colon = self._original[old_key.end : old_value.start] if old_key and old_value else self._style.colon
            yield self._edited[key.start : key.end] + colon + self.restore(old_value, value)

    def _join(self, before: JsonNode, after: JsonNode, parts: list[str]) -> str:
        """Joins the parts. Two parts that were adjacent in the original keep their comma and white space."""
        names, kept = _list_names(before), _list_names(after)
        gaps = {
            pair: self._original[end:start]
            for pair, ((_, end), (start, _)) in zip(pairwise(names), pairwise(_list_spans(before)), strict=True)
        }
        commas = [gaps.get(pair, self._style.comma) for pair in pairwise(kept)]
        return "".join(comma + part for comma, part in zip(["", *commas], parts, strict=True))

    def _is_same(self, before: JsonNode, after: JsonNode) -> bool:
        """Returns whether two values are equal except for white space."""
        if before.kind is not after.kind:
            return False
        if before.kind not in _CONTAINERS:
            return self._original[before.start : before.end] == self._edited[after.start : after.end]
        keys = [[self._get_text(text, key) for key, _ in node.pairs]
                for text, node in ((self._original, before), (self._edited, after))]
        values = _list_values(before), _list_values(after)
        return keys[0] == keys[1] and len(values[0]) == len(values[1]) and all(
            self._is_same(one, other) for one, other in zip(*values, strict=True)
        )

    @staticmethod
    def _get_text(text: str, node: JsonNode) -> str:
        return text[node.start : node.end]
