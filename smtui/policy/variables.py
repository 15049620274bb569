"""Policy variables, `${key}` in values and resources, which version 2012-10-17 of the language has.

Source: "IAM policy elements: Variables and tags".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from smtui.policy import wildcards
from smtui.policy.keys import canonicalize_key
from smtui.policy.wildcards import Pattern

Context = Mapping[str, str | list[str]]
"""The values of a request by condition key in lower case; absent keys are left out."""
_VARIABLE = re.compile(r"\$\{(?P<key>\$|[^{}$,']*)(?:,\s*'(?P<default>[^']*)'\s*)?\}")
SPECIAL = {"*", "?", "$"}


def find_keys(text: str) -> list[str]:
    """Returns the canonical condition keys of the variables in a text."""
    return [canonicalize_key(key) for found in _VARIABLE.finditer(text) if (key := _get_key(found)) not in SPECIAL]


def _get_key(found: re.Match[str]) -> str:
    return found["key"].strip()


def find_spellings(text: str) -> dict[str, str]:
    """Returns the condition keys of the variables as the text writes them, by their canonical names."""
    return {canonicalize_key(key): key for found in _VARIABLE.finditer(text) if (key := _get_key(found)) not in SPECIAL}


def replace_with_stars(text: str, keys: Iterable[str]) -> str:
    """Replaces each variable of these keys by a star."""
    return _VARIABLE.sub(lambda found: "*" if canonicalize_key(_get_key(found)) in keys else found[0], text)


def split_around(text: str, key: str) -> tuple[str, str]:
    """Returns the texts before and behind the first variable of a key, with stars for other variables."""
    found = next(found for found in _VARIABLE.finditer(text) if canonicalize_key(_get_key(found)) == key)
    before, behind = text[: found.start()], text[found.end() :]
    return replace_with_stars(before, find_keys(before)), replace_with_stars(behind, find_keys(behind))


def resolve_pattern(text: str, context: Context, *, variables: bool, like: bool) -> Pattern | None:
    """Returns the pattern of a value with its variables replaced, or None if one of them has no value.

    Args:
        variables: whether `${...}` is a policy variable.
        like: whether `*` and `?` are wildcards.
    """
    plain = wildcards.parse_pattern if like else wildcards.make_literal
    if not variables or "${" not in text:
        return plain(text)
    parts: list[str] = []
    at = 0
    for found in _VARIABLE.finditer(text):
        key = _get_key(found)
        value = key if key in SPECIAL else context.get(canonicalize_key(key), found["default"])
        if not isinstance(value, str):
            return None
        parts += [*plain(text[at : found.start()]), *wildcards.make_literal(value)]
        at = found.end()
    return (*parts, *plain(text[at:]))
