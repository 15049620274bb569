"""Finding secrets by words without a key: fuzzy in names first, then as a substring in descriptions and tags.

A `Ranking` finds words in a `FindIndex` and orders the matches. With 100,000 names the first letter matches most of
them, so it gives the best matches before all are known (`find_best`), and sorts only as many as are needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, compress, islice, repeat
from operator import contains
from typing import TYPE_CHECKING

from smtui.rules.fuzzy import (
    INSIDE,
    NO_MATCH,
    SCATTERED,
    START,
    WHOLE,
    Word,
    find_positions,
    score_positions,
    score_scattered,
)
from smtui.tui.secret_list.find_index import FindIndex, join_text

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

IN_TEXT = 0
"""The rating of a word that occurs in the description or the tags only."""
SCORE_BATCH = 1000
"""Matches that are scored at once, before other tasks have their turn."""
_BASE = 8
"""More than the highest rating: the ratings of several words are digits of one number."""


def is_found(words: Sequence[Word], entry: SecretListEntry) -> bool:
    """Whether an entry contains all words."""
    name = entry["Name"]
    return all(word.matches(name) or word.is_in(join_text(entry)) for word in words)


class Ranking:
    """The entries of an index that contain all words, the best match first.

    Args:
        words: the words, at least one.
        index: the index, which may grow.
        wider: a ranking of the same index, of which this one is a part if its words narrow the other's.
    """

    def __init__(self, words: Sequence[Word], index: FindIndex, wider: Ranking | None = None) -> None:
        self.words = tuple(words)
        self.scanned = 0
        self._index = index
        self._wider = wider if wider is not None and self._is_narrower_than(wider) else None
        self._candidates: bytearray | None = None
        """For each entry that the wider ranking has scanned, whether it is a match; None before the first scan."""
        self._groups: defaultdict[int, list[int]] = defaultdict(list)
        self._scores: dict[int, int] = {}

    def is_narrow(self, most: int) -> bool:
        """Whether a wider ranking leaves at most so many candidates."""
        return self._wider is not None and self._wider.match_count <= most

    @property
    def match_count(self) -> int:
        """The number of matches found so far."""
        return sum(map(len, self._groups.values()))

    def _is_narrower_than(self, other: Ranking) -> bool:
        return len(self.words) >= len(other.words) and all(
            mine.is_narrower_than(others) for mine, others in zip(self.words, other.words, strict=False))

    def scan(self, stop: int) -> None:
        """Finds the words in the entries up to index `stop`; those of the wider ranking only in its matches."""
        if self._wider is not None and self._candidates is None:
            self._candidates = bytearray(self._wider.scanned)
            for at in chain.from_iterable(self._wider._groups.values()):
                self._candidates[at] = True
            self._wider = None
        known = min(stop, len(self._candidates or ()))
        if self._candidates and self.scanned < known:
            self._add(list(compress(range(self.scanned, known), self._candidates[self.scanned:known])))
            self.scanned = known
        if self.scanned < stop:
            self._add(range(self.scanned, stop))
            self.scanned = stop

    def find_best(self, most: int) -> list[int]:
        """Returns the indexes of the first matches in order of `order`; of a single word, at most `most`.

        It finds a single word in the names that contain it consecutively, and several words in those in which each
        starts a segment. Even if it returns fewer than `most`, there may be further matches. It takes a tenth of the
        time of a scan.
        """
        return self._find_starts() if len(self.words) > 1 else list(islice(self._find_consecutive(), most))

    def _find_consecutive(self) -> Iterator[int]:
        """Yields the indexes of names with the only word: whole segments first, then starts of one, then the rest."""
        word, index = self.words[0], self._index
        found: set[int] = set()
        if next(index.find_in_names(word.folded), None) is None:
            return
        for candidates in (
            index.find_in_segments(f"{word.segment_start}/"),
            index.find_in_segments(word.segment_start),
            index.find_in_names(word.folded),
        ):
            for at in candidates:
                if at not in found and index.has_word(at, word):
                    found.add(at)
                    yield at

    def _find_starts(self) -> list[int]:
        """Returns the indexes of the names in which all words start a segment, the best match first."""
        found: Sequence[int] = range(len(self._index))
        for word in self.words:
            segments = _select(self._index.segments, found)
            found = list(compress(found, map(contains, segments, repeat(word.segment_start))))
        found = [at for at in found if all(self._index.has_word(at, word) for word in self.words)]
        best = Ranking(self.words, self._index)
        best._add(found)
        return [at for part in best.order() for at in part]

    def _add(self, candidates: Sequence[int]) -> None:
        found, codes = candidates, self._rate(self.words[0], candidates)
        for word in self.words[1:]:
            keeps = [code != NO_MATCH for code in codes]
            found, codes = list(compress(found, keeps)), list(compress(codes, keeps))
            ratings = self._rate(word, found)
            codes = [NO_MATCH if rating == NO_MATCH else code * _BASE + rating
                     for code, rating in zip(codes, ratings, strict=True)]
        groups = self._groups
        for at, code in zip(found, codes, strict=True):
            groups[code].append(at)
        groups.pop(NO_MATCH, None)

    def _rate(self, word: Word, candidates: Sequence[int]) -> list[int]:
        """Rates a word in each candidate (see `rate_match`, and `IN_TEXT`)."""
        index, folded = self._index, word.folded
        start, whole = word.segment_start, f"{word.segment_start}/"
        is_scattered = word.pattern.match if not word.is_exact and len(folded) > 1 else _is_never
        # One expression for speed: it runs for each of 100,000 names between two keys. `rate_match` says the same.
        ratings = [
            ((WHOLE if whole in segments else START) if start in segments else INSIDE) if folded in name
            else SCATTERED if is_scattered(name) else IN_TEXT if folded in text else NO_MATCH
            for name, segments, text in zip(
                _select(index.folded_names, candidates), _select(index.segments, candidates),
                _select(index.folded_texts, candidates), strict=True)
        ]
        if word.is_case_sensitive:
            return [self._rate_case(word, at, rating) for at, rating in zip(candidates, ratings, strict=True)]
        return ratings

    def _rate_case(self, word: Word, at: int, rating: int) -> int:
        """Rates a match of a word with upper-case letters again, with regard to case."""
        if rating == NO_MATCH:
            return rating
        name = self._index.names[at]
        if rating >= INSIDE and word.is_in(name):
            return rating
        if rating != IN_TEXT and word.matches(name):
            return SCATTERED
        return IN_TEXT if word.is_in(self._index.texts[at]) else NO_MATCH

    def order(self) -> Iterator[list[int]]:
        """Yields the indexes of the matches in parts, the best match first. At an empty part, other tasks may run.

        Equal matches are in order of the length of their names, then in the order of the entries.
        """
        ranks = {code: _get_rank(_decode(code, len(self.words))) for code in self._groups}
        for code in sorted(ranks, key=ranks.__getitem__, reverse=True):
            # Not in place: another thread may read the matches, for a word that narrows this one.
            found = self._groups[code] = sorted(self._groups[code], key=self._index.lengths.__getitem__)
            if SCATTERED in _decode(code, len(self.words)):
                for start in range(0, len(found), SCORE_BATCH):
                    self._score(found[start:start + SCORE_BATCH])
                    yield []
                found = sorted(found, key=self._scores.__getitem__, reverse=True)
            yield found

    def _score(self, found: Sequence[int]) -> None:
        index = self._index
        for at in found:
            if at not in self._scores:
                name, folded = index.names[at], index.folded_names[at]
                self._scores[at] = sum([
                    score_positions(name, find_positions(word, name, folded)) if word.is_exact or word.folded in folded
                    else score_scattered(word, name, folded, index.segments[at])
                    for word in self.words
                ])


def _decode(code: int, count: int) -> tuple[int, ...]:
    """Returns the ratings of each of `count` words that are digits of `code`."""
    return tuple(code // _BASE ** place % _BASE for place in reversed(range(count)))


def _get_rank(ratings: tuple[int, ...]) -> tuple[bool, bool, int, bool, tuple[int, ...]]:
    """Returns the sort key of the matches with these ratings, one for each word; more is better."""
    return IN_TEXT not in ratings, min(ratings) >= START, sum(ratings), SCATTERED not in ratings, ratings


def _is_never(name: str) -> None:
    """Matches no name."""


def _select(texts: list[str], at: Sequence[int]) -> Iterator[str] | list[str]:
    if isinstance(at, range):
        return texts[at.start:at.stop]
    return map(texts.__getitem__, at)
