"""The members of a value that is a JSON object, each as it would be copied."""

from __future__ import annotations

import json
import re

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


def members(text: str) -> dict[str, str]:
    """Strings as what they say, everything else as it is spelled in `text`; empty where it is not such an object.

    An object that names a member twice is not one: two readers could understand it differently.
    """
    try:
        held = json.loads(text, object_pairs_hook=_once_each)
    except (ValueError, RecursionError):
        return {}
    return _spelled(text) if isinstance(held, dict) else {}


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a member is there twice")
    return found


def _spelled(text: str) -> dict[str, str]:
    """`text` is known to be an object: `{ "key" : value , … }`."""
    found: dict[str, str] = {}
    at = _skip(text, _skip(text, 0) + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        value, end = _DECODER.raw_decode(text, start)
        found[key] = value if isinstance(value, str) else text[start:end]
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at
    return found


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at
