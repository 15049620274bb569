"""For each condition key the few values that stand for all: one for each way in which the policy tells values apart.

Keys are chosen one after the other. A value that a variable makes of another key's is known once that key is, so a
key that others speak of is chosen before them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from itertools import combinations, pairwise

from smtui.policy import keys, samples, variables, wildcards
from smtui.policy.conditions import NEGATED, date_of, number_of
from smtui.policy.named import names
from smtui.policy.statements import Condition, Policy
from smtui.policy.wildcards import Pattern

ABSENT = None
Value = str | list[str] | None
NOW = ("aws:currenttime", "aws:epochtime")
MANY = 50
"""So many texts between two others are looked at, the shortest first."""


class Representatives:
    """`order` holds every key the policy looks at, and with an organization's paths its id, as they are chosen."""

    def __init__(self, policy: Policy, resource: str, now: datetime) -> None:
        self._policy = policy
        self._resource = resource
        self._now = now
        self._conditions = [each for statement in policy.statements for each in statement.conditions]
        self.mentioned = frozenset(self._dependencies)
        self.order = self._ordered()
        self._found: dict[tuple[str, str, tuple[Pattern, ...]], list[str]] = {}
        self._asked: dict[str, list[Pattern]] = {}

    # Which keys, and in which order.

    @cached_property
    def _dependencies(self) -> dict[str, set[str]]:
        """Each key with those whose values its conditions speak of."""
        found: dict[str, set[str]] = {}
        for each in self._conditions:
            found.setdefault(each.key, set()).update(*map(self._variables, each.values))
        named = {key for others in found.values() for key in others} | \
            {key for text in self._resources() for key in self._variables(text)}
        return {key: found.get(key, set()) for key in sorted(named | set(found))}

    def _variables(self, text: str) -> list[str]:
        return variables.keys_in(text) if self._policy.variables else []

    def _resources(self) -> Iterator[str]:
        return (text for statement in self._policy.statements for text in statement.resources)

    def _ordered(self) -> list[str]:
        order: dict[str, None] = {}
        ahead = self._dependencies | ({"aws:principalorgpaths": {"aws:principalorgid"}}
                                      if "aws:principalorgpaths" in self.mentioned else {})

        def choose(key: str, waiting: frozenset[str]) -> None:
            for first in sorted(ahead.get(key, ())):
                if first not in waiting and first not in order:
                    choose(first, waiting | {key})
            order[key] = None

        for key in sorted(ahead):
            choose(key, frozenset())
        return list(order)

    # What a stranger may have.

    def choices(self, key: str, chosen: Mapping[str, Value]) -> Iterator[Value]:
        """None at all, where that may be, and values by which the policy means nobody it knows."""
        if key not in keys.ALWAYS and not (key == "aws:principalorgpaths" and chosen.get("aws:principalorgid")):
            yield ABSENT
        if key == "aws:principalorgpaths" and chosen.get("aws:principalorgid", "") is ABSENT:
            return
        found = [text for text in self._values(key, chosen) if not self._means_somebody(key, text)]
        if key not in keys.SEVERAL:
            yield from found
            return
        together = sum(each.over == "ForAnyValue" for each in self._on(key))
        for size in range(1, max(2, min(3, together)) + 1):
            yield from map(list, combinations(found, size))

    def _values(self, key: str, chosen: Mapping[str, Value]) -> list[str]:
        operators = {NEGATED.get(each.operator, each.operator) for each in self._on(key)}
        if key in NOW:
            return [str(int(self._moment(chosen)))] if key == NOW[1] and chosen.get(NOW[0]) else self._times(key)
        if any(operator.startswith("Numeric") for operator in operators):
            return [str(number) for number in _between(map(number_of, self._texts(key)))]
        if any(operator.startswith("Date") for operator in operators):
            return [_iso(moment) for moment in _between(map(date_of, self._texts(key)))]
        if operators and operators <= {"Bool", "Null"}:
            return ["true", "false"]
        return self._words(key, chosen)

    def _times(self, key: str) -> list[str]:
        """From now on; the two keys for it tell the same moment."""
        soon = Decimal(int(self._now.timestamp()))
        found = _between((date_of(text) for each in NOW for text in self._texts(each)), least=soon)
        return [_iso(moment) if key == NOW[0] else str(int(moment)) for moment in found]

    def _moment(self, chosen: Mapping[str, Value]) -> Decimal:
        return date_of(str(chosen[NOW[0]])) or Decimal(0)

    def _words(self, key: str, chosen: Mapping[str, Value]) -> list[str]:
        patterns, prefix = self.patterns(key, chosen), ""
        if key == "aws:principalorgid":
            return [text for text in self._sampled(key, patterns, self._organization_prefix()) if "/" not in text]
        if key == "aws:principalorgpaths":
            prefix = f"{chosen['aws:principalorgid']}/"
        return [text for text in self._sampled(key, patterns, prefix) if text or not prefix] or ["x"]

    def _organization_prefix(self) -> str:
        return "o-" if "aws:principalorgpaths" in self.mentioned else ""

    def _sampled(self, key: str, patterns: list[Pattern], prefix: str) -> list[str]:
        known = (key, prefix, tuple(patterns))
        if known not in self._found:
            self._found[known] = samples.texts(patterns, prefix=prefix)
        return self._found[known]

    def _means_somebody(self, key: str, text: str) -> bool:
        return any(names(key, named, text) for named in self._texts(key)) or \
            (key == "aws:principalorgid" and any(names("aws:principalorgpaths", named, f"{text}/")
                                                 for named in self._texts("aws:principalorgpaths")))

    # The patterns that a key is held against.

    def patterns(self, key: str, chosen: Mapping[str, Value] | None = None) -> list[Pattern]:
        """Those of its own conditions, as far as what is chosen makes them known, and what others ask of it."""
        if key not in self._asked:
            self._asked[key] = list(self._asked_of(key))
        own = (found for each in self._on(key) for found in self._of_condition(each, chosen or {}))
        return list(dict.fromkeys([*own, *self._asked[key]]))

    def _of_condition(self, condition: Condition, chosen: Mapping[str, Value]) -> Iterator[Pattern]:
        if condition.operator == "Null":
            return
        like = "Like" in condition.operator or condition.operator.startswith("Arn")
        for text in condition.values:
            unknown = [key for key in self._variables(text) if key not in chosen]
            widened = variables.widened(text, unknown) if unknown else text
            context = {key: value for key, value in chosen.items() if value is not ABSENT}
            found = variables.pattern(widened, context, variables=self._policy.variables, like=like or bool(unknown))
            if found is not None:
                yield wildcards.either_case(found) if "IgnoreCase" in condition.operator else found

    def _asked_of(self, key: str) -> Iterator[Pattern]:
        """What makes the values and resources fit that speak of this key, and what organizations' paths begin with."""
        for same in (key, *self._dependencies.get(key, ())):
            for text in self._resources():
                if same in self._variables(text):
                    yield from map(wildcards.literal, _inside(text, same, self._resource))
        for each in self._conditions:
            for text in each.values:
                if key in self._variables(text):
                    yield from self._asked_by(each, text, key)
        if key == "aws:principalorgid":
            for text in self._texts("aws:principalorgpaths"):
                yield wildcards.pattern(text.partition("/")[0])

    def _asked_by(self, condition: Condition, text: str, key: str) -> Iterator[Pattern]:
        for other in self._on(condition.key):
            for value in other.values:
                if self._variables(value):
                    continue
                if variables.around(text, key) == ("", ""):
                    yield from self._of_condition(other, {})
                else:
                    yield from map(wildcards.literal, _inside(text, key, value))

    def _on(self, key: str) -> list[Condition]:
        return [each for each in self._conditions if each.key == key]

    def _texts(self, key: str) -> list[str]:
        return [text for each in self._on(key) if each.operator != "Null" for text in each.values]


def _inside(text: str, key: str, whole: str) -> list[str]:
    """What the variable of this key would have to be for the text to be that whole; the shortest first."""
    before, behind = map(wildcards.pattern, variables.around(text, key))
    starts = [at for at in range(len(whole) + 1) if wildcards.matches(before, whole[:at])]
    ends = [at for at in range(len(whole) + 1) if wildcards.matches(behind, whole[at:])]
    found = {whole[start:end] for start in starts[:MANY] for end in ends[-MANY:] if start <= end}
    return sorted(found, key=lambda each: (len(each), each))[:MANY]


def _between(numbers: Iterable[Decimal | None], *, least: Decimal | None = None) -> list[Decimal]:
    """Each number, one below the least, one above the greatest, and one between any two; none below `least`."""
    known = sorted({number for number in numbers if number is not None})
    if not known:
        return [least or Decimal(1)]
    middles = [(first + second) / 2 for first, second in pairwise(known)]
    found = [known[0] - 1, *known, *middles, known[-1] + 1]
    kept = sorted({number for number in found if least is None or number >= least})
    return [least, *kept] if least is not None else kept


def _iso(seconds: Decimal) -> str:
    try:
        return datetime.fromtimestamp(float(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return str(seconds)
