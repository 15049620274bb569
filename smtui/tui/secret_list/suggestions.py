"""What could be typed next into the filter: its keys, and the tags, labels and names that have been seen.

Only what a filter can be asked for is suggested, so nothing else that stands in a secret ever gets into the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from smtui.text.sanitize import SafeText
from smtui.tui.secret_list import rows
from smtui.tui.secret_list.filter_text import ALLOWED, AWS_KEYS, last_word
from smtui.tui.secret_list.local_filters import OWN

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

MOST = 12
MOST_LEARNED = 2000


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`word` takes the place of the one that is being typed; `words` say what it finds."""

    word: SafeText
    words: str = ""


class Vocabulary:
    """What stands in the secrets that were listed: so much of it as one could want to type."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, None]] = {
            "name": {}, "stage": {}, "tag": {}, "tag-key": {}, "tag-value": {}, "primary-region": {},
            "owning-service": {},
        }  # fmt: skip
        self._sorted: dict[str, list[str]] = {}
        self._newest: tuple[str, list[Suggestion]] | None = None

    def learn(self, entries: Iterable[SecretListEntry]) -> None:
        """Adds what stands in `entries`."""
        before = self._count()
        self._add_all(entries)
        if self._count() != before:
            self._sorted, self._newest = {}, None

    def suggestions_for(self, text: str) -> list[Suggestion]:
        """What could come next behind `text`. Worked out once for a text, until something new is learned."""
        if self._newest is None or self._newest[0] != text:
            self._newest = text, _suggest(text, self)
        return self._newest[1]

    def _count(self) -> int:
        return sum(map(len, self._known.values()))

    def _add_all(self, entries: Iterable[SecretListEntry]) -> None:
        for entry in entries:
            self._add("name", accumulate(_steps(entry["Name"])))
            self._add("stage", rows.labels(entry))
            self._add("primary-region", [entry.get("PrimaryRegion", "")])
            self._add("owning-service", [entry.get("OwningService", "")])
            for tag in entry.get("Tags", ()):
                key, value = tag["Key"], tag.get("Value", "")
                self._add("tag", [f"{key}=", f"{key}={value}"])
                self._add("tag-key", [key])
                self._add("tag-value", [value])

    def _add(self, kind: str, values: Iterable[str]) -> None:
        known = self._known[kind]
        if len(known) < MOST_LEARNED:
            known.update((value, None) for value in values if value)

    def values(self, key: str) -> Iterator[str]:
        """Of a key of the filter: those that were seen, then those it is declared with."""
        if key not in self._sorted:
            self._sorted[key] = sorted(self._known.get(key, ()), key=lambda value: (len(value), value))
        yield from dict.fromkeys((*self._sorted[key], *(OWN[key].values if key in OWN else ())))


def suggestions(text: str, vocabulary: Vocabulary) -> list[Suggestion]:
    """For the word at the end of `text`, the likeliest first; every key, where nothing is typed yet."""
    return vocabulary.suggestions_for(text)


def _suggest(text: str, vocabulary: Vocabulary) -> list[Suggestion]:
    word = last_word(text)
    sign, start = ("!", word[1:]) if word.startswith("!") else ("", word)
    key, colon, value = start.partition(":")
    found = _values(key, value, vocabulary) if colon else _keys(start)
    return [Suggestion(SafeText(sign + each.word), each.words) for each in islice(found, MOST)]


def completed(text: str, suggestion: Suggestion) -> str:
    """`text` with the suggestion for its last word; a key and a beginning of a name are gone on from."""
    word = suggestion.word
    end = "" if word.endswith((":", "/", "=")) else " "
    return text[:len(text) - len(last_word(text))] + word + end


def _keys(start: str) -> Iterator[Suggestion]:
    declared = {**AWS_KEYS, **{own.key: own.words for own in OWN.values()}}
    for key, words in declared.items():
        if key.startswith(start):
            yield Suggestion(SafeText(f"{key}:"), words)


def _values(key: str, start: str, vocabulary: Vocabulary) -> Iterator[Suggestion]:
    words = OWN[key].words if key in OWN else AWS_KEYS.get(key, "")
    before, comma, part = start.rpartition(",")
    for value in vocabulary.values(key):
        if value.startswith(part.replace('"', "")) and value != part and ALLOWED.fullmatch(value):
            whole = before + comma + value
            yield Suggestion(SafeText(f'{key}:"{whole}"' if " " in whole else f"{key}:{whole}"), words)


def _steps(name: str) -> list[str]:
    """`a/b/c` as `a/`, `b/`, `c`: one can complete a name step by step."""
    return [step for step in name.replace("/", "/\0").split("\0") if step]
