"""For each condition key the few values that stand for all: one for each way in which the statements tell values apart.

Keys are chosen one after the other. A value that a variable makes of another key's is known once that key is, so a
key that others speak of is chosen before them; of the rest, those come first that have the fewest values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from itertools import combinations, pairwise

from smtui.policy import addresses, fixed_values, keys, samples, variables, wildcards
from smtui.policy.budget import Work
from smtui.policy.conditions import NEGATED, STRINGS, date_of, is_like, number_of
from smtui.policy.samples import Group, Samples
from smtui.policy.statements import Condition, Policy, Statement
from smtui.policy.wildcards import Pattern

ABSENT = None
Value = str | list[str] | None
Chosen = Mapping[str, Value]
NOW = ("aws:currenttime", "aws:epochtime")
TEXTS = frozenset({*STRINGS, "ArnEquals", "ArnLike", "BinaryEquals"})
MANY = 50
"""So many texts between two others are looked at, the shortest first."""


class Representatives:
    """Of the statements that ought to apply (`goal`) and those that must not. `order` holds the keys they look at."""

    def __init__(
        self, policy: Policy, goal: Sequence[Statement], others: Sequence[Statement], resource: str, now: datetime,
        work: Work,
    ) -> None:
        self._policy = policy
        self._resource = resource
        self._now = now
        self._work = work
        self._wanted = [each for statement in goal for each in statement.conditions]
        self._conditions = [*self._wanted, *(each for statement in others for each in statement.conditions)]
        self._texts_of_resources = [text for statement in (*goal, *others) for text in statement.resources]
        self._asked: dict[str, list[Pattern]] = {}
        self._named: dict[str, list[Pattern]] = {}

    # Which keys, and in which order.

    @cached_property
    def order(self) -> list[str]:
        order: dict[str, None] = {}

        def choose(key: str, waiting: frozenset[str]) -> None:
            for first in sorted(self._dependencies.get(key, ())):
                if first not in waiting and first not in order:
                    choose(first, waiting | {key})
            order[key] = None

        for key in sorted(self._dependencies, key=lambda each: (not self._fixed_texts(each, {}), each)):
            choose(key, frozenset())
        return list(order)

    @cached_property
    def _dependencies(self) -> dict[str, set[str]]:
        """Each key with those whose values its conditions speak of; with an organization's paths goes its id."""
        found: dict[str, set[str]] = {}
        for each in self._conditions:
            found.setdefault(each.key, set()).update(*map(self._variables, each.values))
        spoken_of = {key for others in found.values() for key in others}
        spoken_of |= {key for text in self._texts_of_resources for key in self._variables(text)}
        for paths in set(fixed_values.PATHS.values()) & (spoken_of | set(found)):
            organization = next(key for key, value in fixed_values.PATHS.items() if value == paths)
            found.setdefault(paths, set()).add(organization)
            spoken_of.add(organization)
        return {key: found.get(key, set()) for key in spoken_of | set(found)}

    def _variables(self, text: str) -> list[str]:
        return variables.keys_in(text) if self._policy.variables else []

    # What a stranger may have.

    def choices(self, key: str, chosen: Chosen) -> Iterator[Value]:
        """None at all, where that may be, and values by which the policy means nobody it knows."""
        organization = next((each for each, paths in fixed_values.PATHS.items() if paths == key), "")
        without = organization != "" and chosen.get(organization) is ABSENT
        if key not in keys.ALWAYS and (without or not organization):
            yield ABSENT
        if without:
            return
        found = self._values(key, chosen)
        if key not in keys.SEVERAL:
            yield from found
            return
        several = list(found)
        together = sum(each.over == "ForAnyValue" for each in self._on(key))
        for size in range(1, max(2, min(3, together)) + 1):
            yield from map(list, combinations(several, size))

    def _values(self, key: str, chosen: Chosen) -> Iterator[str]:
        operators = {NEGATED.get(each.operator, each.operator) for each in self._on(key)} - {"Null"}
        if key in NOW:
            yield from [str(int(_moment(chosen)))] if key == NOW[1] and chosen.get(NOW[0]) else self._times(key)
            return
        if key in keys.FLAGS or operators == {"Bool"}:
            yield from ("true", "false")
            return
        if any(operator.startswith("Numeric") for operator in operators):
            yield from (f"{number:f}" for number in _between(map(number_of, self._texts(key))))
        if any(operator.startswith("Date") for operator in operators):
            yield from map(_iso, _between(map(date_of, self._texts(key))))
        if "IpAddress" in operators:
            yield from addresses.told_apart(self._texts(key))
        if operators <= TEXTS or operators & TEXTS:
            yield from self._words(key, chosen)

    def _times(self, key: str) -> list[str]:
        """From now on; the two keys for it tell the same moment."""
        soon = Decimal(int(self._now.timestamp()))
        found = _between((date_of(text) for each in NOW for text in self._texts(each)), least=soon)
        return [_iso(moment) if key == NOW[0] else str(int(moment)) for moment in found]

    def _words(self, key: str, chosen: Chosen) -> Iterator[str]:
        known = self.named(key)
        texts: Iterable[str] | None = self._fixed_texts(key, chosen)
        if not texts:
            prefix = ""
            if key in fixed_values.PATHS and fixed_values.PATHS[key] in self._dependencies:
                prefix = "o-"
            if key in fixed_values.PATHS.values():
                prefix = f"{next(chosen[each] for each, paths in fixed_values.PATHS.items() if paths == key)}/"
            texts = Samples([*self.groups(key, chosen), *([known] if known else [])], self._work, prefix=prefix)
        for text in texts:
            if not samples.matched(known, text) and not (key in fixed_values.PATHS and "/" in text):
                yield text

    def _fixed_texts(self, key: str, chosen: Chosen) -> list[str]:
        """The only texts that a condition of the goal lets pass; none where they are not spelled out."""
        for each in self._wanted:
            if each.key == key and key not in keys.SEVERAL and not each.over and \
                    each.operator in TEXTS - {"StringEqualsIgnoreCase", "BinaryEquals"}:
                found = [wildcards.plain(found) for found in self._of_condition(each, chosen)]
                if found and None not in found:
                    return [text for text in found if text is not None]
        return []

    def named(self, key: str) -> list[Pattern]:
        """What the whole policy fixes of a key."""
        if key not in self._named:
            every = [each for statement in self._policy.statements for each in statement.conditions]
            self._named[key] = fixed_values.patterns(key, every, variables=self._policy.variables)
        return self._named[key]

    # The patterns that a key is held against.

    def groups(self, key: str, chosen: Chosen) -> list[Group]:
        """For each condition its values, as far as what is chosen makes them known; and what others ask of the key."""
        found: list[Group] = []
        for each in self._on(key):
            if own := tuple(self._of_condition(each, chosen)):
                found += [(one,) for one in own] if any(map(self._variables, each.values)) else [own]
        asked = [*self.asked(key), *map(wildcards.literal, self._asked_by_chosen(key, chosen))]
        return list(dict.fromkeys([*found, *((one,) for one in asked)]))

    def _asked_by_chosen(self, key: str, chosen: Chosen) -> Iterator[str]:
        """What makes a value fit that speaks of this key and is held against another that is chosen already."""
        for each in self._conditions:
            value = chosen.get(each.key)
            for text in each.values if isinstance(value, str) else ():
                if key in self._variables(text):
                    yield from self._inside(text, key, str(value))

    def _of_condition(self, condition: Condition, chosen: Chosen) -> Iterator[Pattern]:
        if condition.operator == "Null":
            return
        like = is_like(condition.operator)
        for text in condition.values:
            unknown = [key for key in self._variables(text) if key not in chosen]
            widened = variables.widened(text, unknown) if unknown else text
            context = {key: value for key, value in chosen.items() if value is not ABSENT}
            found = variables.pattern(widened, context, variables=self._policy.variables, like=like or bool(unknown))
            if found is not None:
                found = wildcards.in_fields(found) if "Arn" in condition.operator else found
                yield wildcards.either_case(found) if "IgnoreCase" in condition.operator else found

    def asked(self, key: str) -> list[Pattern]:
        """What makes the values and resources fit that speak of this key, and what organizations' paths begin with."""
        if key not in self._asked:
            self._asked[key] = list(dict.fromkeys(self._asked_of(key)))
        return self._asked[key]

    def _asked_of(self, key: str) -> Iterator[Pattern]:
        for same in (key, *self._dependencies.get(key, ())):
            for text in self._texts_of_resources:
                if same in self._variables(text):
                    yield from map(wildcards.literal, self._inside(text, same, self._resource))
        for each in self._conditions:
            for text in each.values:
                if key in self._variables(text):
                    yield from self._asked_by(each, text, key)
        if key in fixed_values.PATHS:
            for text in self._texts(fixed_values.PATHS[key]):
                yield wildcards.pattern(text.partition("/")[0])

    def _asked_by(self, condition: Condition, text: str, key: str) -> Iterator[Pattern]:
        for other in self._on(condition.key):
            for value in other.values:
                if self._variables(value):
                    continue
                if variables.around(text, key) == ("", ""):
                    yield from self._of_condition(other, {})
                else:
                    yield from map(wildcards.literal, self._inside(text, key, value))

    def _inside(self, text: str, key: str, whole: str) -> list[str]:
        """What the variable of this key would have to be for the text to be that whole; the shortest first."""
        self._work.spend(len(whole) * 2)
        before, behind = map(wildcards.pattern, variables.around(text, key))
        starts = samples.beginnings(before, whole)[:MANY]
        ends = [len(whole) - at for at in samples.beginnings(behind[::-1], whole[::-1])[:MANY]]
        found = {whole[start:end] for start in starts for end in ends if start <= end}
        self._work.spend(len(found))
        return sorted(found, key=lambda each: (len(each), each))[:MANY]

    def _on(self, key: str) -> list[Condition]:
        return [each for each in self._conditions if each.key == key]

    def _texts(self, key: str) -> list[str]:
        return [text for each in self._on(key) if each.operator != "Null" for text in each.values]


def _moment(chosen: Chosen) -> Decimal:
    return date_of(str(chosen[NOW[0]])) or Decimal(0)


def _between(numbers: Iterable[Decimal | None], *, least: Decimal | None = None) -> list[Decimal]:
    """Each number, one below the least, one above the greatest, and one between any two; none below `least`."""
    known = sorted({number for number in numbers if number is not None})
    if not known:
        return [least or Decimal(1)]
    middles = [(first + second) / 2 for first, second in pairwise(known)]
    found = [known[0] - _step(known[0]), *known, *middles, known[-1] + _step(known[-1])]
    kept = sorted({number for number in found if least is None or number >= least})
    return [least, *kept] if least is not None else kept


def _step(number: Decimal) -> Decimal:
    """Enough to get to another number."""
    return max(Decimal(1), abs(number)) if abs(number) > 10**20 else Decimal(1)


def _iso(seconds: Decimal) -> str:
    try:
        return datetime.fromtimestamp(float(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return str(seconds)
