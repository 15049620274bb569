"""For several groups of patterns on one text: a text for each way of matching some of the groups and not the others.

A group is matched where one of its patterns is. What is easily thought of is tried first; then every combination that
any text can have is found, by walking the patterns side by side. So a policy's conditions on one key can be judged on
a few texts instead of on all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from smtui.policy.budget import Work
from smtui.policy.wildcards import ANY, STARS, Pattern, fits

FRESH = "zqxj0189_-éüßabcdefghiklmnoprstuvwy"
"""Characters to choose one from that no pattern speaks of."""
WON = -1
"""The place of a group that is matched whatever comes."""
Places = frozenset[int]
Group = Sequence[Pattern]


class Walk:
    """One group of patterns, walked through side by side; a place is a part of one of them that comes next."""

    def __init__(self, group: Group) -> None:
        self._parts: list[str | None] = [part for found in group for part in (*found, None)]
        starts, at = [], 0
        for found in group:
            starts.append(at)
            at += len(found) + 1
        self.start = self._opened(starts)

    def step(self, places: Places, character: str) -> Places:
        if WON in places:
            return places
        ahead = []
        for place in places:
            part = self._parts[place]
            if part is not None and fits(character, part):
                ahead.append(place if part in STARS else place + 1)
        return self._opened(ahead)

    def _opened(self, places: Sequence[int]) -> Places:
        """Where one may also be, as a star may stand for nothing."""
        reached: set[int] = set()
        for start in places:
            place = start
            while place not in reached:
                reached.add(place)
                if self._parts[place] not in STARS:
                    break
                if self._parts[place] == ANY and self._parts[place + 1] is None:
                    return frozenset({WON})
                place += 1
        return frozenset(reached)

    def examples(self, places: Places, fresh: str) -> Iterator[str]:
        """What could follow for one pattern to be matched: with nothing for each star, and with something."""
        for place in sorted(places - {WON}):
            end = self._parts.index(None, place)
            for filling in ("", fresh):
                yield "".join(_example(part, filling, fresh) for part in self._parts[place:end] if part is not None)

    def ended(self, places: Places) -> bool:
        return WON in places or any(self._parts[place] is None for place in places)


class Samples:
    """Texts that begin with `prefix`, and go on with characters `within`, where any are given."""

    def __init__(self, groups: Sequence[Group], work: Work, *, prefix: str = "", within: str = "") -> None:
        self._groups = [tuple(dict.fromkeys(group)) for group in groups]
        self._work = work
        self._prefix = prefix
        self._within = within
        self._walks = [Walk(group) for group in self._groups]

    def __iter__(self) -> Iterator[str]:
        """Raises BudgetExceededError."""
        told: set[tuple[bool, ...]] = set()
        every_way = 2 ** len(self._groups)
        for texts in (self._likely(), self._all()):
            for text, way in texts:
                if way not in told:
                    told.add(way)
                    yield text
                if len(told) == every_way:
                    return

    def _likely(self) -> Iterator[tuple[str, tuple[bool, ...]]]:
        """The prefix, and what the patterns themselves look like."""
        fresh = self._alphabet[0]
        ends = {"": None, fresh: None}
        for walk, places in zip(self._walks, self._begun, strict=True):
            ends |= dict.fromkeys(walk.examples(places, fresh))
        for end in ends:
            if not self._within or set(self._within).issuperset(end):
                state = self._begun
                for character in end:
                    state = self._after(state, character)
                yield self._prefix + end, self._way(state)

    def _all(self) -> Iterator[tuple[str, tuple[bool, ...]]]:
        """The shortest for each way, by breadth."""
        seen, edge = {self._begun}, [(self._begun, self._prefix)]
        while edge:
            ahead = []
            for state, text in edge:
                for character in self._alphabet:
                    after = self._after(state, character)
                    if after not in seen:
                        seen.add(after)
                        ahead.append((after, text + character))
                        yield text + character, self._way(after)
            edge = ahead

    @cached_property
    def _begun(self) -> tuple[Places, ...]:
        """Behind the prefix."""
        state = tuple(walk.start for walk in self._walks)
        for character in self._prefix:
            state = self._after(state, character)
        return state

    @cached_property
    def _alphabet(self) -> list[str]:
        used = {character for group in self._groups for found in group for part in found
                if part not in STARS and len(part) < 3 for character in part}
        fresh = [character for character in self._within or FRESH if character not in used][:1]
        return [*fresh, *sorted(used & set(self._within) if self._within else used)]

    def _after(self, state: tuple[Places, ...], character: str) -> tuple[Places, ...]:
        self._work.spend(1 + sum(map(len, state)) // 2)
        return tuple(walk.step(places, character) for walk, places in zip(self._walks, state, strict=True))

    def _way(self, state: tuple[Places, ...]) -> tuple[bool, ...]:
        return tuple(walk.ended(places) for walk, places in zip(self._walks, state, strict=True))


def _example(part: str, filling: str, fresh: str) -> str:
    if part in STARS:
        return filling
    return fresh if fits(fresh, part) else part[0]


def matched(group: Group, text: str) -> bool:
    """Whether one of the patterns is matched."""
    if not group:
        return False
    walk = Walk(group)
    places = walk.start
    for character in text:
        places = walk.step(places, character)
    return walk.ended(places)


def beginnings(found: Pattern, text: str) -> list[int]:
    """The lengths of the beginnings of a text that a pattern matches."""
    walk = Walk([found])
    places = walk.start
    ends = [0] if walk.ended(places) else []
    for at, character in enumerate(text, 1):
        places = walk.step(places, character)
        if walk.ended(places):
            ends.append(at)
    return ends
