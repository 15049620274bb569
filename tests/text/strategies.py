"""JSON objects as other programs spell them: any white space, escapes where none are needed, any number."""

from __future__ import annotations

import json

from hypothesis import strategies as st

SPACES = st.text(" \t\r\n", max_size=3)
NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
CHARACTERS = st.characters(codec="utf-8") | st.sampled_from(['"', "\\", "/", "\b", "\x1f", "é", "\U0001f511"])


@st.composite
def strings(draw: st.DrawFn) -> str:
    """A string in quotes: each character as it is, by a short escape, or by its code."""
    spelled = []
    for character in draw(st.lists(CHARACTERS, max_size=6)):
        quoted = json.dumps(character, ensure_ascii=False)[1:-1]
        coded = "".join(f"\\u{unit:04x}" for unit in _units(character))
        spelled.append(draw(st.sampled_from([quoted, coded])))
    spelled += draw(st.sampled_from([[], [], [], ["\\ud800"], ["\\/"]]))
    return f'"{"".join(spelled)}"'


def _units(character: str) -> list[int]:
    raw = character.encode("utf-16-be")
    return [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]


def _list(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(st.tuples(SPACES, inner, SPACES).map("".join), max_size=3).map(lambda items: f"[{','.join(items)}]")


def _object(inner: st.SearchStrategy[str], least: int = 0) -> st.SearchStrategy[str]:
    pairs = st.lists(st.tuples(SPACES, strings(), SPACES, SPACES, inner, SPACES), min_size=least, max_size=4,
                     unique_by=lambda pair: json.loads(pair[1]))
    members = pairs.map(lambda found: ",".join(f"{a}{key}{b}:{c}{value}{d}" for a, key, b, c, value, d in found))
    return st.tuples(SPACES, members).map(lambda parts: f"{{{parts[1] or parts[0]}}}")


PLAIN = NUMBERS | strings() | st.sampled_from(["true", "false", "null"])
VALUES = st.recursive(PLAIN, lambda inner: _list(inner) | _object(inner), max_leaves=6)
OBJECTS = st.tuples(SPACES, _object(VALUES), SPACES).map("".join)
