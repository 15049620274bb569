"""Suggestions for the filter line: keys of the filter, and names, labels and tags of listed secrets.

Suggested values contain only characters that AWS allows in a filter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from smtui.text.sanitize import SafeText
from smtui.tui.secret_list import entry_state
from smtui.tui.secret_list.filter_text import ALLOWED_VALUE, AWS_KEYS, get_last_word
from smtui.tui.secret_list.local_filters import LOCAL_FILTERS

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

MAX_SUGGESTIONS = 12
MAX_LEARNED = 2000


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word that replaces the last word of the text, and a description of what it finds."""

    word: SafeText
    description: str = ""


class Vocabulary:
    """The names, labels, tags, Regions and services of listed secrets, as values for suggestions."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, None]] = {
            "name": {}, "stage": {}, "tag": {}, "tag-key": {}, "tag-value": {}, "primary-region": {},
            "owning-service": {},
        }  # fmt: skip
        self._sorted: dict[str, list[str]] = {}
        self._last_result: tuple[str, list[Suggestion]] | None = None

    def learn(self, entries: Iterable[SecretListEntry]) -> None:
        """Adds the values in `entries`, up to about `MAX_LEARNED` of each kind."""
        before = self._count()
        self._add_all(entries)
        if self._count() != before:
            self._sorted, self._last_result = {}, None

    def suggest(self, text: str) -> list[Suggestion]:
        """Returns suggestions for the last word of `text`. The last result is cached until `learn` adds a value."""
        if self._last_result is None or self._last_result[0] != text:
            self._last_result = text, _make_suggestions(text, self)
        return self._last_result[1]

    def _count(self) -> int:
        return sum(map(len, self._known.values()))

    def _add_all(self, entries: Iterable[SecretListEntry]) -> None:
        known_tags = self._known["tag"]
        for entry in entries:
            if len(self._known["name"]) < MAX_LEARNED:
                self._add("name", accumulate(_split_name(entry["Name"])))
            self._add("stage", entry_state.list_labels(entry))
            self._add("primary-region", [entry.get("PrimaryRegion", "")])
            self._add("owning-service", [entry.get("OwningService", "")])
            for tag in entry.get("Tags", ()):
                key, value = tag["Key"], tag.get("Value", "")
                if f"{key}={value}" in known_tags:
                    continue
                self._add("tag", [f"{key}=", f"{key}={value}"])
                self._add("tag-key", [key])
                self._add("tag-value", [value])

    def _add(self, kind: str, values: Iterable[str]) -> None:
        known = self._known[kind]
        if len(known) < MAX_LEARNED:
            known.update((value, None) for value in values if value)

    def list_values(self, key: str) -> Iterator[str]:
        """Yields the values for a filter key: learned values, shortest first, then the declared ones."""
        if key not in self._sorted:
            self._sorted[key] = sorted(self._known.get(key, ()), key=lambda value: (len(value), value))
        yield from dict.fromkeys((*self._sorted[key], *(LOCAL_FILTERS[key].values if key in LOCAL_FILTERS else ())))


def list_suggestions(text: str, vocabulary: Vocabulary) -> list[Suggestion]:
    """Lists suggestions for the last word of `text`, at most `MAX_SUGGESTIONS`; without a word, these are keys."""
    return vocabulary.suggest(text)


def _make_suggestions(text: str, vocabulary: Vocabulary) -> list[Suggestion]:
    word = get_last_word(text)
    sign, start = ("!", word[1:]) if word.startswith("!") else ("", word)
    key, colon, value = start.partition(":")
    found = _suggest_values(key, value, vocabulary) if colon else _suggest_keys(start)
    return [Suggestion(SafeText(sign + each.word), each.description) for each in islice(found, MAX_SUGGESTIONS)]


def complete_text(text: str, suggestion: Suggestion) -> str:
    """Replaces the last word of `text` by a suggestion. A space follows, unless the suggestion is incomplete."""
    word = suggestion.word
    end = "" if word.endswith((":", "/", "=")) else " "
    return text[:len(text) - len(get_last_word(text))] + word + end


def _suggest_keys(start: str) -> Iterator[Suggestion]:
    declared = {**AWS_KEYS, **{own.key: own.description for own in LOCAL_FILTERS.values()}}
    for key, words in declared.items():
        if key.startswith(start):
            yield Suggestion(SafeText(f"{key}:"), words)


def _suggest_values(key: str, start: str, vocabulary: Vocabulary) -> Iterator[Suggestion]:
    words = LOCAL_FILTERS[key].description if key in LOCAL_FILTERS else AWS_KEYS.get(key, "")
    before, comma, part = start.rpartition(",")
    for value in vocabulary.list_values(key):
        if value.startswith(part.replace('"', "")) and value != part and ALLOWED_VALUE.fullmatch(value):
            whole = before + comma + value
            yield Suggestion(SafeText(f'{key}:"{whole}"' if " " in whole else f"{key}:{whole}"), words)


def _split_name(name: str) -> list[str]:
    """Splits `a/b/c` into `a/`, `b/` and `c`, so that the user can complete a name step by step."""
    return [step for step in name.replace("/", "/\0").split("\0") if step]
