"""For several patterns on one text: a shortest text for each way of matching some and not the others.

Finds every combination that any text can have, by walking the patterns side by side; so a policy's conditions on one
key can be judged on a few texts instead of on all.
"""

from __future__ import annotations

from collections.abc import Sequence

from smtui.policy.wildcards import ANY, ONE, Pattern, fits

FRESH = "zqxj0189_-"
"""Characters to choose one from that no pattern speaks of."""


State = tuple[frozenset[int], ...]
"""For each pattern the places in it that have been reached."""


class TooMany(Exception):
    """There are more combinations than anybody wants to wait for."""


def texts(patterns: Sequence[Pattern], *, prefix: str = "", within: str = "", most: int = 4000) -> list[str]:
    """One text that begins with `prefix`, and goes on with characters `within`, for each combination of matches.

    Raises TooMany.
    """
    alphabet = _alphabet(patterns, within)
    state = tuple(_open(found, frozenset({0})) for found in patterns)
    for character in prefix:
        state = _after(patterns, state, character)
    seen, found, edge = {state}, {_matched(patterns, state): prefix}, [(state, prefix)]
    while edge:
        ahead: list[tuple[State, str]] = []
        for state, text in edge:
            for character in alphabet:
                after = _after(patterns, state, character)
                if after in seen:
                    continue
                if len(seen) >= most:
                    raise TooMany
                seen.add(after)
                found.setdefault(_matched(patterns, after), text + character)
                ahead.append((after, text + character))
        edge = ahead
    return list(found.values())


def _alphabet(patterns: Sequence[Pattern], within: str) -> list[str]:
    used = {character for found in patterns for part in found if part not in (ANY, ONE) for character in part}
    fresh = [character for character in within or f"{FRESH}\u00e9" if character not in used][:1]
    return [*fresh, *sorted(used & set(within) if within else used)]


def _open(found: Pattern, places: frozenset[int]) -> frozenset[int]:
    """Where one may also be, as a star may stand for nothing."""
    reached = set(places)
    for place in sorted(places):
        while place < len(found) and found[place] == ANY:
            place += 1
            reached.add(place)
    return frozenset(reached)


def _after(patterns: Sequence[Pattern], state: State, character: str) -> State:
    return tuple(_step(found, places, character) for found, places in zip(patterns, state, strict=True))


def _step(found: Pattern, places: frozenset[int], character: str) -> frozenset[int]:
    ahead = {place if found[place] == ANY else place + 1 for place in places
             if place < len(found) and (found[place] == ANY or fits(character, found[place]))}
    return _open(found, frozenset(ahead))


def _matched(patterns: Sequence[Pattern], state: State) -> tuple[bool, ...]:
    return tuple(len(found) in places for found, places in zip(patterns, state, strict=True))
