"""How much chance is in a password that GetRandomPassword makes."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping
from itertools import combinations
from typing import Any

PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
TYPES = {
    "ExcludeLowercase": string.ascii_lowercase,
    "ExcludeUppercase": string.ascii_uppercase,
    "ExcludeNumbers": string.digits,
    "ExcludePunctuation": PUNCTUATION,
}


def compute_bits(request: Mapping[str, Any]) -> float:
    """log2 of how many passwords the request allows, all of them equally likely; 0 where it allows none."""
    allowed = _count_passwords(
        _count_characters(request), request["PasswordLength"], request.get("RequireEachIncludedType", True)
    )
    return math.log2(allowed) if allowed else 0.0


def _count_characters(request: Mapping[str, Any]) -> list[int]:
    """How many characters of each included type are left."""
    alphabets = [set(alphabet) for name, alphabet in TYPES.items() if not request.get(name)]
    if request.get("IncludeSpace"):
        alphabets.append({" "})
    left = [alphabet - set(request.get("ExcludeCharacters", "")) for alphabet in alphabets]
    return [len(alphabet) for alphabet in left if alphabet]


def _count_passwords(sizes: list[int], length: int, each: bool) -> int:
    """All strings, less those that lack a type, plus those that lack two, and so on."""
    every = sum(sizes)
    most_missing = len(sizes) if each else 0
    return sum(
        (-1) ** count * (every - sum(missing)) ** length
        for count in range(most_missing + 1)
        for missing in combinations(sizes, count)
    )
