"""Fuzzy matching as in fzf and k9s: the characters of a word in order, with others between them.

Matching ignores case unless the word has an upper-case letter (smart case). `rate_match` and `score_positions` give the
rank of a match: a word that stands by itself before one that starts a path segment, then one inside of a segment, then
scattered characters, of which those that are consecutive or start a segment count most.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

SEPARATORS = "/_-.+=@:, \t\n"
"""The characters that separate the segments and words of a name."""
_TO_SLASH = str.maketrans(dict.fromkeys(SEPARATORS, "/"))

NO_MATCH = -1
SCATTERED = 1
"""The characters occur in order, but not all of them consecutively."""
INSIDE = 2
"""The word occurs inside of a segment."""
START = 3
"""The word is the start of a segment."""
WHOLE = 4
"""The word is one or more whole segments."""

_CONSECUTIVE, _AT_START, _AT_CAPITAL = 8, 10, 7


def fold_case(text: str) -> str:
    """Returns the text in lower case with the same number of characters; a character that would grow stays as it is."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := each.lower()) == 1 else each for each in text)


def mark_segments(folded: str) -> str:
    """Returns the text with a slash for each separator, and one at either end: `a-b/c` becomes `/a/b/c/`."""
    return f"/{folded.translate(_TO_SLASH)}/"


@dataclass(frozen=True)
class Word:
    """A word to find.

    Args:
        text: the characters, not empty.
        is_exact: whether they must occur consecutively.
    """

    text: str
    is_exact: bool = False
    folded: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", fold_case(self.text))

    @cached_property
    def is_case_sensitive(self) -> bool:
        return self.folded != self.text

    @cached_property
    def segment_start(self) -> str:
        """What a text of `mark_segments` contains if the word is the start of a segment."""
        return "/" + self.folded.translate(_TO_SLASH)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches folded texts that contain the characters in order, in linear time. Unused for exact words."""
        return re.compile("".join(f"[^{each}]*{each}" for each in map(re.escape, self.folded)))

    @cached_property
    def _sensitive_pattern(self) -> re.Pattern[str]:
        return re.compile("".join(f"[^{each}]*{each}" for each in map(re.escape, self.text)))

    def is_in(self, text: str) -> bool:
        """Whether the characters occur consecutively in `text`."""
        return self.text in text if self.is_case_sensitive else self.folded in fold_case(text)

    def matches(self, text: str) -> bool:
        """Whether `text` contains the word: consecutively if it is exact, otherwise with characters between."""
        if self.is_exact:
            return self.is_in(text)
        if self.is_case_sensitive:
            return self._sensitive_pattern.match(text) is not None
        return self.pattern.match(fold_case(text)) is not None

    def is_narrower_than(self, other: Word) -> bool:
        """Whether every text that this word matches is also one that `other` matches."""
        if other.is_exact and not self.is_exact:
            return False
        if other.is_case_sensitive:
            return self.text.startswith(other.text)
        return self.folded.startswith(other.folded)


def rate_match(word: Word, folded: str, segments: str) -> int:
    """Rates where a word occurs in a text, regardless of case: `WHOLE`, `START`, `INSIDE`, `SCATTERED` or `NO_MATCH`.

    Args:
        folded: the text after `fold_case`.
        segments: the text after `mark_segments`.
    """
    if word.folded in folded:
        return (WHOLE if f"{word.segment_start}/" in segments else START) if word.segment_start in segments else INSIDE
    return SCATTERED if not word.is_exact and word.pattern.match(folded) else NO_MATCH


def find_positions(word: Word, text: str, folded: str | None = None) -> tuple[int, ...]:
    """Finds the characters of `text` that match a word, at the best place for consecutive ones.

    Args:
        folded: the text after `fold_case` if the caller has it, which spares the time of folding it again.

    Returns:
        Their indexes in ascending order; empty if the word does not match.
    """
    folded = fold_case(text) if folded is None else folded
    sought, within = (word.text, text) if word.is_case_sensitive else (word.folded, folded)
    start = _find_consecutive(word, sought, within, folded)
    if start >= 0:
        return tuple(range(start, start + len(sought)))
    return () if word.is_exact else _find_scattered(sought, within)


def _find_consecutive(word: Word, sought: str, within: str, folded: str) -> int:
    """Returns the index of the word in a text, preferably as a whole segment, then at the start of one; else -1."""
    first = within.find(sought)
    if first < 0:
        return first
    segments = mark_segments(folded)
    for marked in (f"{word.segment_start}/", word.segment_start):
        at = segments.find(marked)
        if at >= 0 and within.startswith(sought, at):
            return at
    return first


def _find_scattered(sought: str, within: str) -> tuple[int, ...]:
    """Finds the shortest span that ends where the first match ends, as fzf does."""
    end = 0
    for each in sought:
        end = within.find(each, end) + 1
        if not end:
            return ()
    positions = []
    for each in reversed(sought):
        end = within.rfind(each, 0, end)
        positions.append(end)
    return tuple(reversed(positions))


def score_positions(text: str, positions: tuple[int, ...]) -> int:
    """Scores a match; more is better.

    Args:
        positions: the indexes of the matched characters in ascending order.
    """
    score, before = 0, -2
    for at in positions:
        if at == before + 1:
            score += _CONSECUTIVE
        elif at == 0 or text[at - 1] in SEPARATORS:
            score += _AT_START
        elif text[at].isupper() and text[at - 1].islower():
            score += _AT_CAPITAL
        before = at
    return score - (positions[-1] - positions[0] + 1 - len(positions)) if positions else 0


def score_scattered(word: Word, text: str, folded: str, segments: str) -> int:
    """Scores a match of characters that are not consecutive, as `score_positions` scores that of `find_positions`.

    It runs for thousands of names between two keys, so it does the work of both in one pass.

    Args:
        folded: the text after `fold_case`.
        segments: the text after `mark_segments`.
    """
    sought, within = (word.text, text) if word.is_case_sensitive else (word.folded, folded)
    end = 0
    for each in sought:
        end = within.find(each, end) + 1
        if not end:
            return 0
    score, after = len(sought) - end, -1
    for each in reversed(sought):
        at = within.rfind(each, 0, end)
        if after == at + 1:
            score += _CONSECUTIVE
        elif after >= 0:
            score += _score_start(after, text, segments)
        end = after = at
    return score + _score_start(after, text, segments) + after


def _score_start(at: int, text: str, segments: str) -> int:
    """Scores a matched character that follows an unmatched one: in `segments`, that one stands at the index `at`."""
    if segments[at] == "/":
        return _AT_START
    return _AT_CAPITAL if text[at].isupper() and text[at - 1].islower() else 0


def sort_matches(text: str, names: Sequence[str]) -> list[str]:
    """Returns the names that contain the characters of a text in order, the best match first; all for an empty text."""
    if not text:
        return list(names)
    word = Word(text)
    matching = [name for name in names if word.matches(name)]
    return sorted(matching, key=lambda name: _get_rank(word, name), reverse=True)


def _get_rank(word: Word, name: str) -> tuple[int, int, int]:
    folded = fold_case(name)
    score = score_positions(name, find_positions(word, name, folded))
    return rate_match(word, folded, mark_segments(folded)), score, -len(name)
