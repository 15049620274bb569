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
        self._by_length: dict[int, list[int]] = {}
        """The indexes of the entries, ascending, by the length of their names."""
        self._joined_names = _JoinedTexts(self.folded_names, self._by_length)
        self._joined_segments = _JoinedTexts(self.segments, self._by_length)

    def __len__(self) -> int:
        return len(self.names)

    def add(self, entries: Sequence[SecretListEntry]) -> None:
        """Appends entries."""
        for entry in entries:
            name, text = entry["Name"], join_text(entry)
            folded_name, folded_text = fold_case(name), fold_case(text)
            length = len(name)
            self._by_length.setdefault(length, []).append(len(self.names))
            self.names.append(name)
            self.texts.append(text)
            self.folded_names.append(name if folded_name == name else folded_name)
            self.folded_texts.append(text if folded_text == text else folded_text)
            self.segments.append(mark_segments(folded_name))
            self.lengths.append(length)

    def join_names(self) -> None:
        """Joins the names, so that the first word need not wait for it."""
        self._joined_names.join()
        self._joined_segments.join()

    def find_in_segments(self, sought: str) -> Iterator[int]:
        """Yields the indexes of entries in whose segments (see `mark_segments`) a text occurs, shortest names first."""
        return self._joined_segments.find(sought)

    def find_in_names(self, sought: str) -> Iterator[int]:
        """Yields the indexes of entries in whose names, after `fold_case`, a text occurs, shortest names first."""
        return self._joined_names.find(sought)

    def has_word(self, at: int, word: Word) -> bool:
        """Whether the name of the entry at an index contains the characters of a word consecutively, in its case."""
        if word.is_case_sensitive:
            return word.text in self.names[at]
        return word.folded in self.folded_names[at]


class _JoinedTexts:
    """Texts, joined to one string for each length of the names they belong to, with a separator behind each.

    Args:
        texts: one for each entry; more may be appended. Those of names with equal length have equal length.
        by_length: the indexes of the entries, by the length of their names.
    """

    def __init__(self, texts: list[str], by_length: dict[int, list[int]]) -> None:
        self._texts = texts
        self._by_length = by_length
        self._joined: dict[int, str] = {}

    def join(self) -> None:
        """Joins the texts that were appended since."""
        for length in self._by_length:
            self._join(length)

    def find(self, sought: str) -> Iterator[int]:
        """Yields the indexes of the entries in whose texts `sought` occurs, shortest names first."""
        for length, places in sorted(self._by_length.items()):
            joined = self._join(length)
            stride = len(joined) // len(places)
            at = joined.find(sought)
            while at >= 0:
                number = at // stride
                yield places[number]
                at = joined.find(sought, (number + 1) * stride)

    def _join(self, length: int) -> str:
        """Returns the joined texts of the names with this length."""
        places, joined = self._by_length[length], self._joined.get(length, "")
        if len(joined) < len(places) * (len(self._texts[places[0]]) + 1):
            joined = self._joined[length] = "\n".join(map(self._texts.__getitem__, places)) + "\n"
        return joined
