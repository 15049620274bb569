"""What a person types into the filter, read into the filters of ListSecrets.

    prod db                 every word is looked for everywhere (Key=all), and all must be found
    name:prod/              a key of AWS's: name, description, tag-key, tag-value, primary-region, owning-service, all
    tag:team=pay            a tag by key and value; tag:team by key alone
    !name:tmp               without those
    description:"two words" quotes keep spaces
    deleted:only            those whose deletion is planned; AWS has no such filter, so the answer is sifted here

Nothing that is typed is an error: what cannot be asked is left out, and `left_out` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from smtui.api.types import Filter

Key = Literal["name", "description", "tag-key", "tag-value", "primary-region", "owning-service", "all"]

KEYS = frozenset({"name", "description", "tag-key", "tag-value", "primary-region", "owning-service", "all"})
MOST_FILTERS = 10
ALLOWED = re.compile(r"!?[a-zA-Z0-9 :_@/+=.\-!]{0,511}")
_WORD = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
_PARTS = re.compile(r"(!?)(?:([a-z-]+):)?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Search:
    """`filters` are ready for a request; `left_out` are sentences about what is not in them."""

    filters: tuple[Filter, ...] = ()
    only_planned: bool = False
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Condition:
    """One word of the filter, taken apart."""

    word: str
    negated: bool
    key: str
    value: str


class _CannotAskError(Exception):
    """The sentence that says why a word is left out."""


def read(text: str) -> Search:
    filters: list[Filter] = []
    left_out: list[str] = []
    only_planned = False
    for condition in _conditions(text):
        try:
            if condition.key == "deleted":
                only_planned = _reads_only(condition) or only_planned
            else:
                filters += _filters(condition, room=MOST_FILTERS - len(filters))
        except _CannotAskError as reason:
            left_out.append(str(reason))
    return Search(tuple(filters), only_planned, tuple(left_out))


def _conditions(text: str) -> Iterator[_Condition]:
    """The words; one that is still being typed (`name:`, `!`) says nothing yet."""
    for word in _WORD.findall(text):
        parts = _PARTS.fullmatch(word)
        assert parts
        negation, key, value = parts.groups()
        if key is not None and key not in KEYS | {"tag", "deleted"}:
            key, value = None, f"{key}:{value}"
        if value := value.replace('"', ""):
            yield _Condition(word, bool(negation), key or "all", value)


def _reads_only(condition: _Condition) -> bool:
    if condition.negated or condition.value != "only":
        raise _CannotAskError(f"{condition.word} is left out: it is deleted:only.")
    return True


def _filters(condition: _Condition, room: int) -> list[Filter]:
    """The filters that ask for it; raises where AWS would refuse them."""
    pairs = list(_pairs(condition))
    if len(pairs) > room:
        raise _CannotAskError(f"{condition.word} is left out: a list takes {MOST_FILTERS} filters.")
    if not all(ALLOWED.fullmatch(value) for _, value in pairs):
        raise _CannotAskError(f"{condition.word} is left out: filters know letters, digits and :_@/+=.-! only.")
    return [{"Key": cast("Key", key), "Values": [value]} for key, value in pairs]


def _pairs(condition: _Condition) -> Iterator[tuple[str, str]]:
    sign = "!" if condition.negated else ""
    if condition.key != "tag":
        yield condition.key, sign + condition.value
        return
    key, _, value = condition.value.partition("=")
    if condition.negated and key and value:
        raise _CannotAskError(f"{condition.word} is left out: try !tag-key:{key} or !tag-value:{value}.")
    if key:
        yield "tag-key", sign + key
    if value:
        yield "tag-value", sign + value
