"""The entropy of a password that GetRandomPassword generates."""

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
    """Computes the entropy in bits: log2 of the number of passwords that the request allows, all equally likely.

    Args:
        request: the parameters of GetRandomPassword, with PasswordLength.

    Returns:
        The entropy; 0 if the request allows no password.
    """
    excluded = set(request.get("ExcludeCharacters", ""))
    left = [set(alphabet) - excluded for name, alphabet in TYPES.items() if not request.get(name)]
    free = len({" "} - excluded) if request.get("IncludeSpace") else 0
    allowed = _count_passwords(
        [len(alphabet) for alphabet in left if alphabet], free, request["PasswordLength"],
        request.get("RequireEachIncludedType", True),
    )
    return math.log2(allowed) if allowed else 0.0


def _count_passwords(sizes: list[int], free: int, length: int, each: bool) -> int:
    """Counts the passwords by inclusion and exclusion over the types that are missing.

    Args:
        sizes: the number of allowed characters of each included type that has any.
        free: the number of allowed characters that belong to no type.
        length: the length of the password.
        each: whether the password must contain every type.
    """
    every = sum(sizes) + free
    most_missing = len(sizes) if each else 0
    return sum(
        (-1) ** count * (every - sum(missing)) ** length
        for count in range(most_missing + 1)
        for missing in combinations(sizes, count)
    )
