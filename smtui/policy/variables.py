"""`${key}` in values and resources, as the newer version of the language has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from smtui.policy import wildcards
from smtui.policy.keys import canonical
from smtui.policy.wildcards import Pattern

Context = Mapping[str, str | list[str]]
"""Condition keys in lower case, with what the request has for them. A key that is absent is not in it."""
_VARIABLE = re.compile(r"\$\{(?P<spelled>\$|[^{}$,']*)(?:,\s*'(?P<default>[^']*)'\s*)?\}")
SPECIAL = {"*", "?", "$"}


def keys_in(text: str) -> list[str]:
    """The keys of its variables, by their canonical names."""
    return [canonical(key) for found in _VARIABLE.finditer(text) if (key := _key(found)) not in SPECIAL]


def _key(found: re.Match[str]) -> str:
    return found["spelled"].strip()


def spelled_in(text: str) -> dict[str, str]:
    """The same as they are spelled."""
    return {canonical(key): key for found in _VARIABLE.finditer(text) if (key := _key(found)) not in SPECIAL}


def widened(text: str, keys: Iterable[str]) -> str:
    """The text with a star for each variable of these keys."""
    return _VARIABLE.sub(lambda found: "*" if canonical(_key(found)) in keys else found[0], text)


def around(text: str, key: str) -> tuple[str, str]:
    """What stands before and behind the first variable of this key, with stars for all others."""
    found = next(found for found in _VARIABLE.finditer(text) if canonical(_key(found)) == key)
    before, behind = text[: found.start()], text[found.end() :]
    return widened(before, keys_in(before)), widened(behind, keys_in(behind))


def pattern(text: str, context: Context, *, variables: bool, like: bool) -> Pattern | None:
    """What a value of a policy stands for in a request; None where a variable in it stands for nothing.

    `like` says whether stars and question marks stand for other characters.
    """
    plain = wildcards.pattern if like else wildcards.literal
    if not variables or "${" not in text:
        return plain(text)
    parts: list[str] = []
    at = 0
    for found in _VARIABLE.finditer(text):
        key = _key(found)
        value = key if key in SPECIAL else context.get(canonical(key), found["default"])
        if not isinstance(value, str):
            return None
        parts += [*plain(text[at : found.start()]), *wildcards.literal(value)]
        at = found.end()
    return (*parts, *plain(text[at:]))
