"""Suggestions for misspelt names of actions, condition keys, operators and elements."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

CUTOFF = 0.8
"""How similar a name must be, from 0 to 1."""


def suggest_name(name: str, known: Iterable[str]) -> str:
    """Returns `` (did you mean NAME?)`` for a misspelt name, or an empty text if no known name is similar."""
    by_lower_case = {each.lower(): each for each in known}
    found = get_close_matches(name.lower(), by_lower_case, n=1, cutoff=CUTOFF)
    return f" (did you mean {by_lower_case[found[0]]}?)" if found else ""
