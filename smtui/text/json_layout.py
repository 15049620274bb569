"""Formats JSON with one member or item per line. Only white space changes; strings and numbers keep their spelling."""

from __future__ import annotations

from collections.abc import Iterator

from smtui.text.json_reader import InvalidJsonError, JsonKind, JsonNode, parse_json

INDENT = "  "
MAX_LINE = 72
"""The maximum length, in characters, of a flat array or object that stays on one line."""
_BRACKETS = {JsonKind.OBJECT: ("{", "}"), JsonKind.ARRAY: ("[", "]")}


def indent_json(text: str) -> str:
    """Returns the JSON, indented and without surrounding white space. Invalid JSON is returned unchanged."""
    try:
        node = parse_json(text)
    except InvalidJsonError:
        return text
    return _format_node(text, node, 1)


def _format_node(text: str, node: JsonNode, depth: int) -> str:
    if node.kind not in _BRACKETS:
        return text[node.start : node.end]
    opening, closing = _BRACKETS[node.kind]
    parts = list(_format_parts(text, node, depth))
    short = f"{opening}{', '.join(parts)}{closing}"
    if not parts or (_is_flat(node) and len(short) <= MAX_LINE):
        return short
    margin = "\n" + INDENT * depth
    return f"{opening}{margin}{f',{margin}'.join(parts)}{margin.removesuffix(INDENT)}{closing}"


def _format_parts(text: str, node: JsonNode, depth: int) -> Iterator[str]:
    for key, value in node.pairs:
        yield f"{text[key.start : key.end]}: {_format_node(text, value, depth + 1)}"
    for item in node.items:
        yield _format_node(text, item, depth + 1)


def _is_flat(node: JsonNode) -> bool:
    """Returns whether the node is an array or an object with at most one member, and contains no containers."""
    inside = [*node.items, *(value for _, value in node.pairs)]
    return len(node.pairs) < 2 and all(each.kind not in _BRACKETS for each in inside)
