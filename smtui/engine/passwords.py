"""Random passwords, uniformly distributed over all strings that a request allows.

If each included type must appear, whole candidates are drawn until one contains all types, which is exact. Short
passwords or tiny types would need many draws; there the type of each character is chosen by counting the remaining
strings, which is exact too.
Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from smtui.api.errors import InvalidParameterException, InvalidRequestException
from smtui.system.ambient import Ambient

DEFAULT_LENGTH = 32
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_TYPES = (
    ("ExcludeLowercase", string.ascii_lowercase),
    ("ExcludeUppercase", string.ascii_uppercase),
    ("ExcludeNumbers", string.digits),
    ("ExcludePunctuation", PUNCTUATION),
)
# From this length on most draws contain every type, unless a type is tiny; shorter passwords are counted.
_COUNTED_LENGTH = 64


def generate(request: Mapping[str, Any], ambient: Ambient) -> str:
    """A password for a GetRandomPassword request. Raises InvalidParameterException or InvalidRequestException."""
    types, free = list_included_types(request)
    length = request.get("PasswordLength", DEFAULT_LENGTH)
    if not request.get("RequireEachIncludedType", True):
        return ambient.pick_characters("".join([*types, free]), length)
    if length < len(types):
        raise InvalidParameterException(
            f"The password length {length} is too short to contain one character of each of the "
            f"{len(types)} included types."
        )
    if length < _COUNTED_LENGTH:
        return _generate_by_counting(types, free, length, ambient)
    return _generate_by_drawing(types, free, length, ambient)


def list_included_types(request: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
    """The allowed characters of each type, and those that are allowed but belong to none: the space.

    Raises InvalidRequestException if nothing is left.
    """
    excluded = set(request.get("ExcludeCharacters", ""))
    left = ["".join(c for c in alphabet if c not in excluded) for word, alphabet in _TYPES if not request.get(word)]
    types = tuple(alphabet for alphabet in left if alphabet)
    free = " " if request.get("IncludeSpace") and " " not in excluded else ""
    if not types and not free:
        raise InvalidRequestException("The request excludes every character: nothing is left for a password.")
    return types, free


def count_strings(sizes: Sequence[int], length: int, *, free: int = 0) -> int:
    """How many strings of `length` contain at least one character of each type.

    Args:
        sizes: the number of characters of each type.
        free: the number of allowed characters that belong to no type.
    """
    return _count_completions((*sizes, free), (1 << len(sizes)) - 1, length)


@lru_cache(maxsize=65536)
def _count_completions(sizes: tuple[int, ...], missing: int, length: int) -> int:
    """How many strings of `length` contain every type whose bit is set in `missing`."""
    if missing.bit_count() > length:
        return 0
    if length == 0:
        return 1
    return sum(size * _count_completions(sizes, missing & ~(1 << number), length - 1)
               for number, size in enumerate(sizes))


def _generate_by_counting(required: tuple[str, ...], free: str, length: int, ambient: Ambient) -> str:
    types = (*required, free)
    sizes = tuple(len(alphabet) for alphabet in types)
    missing, out = (1 << len(required)) - 1, []
    for left in range(length - 1, -1, -1):
        ways = [size * _count_completions(sizes, missing & ~(1 << n), left) for n, size in enumerate(sizes)]
        point = ambient.randbelow(sum(ways))
        number = 0
        while point >= ways[number]:
            point -= ways[number]
            number += 1
        out.append(types[number][point % sizes[number]])
        missing &= ~(1 << number)
    return "".join(out)


def _generate_by_drawing(types: tuple[str, ...], free: str, length: int, ambient: Ambient) -> str:
    alphabet = "".join([*types, free])
    wanted = [set(each) for each in types]
    while True:
        candidate = ambient.pick_characters(alphabet, length)
        if all(not each.isdisjoint(candidate) for each in wanted):
            return candidate
