"""Sample texts for groups of patterns: one text for each combination of groups that a text can match.

A text matches a group if it matches one of its patterns. Likely texts come first; then a breadth-first walk through
all patterns at once finds every other combination. So a few texts stand for all values of a condition key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from smtui.policy.budget import Budget
from smtui.policy.wildcards import ANY, STARS, Pattern, is_character_match

FRESH_CHARACTERS = "zqxj0189_-éüßabcdefghiklmnoprstuvwy"
"""Candidates for a character that no pattern contains."""
MATCHED = -1
"""The position of a group that matches with any further characters."""
Positions = frozenset[int]
Group = Sequence[Pattern]


class PatternWalk:
    """The automaton of a group of patterns. A position is the part of a pattern that comes next."""

    def __init__(self, group: Group) -> None:
        self._parts: list[str | None] = [part for found in group for part in (*found, None)]
        starts, at = [], 0
        for found in group:
            starts.append(at)
            at += len(found) + 1
        self.start = self._expand(starts)

    def step(self, positions: Positions, character: str) -> Positions:
        """Returns the positions after a character."""
        if MATCHED in positions:
            return positions
        ahead = []
        for place in positions:
            part = self._parts[place]
            if part is not None and is_character_match(character, part):
                ahead.append(place if part in STARS else place + 1)
        return self._expand(ahead)

    def _expand(self, positions: Sequence[int]) -> Positions:
        """Returns the positions with those behind stars, as a star can match an empty text."""
        reached: set[int] = set()
        for start in positions:
            place = start
            while place not in reached:
                reached.add(place)
                if self._parts[place] not in STARS:
                    break
                if self._parts[place] == ANY and self._parts[place + 1] is None:
                    return frozenset({MATCHED})
                place += 1
        return frozenset(reached)

    def generate_examples(self, positions: Positions, fresh: str) -> Iterator[str]:
        """Yields texts that complete a pattern, with an empty text and with `fresh` for each star."""
        for place in sorted(positions - {MATCHED}):
            end = self._parts.index(None, place)
            for filling in ("", fresh):
                yield "".join(_fill_part(part, filling, fresh) for part in self._parts[place:end] if part is not None)

    def is_complete(self, positions: Positions) -> bool:
        """Whether the text so far matches one of the patterns."""
        return MATCHED in positions or any(self._parts[place] is None for place in positions)


class Samples:
    """Sample texts that begin with `prefix` and continue with characters of `within`, or with any if that is empty."""

    def __init__(self, groups: Sequence[Group], budget: Budget, *, prefix: str = "", within: str = "") -> None:
        self._groups = [tuple(dict.fromkeys(group)) for group in groups]
        self._budget = budget
        self._prefix = prefix
        self._within = within
        self._walks = [PatternWalk(group) for group in self._groups]

    def __iter__(self) -> Iterator[str]:
        """Yields one text for each combination.

        Raises:
            BudgetExceededError: the walk needs more steps than the budget.
        """
        seen_matches: set[tuple[bool, ...]] = set()
        combinations = 2 ** len(self._groups)
        for texts in (self._generate_likely(), self._generate_all()):
            for text, matches in texts:
                if matches not in seen_matches:
                    seen_matches.add(matches)
                    yield text
                if len(seen_matches) == combinations:
                    return

    def _generate_likely(self) -> Iterator[tuple[str, tuple[bool, ...]]]:
        """Yields the prefix alone, and texts made of the patterns."""
        fresh = self._alphabet[0]
        ends = {"": None, fresh: None}
        for walk, positions in zip(self._walks, self._start_state, strict=True):
            ends |= dict.fromkeys(walk.generate_examples(positions, fresh))
        for end in ends:
            if not self._within or set(self._within).issuperset(end):
                state = self._start_state
                for character in end:
                    state = self._advance(state, character)
                yield self._prefix + end, self._list_matches(state)

    def _generate_all(self) -> Iterator[tuple[str, tuple[bool, ...]]]:
        """Yields the shortest text for every reachable state, by a breadth-first walk."""
        seen, edge = {self._start_state}, [(self._start_state, self._prefix)]
        while edge:
            ahead = []
            for state, text in edge:
                for character in self._alphabet:
                    after = self._advance(state, character)
                    if after not in seen:
                        seen.add(after)
                        ahead.append((after, text + character))
                        yield text + character, self._list_matches(after)
            edge = ahead

    @cached_property
    def _start_state(self) -> tuple[Positions, ...]:
        """The positions of each group after the prefix."""
        state = tuple(walk.start for walk in self._walks)
        for character in self._prefix:
            state = self._advance(state, character)
        return state

    @cached_property
    def _alphabet(self) -> list[str]:
        used = {character for group in self._groups for found in group for part in found
                if part not in STARS and len(part) < 3 for character in part}
        fresh = [character for character in self._within or FRESH_CHARACTERS if character not in used][:1]
        return [*fresh, *sorted(used & set(self._within) if self._within else used)]

    def _advance(self, state: tuple[Positions, ...], character: str) -> tuple[Positions, ...]:
        self._budget.spend(1 + sum(map(len, state)) // 2)
        return tuple(walk.step(positions, character) for walk, positions in zip(self._walks, state, strict=True))

    def _list_matches(self, state: tuple[Positions, ...]) -> tuple[bool, ...]:
        return tuple(walk.is_complete(positions) for walk, positions in zip(self._walks, state, strict=True))


def _fill_part(part: str, filling: str, fresh: str) -> str:
    if part in STARS:
        return filling
    return fresh if is_character_match(fresh, part) else part[0]


def is_any_matched(group: Group, text: str) -> bool:
    """Whether a text matches one of the patterns."""
    if not group:
        return False
    walk = PatternWalk(group)
    positions = walk.start
    for character in text:
        positions = walk.step(positions, character)
    return walk.is_complete(positions)


def find_prefix_lengths(found: Pattern, text: str) -> list[int]:
    """Returns the lengths of a text's prefixes that match a pattern."""
    walk = PatternWalk([found])
    positions = walk.start
    ends = [0] if walk.is_complete(positions) else []
    for at, character in enumerate(text, 1):
        positions = walk.step(positions, character)
        if walk.is_complete(positions):
            ends.append(at)
    return ends
