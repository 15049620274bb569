"""The texts of entries, in which words are found.

Names of equal length are joined to one string, in which `str.find` finds a word: the shortest names come first, as in
the order of the best match, without a look at each name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from smtui.rules.fuzzy import Word, fold_case, mark_segments
from smtui.tui.secret_list.entry_state import list_tags

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry


def join_text(entry: SecretListEntry) -> str:
    """Returns what is searched beside the name: the description and the tags, one a line."""
    return "\n".join([entry.get("Description", ""), *list_tags(entry)])


class FindIndex:
    """The texts of entries, in which words are found; lists with one item for each entry."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.texts: list[str] = []
        self.folded_names: list[str] = []
        self.folded_texts: list[str] = []
        self.segments: list[str] = []
        self.lengths: list[int] = []
        self._by_length: dict[int, _EqualLength] = {}

    def __len__(self) -> int:
        return len(self.names)

    def add(self, entries: Sequence[SecretListEntry]) -> None:
        """Appends entries."""
        for entry in entries:
            name, text = entry["Name"], join_text(entry)
            folded_name, folded_text = fold_case(name), fold_case(text)
            length = len(name)
            self._by_length.setdefault(length, _EqualLength()).places.append(len(self.names))
            self.names.append(name)
            self.texts.append(text)
            self.folded_names.append(name if folded_name == name else folded_name)
            self.folded_texts.append(text if folded_text == text else folded_text)
            self.segments.append(mark_segments(folded_name))
            self.lengths.append(length)

    def join_names(self) -> None:
        """Joins the names, so that the first word need not wait for it."""
        for each in self._by_length.values():
            each.join(self.segments, self.folded_names)

    def find_in_segments(self, sought: str) -> Iterator[int]:
        """Yields the indexes of entries in whose segments (see `mark_segments`) a text occurs, shortest names first."""
        for length in sorted(self._by_length):
            yield from self._by_length[length].find_in_segments(sought, self.segments)

    def find_in_names(self, sought: str) -> Iterator[int]:
        """Yields the indexes of entries in whose names, after `fold_case`, a text occurs, shortest names first."""
        for length in sorted(self._by_length):
            yield from self._by_length[length].find_in_names(sought, self.folded_names)

    def has_word(self, at: int, word: Word) -> bool:
        """Whether the name of the entry at an index contains the characters of a word consecutively, in its case."""
        if word.is_case_sensitive:
            return word.text in self.names[at]
        return word.folded in self.folded_names[at]


class _EqualLength:
    """The entries whose names have one length, and their joined texts, with a separator behind each."""

    def __init__(self) -> None:
        self.places: list[int] = []
        """The indexes of the entries, ascending."""
        self._segments: tuple[int, str] = (0, "")
        self._names: tuple[int, str] = (0, "")
        """How many texts are joined, and the joined texts."""

    def join(self, segments: list[str], names: list[str]) -> None:
        self._segments, self._names = self._join(self._segments, segments), self._join(self._names, names)

    def find_in_segments(self, sought: str, texts: list[str]) -> Iterator[int]:
        self._segments = self._join(self._segments, texts)
        return self._find(sought, self._segments[1])

    def find_in_names(self, sought: str, texts: list[str]) -> Iterator[int]:
        self._names = self._join(self._names, texts)
        return self._find(sought, self._names[1])

    def _join(self, joined: tuple[int, str], texts: list[str]) -> tuple[int, str]:
        if joined[0] == len(self.places):
            return joined
        return len(self.places), "\n".join(map(texts.__getitem__, self.places)) + "\n"

    def _find(self, sought: str, joined: str) -> Iterator[int]:
        stride = len(joined) // len(self.places)
        at = joined.find(sought)
        while at >= 0:
            number = at // stride
            yield self.places[number]
            at = joined.find(sought, (number + 1) * stride)
