"""The parser of the list's filter: it makes filters of ListSecrets, and predicates that run locally on the response.

The parser never raises. It ignores a word that it cannot use and gives the reason in `ignored`.

Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, cast

from smtui.api.limits import MAX_FILTER_VALUES, MAX_FILTERS
from smtui.rules.fuzzy import Word
from smtui.tui.secret_list.local_filters import LOCAL_FILTERS, FilterValueError, Predicate

if TYPE_CHECKING:
    from smtui.api.types import Filter

FilterKey = Literal["name", "description", "tag-key", "tag-value", "primary-region", "owning-service", "all"]

AWS_KEYS = {
    "name": "names starting with (case-sensitive)",
    "description": "words in descriptions",
    "tag": "tag key, or key=value",
    "tag-key": "tag keys starting with",
    "tag-value": "tag values starting with",
    "primary-region": "Region of the primary secret",
    "owning-service": "AWS service that manages the secret",
    "all": "words starting with, in names, descriptions and tags",
}
"""The filter keys of AWS with descriptions, and `tag`, which combines `tag-key` and `tag-value`."""
GENERAL_SYNTAX = (
    (["paydb"], "fuzzy: these characters in order in the name; or this text in description or tags"),
    (["prod db"], "both words; best match first"),
    (["DB"], "case-sensitive because of the capitals"),
    (['"prod/db"'], "exact text"),
    (["!tmp"], "negation: no word starting with, like !all:tmp"),
    (["name:prod/,dev/"], "any of several"),
    (["!name:tmp"], "negation"),
    (['description:"two words"'], "quoted phrase"),
)
KEYS = AWS_KEYS.keys() | LOCAL_FILTERS.keys()
ALLOWED_VALUE = re.compile(r"!?[a-zA-Z0-9 :_@/+=.\-!]{0,511}")
_WORD = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
_PARTS = re.compile(r"(!?)(?:([a-z-]+):)?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ParsedFilter:
    """A parsed filter.

    Args:
        words: the words to find, which have no key.
        filters: the `Filters` of a ListSecrets request.
        predicates: local tests, all of which an entry must pass.
        includes_planned: whether the request must include secrets with a planned deletion.
        ignored: sentences about words that the filter cannot use.
        hints: sentences about words that are incomplete or have an unknown key.
    """

    words: tuple[Word, ...] = ()
    filters: tuple[Filter, ...] = ()
    predicates: tuple[Predicate, ...] = ()
    includes_planned: bool = False
    ignored: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Condition:
    """One word of the filter, split into its parts; `key` may be empty, `value` has no quotation marks."""

    word: str
    negated: bool
    key: str
    value: str


class _IgnoredWordError(Exception):
    """A word cannot be used. The message is a sentence for the user."""


def parse_filter(text: str, *, finds_words: bool = True) -> ParsedFilter:
    """Parses the text of the filter. Words are separated by spaces, and all of them must match.

    Args:
        finds_words: whether words without a key are words to find. If not, they become filters with the key `all`.
    """
    words: list[Word] = []
    filters: list[Filter] = []
    predicates: list[Predicate] = []
    ignored: list[str] = []
    planned = False
    for condition in _list_conditions(text):
        try:
            if finds_words and not condition.key and not condition.negated:
                words.append(Word(condition.value, is_exact='"' in condition.word))
            elif condition.key in LOCAL_FILTERS:
                predicates += _make_predicates(condition)
                planned = planned or (LOCAL_FILTERS[condition.key].includes_planned and not condition.negated)
            else:
                filters += _make_filters(condition, room=MAX_FILTERS - len(filters))
        except _IgnoredWordError as reason:
            ignored.append(str(reason))
    return ParsedFilter(
        tuple(words), tuple(filters), tuple(predicates), planned, tuple(ignored), tuple(_list_hints(text)))


def get_last_word(text: str) -> str:
    """Returns the last word of `text`; empty if `text` ends with a space."""
    words = [found.group() for found in _WORD.finditer(text)]
    return words[-1] if words and text.endswith(words[-1]) else ""


def _list_hints(text: str) -> Iterator[str]:
    """Yields hints about words with an open quotation mark, without a value, or with an unknown key."""
    for word in _WORD.findall(text):
        parts = _PARTS.fullmatch(word)
        assert parts
        negation, key, value = parts.groups()
        if word.count('"') % 2:
            yield f"{word} has no closing quotation mark: everything after it belongs to this word."
        elif key in KEYS and not value.replace('"', ""):
            yield f"{word} is incomplete: {_describe_value(key)}."
        elif key is not None and key not in KEYS and not value.startswith("//") and key != "arn":
            yield describe_unknown_key(key, word, KEYS)
        elif key is None and negation and not value.replace('"', ""):
            yield "! is incomplete: add what to exclude, as in !tmp or !name:tmp."


def describe_unknown_key(key: str, word: str, known: Collection[str]) -> str:
    """Describes the unknown key of a word such as `foo:bar`, and suggests one of the `known` keys."""
    near = get_close_matches(key, known, n=1)
    guess = f" Did you mean {near[0]}:?" if near else f" Keys are {', '.join(sorted(known))}."
    return f"{key}: is not a filter key, so {word} is searched for as text.{guess}"


def _describe_value(key: str) -> str:
    if key in LOCAL_FILTERS:
        return f"add a value, such as {' or '.join(LOCAL_FILTERS[key].values)}"
    return f"add a value ({AWS_KEYS[key]})"


def _list_conditions(text: str) -> Iterator[_Condition]:
    """Yields the words of `text` that have a value. It skips incomplete words such as `name:` and `!`."""
    for word in _WORD.findall(text):
        parts = _PARTS.fullmatch(word)
        assert parts
        negation, key, value = parts.groups()
        if key is not None and key not in KEYS:
            key, value = None, f"{key}:{value}"
        if value := value.replace('"', ""):
            yield _Condition(word, bool(negation), key or "", value)


def _make_predicates(condition: _Condition) -> list[Predicate]:
    try:
        keeps = LOCAL_FILTERS[condition.key].parse(condition.value)
    except FilterValueError as wanted:
        raise _IgnoredWordError(f"{condition.word} is ignored: {condition.key} needs {wanted}.") from None
    if keeps is None:
        return []
    return [(lambda entry, now: not keeps(entry, now)) if condition.negated else keeps]


def _make_filters(condition: _Condition, room: int) -> list[Filter]:
    """Makes the ListSecrets filters of a word.

    Args:
        room: how many more filters the request may have.

    Raises:
        _IgnoredWordError: AWS would refuse the filters.
    """
    asked = list(_list_filters(condition))
    if len(asked) > room:
        raise _IgnoredWordError(f"{condition.word} is ignored: at most {MAX_FILTERS} filters.")
    if any(len(values) > MAX_FILTER_VALUES for _, values in asked):
        raise _IgnoredWordError(f"{condition.word} is ignored: at most {MAX_FILTER_VALUES} values per filter.")
    if not all(ALLOWED_VALUE.fullmatch(value) for _, values in asked for value in values):
        raise _IgnoredWordError(f"{condition.word} is ignored: only letters, digits and :_@/+=.-! are allowed.")
    return [{"Key": cast("FilterKey", key), "Values": values} for key, values in asked]


def _list_filters(condition: _Condition) -> Iterator[tuple[str, list[str]]]:
    """Yields key and values of each filter of a word.

    A negated word becomes one filter per value, because all filters must match, but only one value of a filter.
    """
    for key, value in _list_pairs(condition):
        values = [each for each in value.split(",") if each]
        if condition.negated:
            yield from ((key, [f"!{each}"]) for each in values)
        elif values:
            yield key, values


def _list_pairs(condition: _Condition) -> Iterator[tuple[str, str]]:
    if condition.key != "tag":
        yield condition.key or "all", condition.value
        return
    key, _, value = condition.value.partition("=")
    if condition.negated and key and value:
        raise _IgnoredWordError(f"{condition.word} is ignored: try !tag-key:{key} or !tag-value:{value}.")
    if key:
        yield "tag-key", key
    if value:
        yield "tag-value", value


def list_grammar() -> Iterator[tuple[list[str], str]]:
    """Yields all forms of filter words with a description of what they find."""
    yield from GENERAL_SYNTAX
    yield from (([f"{key}:"], words) for key, words in AWS_KEYS.items())
    yield from (([f"{own.key}:{value}" for value in own.values], own.description) for own in LOCAL_FILTERS.values())


def format_filter_table() -> str:
    """Formats the grammar as a Markdown table for `docs/`."""
    rows = [f"| {' '.join(f'`{word}`' for word in words)} | {finds} |" for words, finds in list_grammar()]
    return "\n".join(["| word | finds |", "| --- | --- |", *rows]) + "\n"
