"""Candidate values of condition keys: one for each combination of conditions that a value can meet.

The search assigns keys one after the other. A key that a policy variable refers to comes before the keys that use it;
among the others, keys with a fixed list of values come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from itertools import combinations, pairwise

from smtui.policy import addresses, fixed_values, keys, samples, variables, wildcards
from smtui.policy.budget import Budget
from smtui.policy.conditions import NEGATED, STRINGS, is_like, parse_date, parse_number
from smtui.policy.samples import Group, Samples
from smtui.policy.statements import Condition, Policy, Statement
from smtui.policy.wildcards import Pattern

ABSENT = None
Value = str | list[str] | None
Assignment = Mapping[str, Value]
NOW = ("aws:currenttime", "aws:epochtime")
TEXTS = frozenset({*STRINGS, "ArnEquals", "ArnLike", "BinaryEquals"})
MAX_TEXTS = 50
"""Limit on the solutions of one variable; the shortest are kept."""


class CandidateValues:
    """Candidate values for the conditions of some statements.

    Args:
        goal: the statements that have to apply.
        others: the statements that must not apply.
        resource: the ARN of the secret.
        now: the earliest time of a request.
    """

    def __init__(
        self, policy: Policy, goal: Sequence[Statement], others: Sequence[Statement], resource: str, now: datetime,
        budget: Budget,
    ) -> None:
        self._policy = policy
        self._resource = resource
        self._now = now
        self._budget = budget
        self._goal_conditions = [each for statement in goal for each in statement.conditions]
        self._conditions = [*self._goal_conditions, *(each for statement in others for each in statement.conditions)]
        self._resource_texts = [text for statement in (*goal, *others) for text in statement.resources]
        self._required_patterns: dict[str, list[Pattern]] = {}
        self._fixed_patterns: dict[str, list[Pattern]] = {}

    # The keys and their order.

    @cached_property
    def order(self) -> list[str]:
        """The keys that the statements use, in the order in which the search assigns them."""
        order: dict[str, None] = {}

        def append_key(key: str, pending: frozenset[str]) -> None:
            for first in sorted(self._dependencies.get(key, ())):
                if first not in pending and first not in order:
                    append_key(first, pending | {key})
            order[key] = None

        for key in sorted(self._dependencies, key=lambda each: (not self._find_only_texts(each, {}), each)):
            append_key(key, frozenset())
        return list(order)

    @cached_property
    def _dependencies(self) -> dict[str, set[str]]:
        """For each key, the keys that variables in its conditions refer to.

        The paths of an organization depend on its id.
        """
        found: dict[str, set[str]] = {}
        for each in self._conditions:
            found.setdefault(each.key, set()).update(*map(self._find_variables, each.values))
        used_keys = {key for others in found.values() for key in others}
        used_keys |= {key for text in self._resource_texts for key in self._find_variables(text)}
        for paths in set(fixed_values.PATHS.values()) & (used_keys | set(found)):
            organization = next(key for key, value in fixed_values.PATHS.items() if value == paths)
            found.setdefault(paths, set()).add(organization)
            used_keys.add(organization)
        return {key: found.get(key, set()) for key in used_keys | set(found)}

    def _find_variables(self, text: str) -> list[str]:
        return variables.find_keys(text) if self._policy.variables else []

    # The values that a stranger can have.

    def generate_choices(self, key: str, chosen: Assignment) -> Iterator[Value]:
        """Yields ABSENT if the key can be absent, then values that are not fixed by the policy."""
        organization = next((each for each, paths in fixed_values.PATHS.items() if paths == key), "")
        has_no_organization = organization != "" and chosen.get(organization) is ABSENT
        if key not in keys.ALWAYS and (has_no_organization or not organization):
            yield ABSENT
        if has_no_organization:
            return
        found = self._generate_values(key, chosen)
        if key not in keys.SEVERAL:
            yield from found
            return
        several = list(found)
        together = sum(each.over == "ForAnyValue" for each in self._find_conditions(key))
        for size in range(1, max(2, min(3, together)) + 1):
            yield from map(list, combinations(several, size))

    def _generate_values(self, key: str, chosen: Assignment) -> Iterator[str]:
        operators = {NEGATED.get(each.operator, each.operator) for each in self._find_conditions(key)} - {"Null"}
        if key in NOW:
            is_known = key == NOW[1] and chosen.get(NOW[0])
            yield from [str(int(_parse_moment(chosen)))] if is_known else self._list_times(key)
            return
        if key in keys.FLAGS or operators == {"Bool"}:
            yield from ("true", "false")
            return
        if any(operator.startswith("Numeric") for operator in operators):
            yield from (f"{number:f}" for number in _pick_distinct_numbers(map(parse_number, self._list_texts(key))))
        if any(operator.startswith("Date") for operator in operators):
            yield from map(_format_time, _pick_distinct_numbers(map(parse_date, self._list_texts(key))))
        if "IpAddress" in operators:
            yield from addresses.pick_distinct_addresses(self._list_texts(key))
        if operators <= TEXTS or operators & TEXTS:
            yield from self._generate_texts(key, chosen)

    def _list_times(self, key: str) -> list[str]:
        """Returns times from now on. The conditions on both time keys count, as both keys hold the same time."""
        soon = Decimal(int(self._now.timestamp()))
        texts = [text for each in NOW for text in self._list_texts(each)]
        found = _pick_distinct_numbers(map(parse_date, texts), least=soon)
        return [_format_time(moment) if key == NOW[0] else str(int(moment)) for moment in found]

    def _generate_texts(self, key: str, chosen: Assignment) -> Iterator[str]:
        known = self.find_fixed_patterns(key)
        texts: Iterable[str] | None = self._find_only_texts(key, chosen)
        if not texts:
            prefix = ""
            if key in fixed_values.PATHS and fixed_values.PATHS[key] in self._dependencies:
                prefix = "o-"
            if key in fixed_values.PATHS.values():
                prefix = f"{next(chosen[each] for each, paths in fixed_values.PATHS.items() if paths == key)}/"
            texts = Samples([*self.list_groups(key, chosen), *([known] if known else [])], self._budget, prefix=prefix)
        for text in texts:
            if not samples.is_any_matched(known, text) and not (key in fixed_values.PATHS and "/" in text):
                yield text

    def _find_only_texts(self, key: str, chosen: Assignment) -> list[str]:
        """Returns the literal texts of a condition of the goal that accepts nothing else, or an empty list."""
        for each in self._goal_conditions:
            if each.key == key and key not in keys.SEVERAL and not each.over and \
                    each.operator in TEXTS - {"StringEqualsIgnoreCase", "BinaryEquals"}:
                found = [wildcards.get_literal(found) for found in self._find_condition_patterns(each, chosen)]
                if found and None not in found:
                    return [text for text in found if text is not None]
        return []

    def find_fixed_patterns(self, key: str) -> list[Pattern]:
        """What the whole policy fixes of a key."""
        if key not in self._fixed_patterns:
            every = [each for statement in self._policy.statements for each in statement.conditions]
            self._fixed_patterns[key] = fixed_values.find_fixed_patterns(key, every, variables=self._policy.variables)
        return self._fixed_patterns[key]

    # The patterns that a key is compared with.

    def list_groups(self, key: str, chosen: Assignment) -> list[Group]:
        """Returns one group of patterns for each condition on a key, and those that other keys require of it.

        A variable of a key in `chosen` is replaced by its value, any other variable by a star.
        """
        found: list[Group] = []
        for each in self._find_conditions(key):
            if own := tuple(self._find_condition_patterns(each, chosen)):
                found += [(one,) for one in own] if any(map(self._find_variables, each.values)) else [own]
        texts = self._find_texts_for_assigned(key, chosen)
        required = [*self.find_required_patterns(key), *map(wildcards.make_literal, texts)]
        return list(dict.fromkeys([*found, *((one,) for one in required)]))

    def _find_texts_for_assigned(self, key: str, chosen: Assignment) -> Iterator[str]:
        """Yields values of a key that make conditions with its variable match the keys that are assigned already."""
        for each in self._conditions:
            value = chosen.get(each.key)
            for text in each.values if isinstance(value, str) else ():
                if key in self._find_variables(text):
                    yield from self._solve_variable(text, key, str(value))

    def _find_condition_patterns(self, condition: Condition, chosen: Assignment) -> Iterator[Pattern]:
        if condition.operator == "Null":
            return
        like = is_like(condition.operator)
        for text in condition.values:
            unknown = [key for key in self._find_variables(text) if key not in chosen]
            text_with_stars = variables.replace_with_stars(text, unknown) if unknown else text
            context = {key: value for key, value in chosen.items() if value is not ABSENT}
            is_pattern = like or bool(unknown)
            found = variables.resolve_pattern(
                text_with_stars, context, variables=self._policy.variables, like=is_pattern)
            if found is not None:
                found = wildcards.limit_to_fields(found) if "Arn" in condition.operator else found
                yield wildcards.ignore_case(found) if "IgnoreCase" in condition.operator else found

    def find_required_patterns(self, key: str) -> list[Pattern]:
        """Returns the patterns that the variable of a key must match in conditions on other keys and in resources.

        For the id of an organization these include the first parts of its paths.
        """
        if key not in self._required_patterns:
            self._required_patterns[key] = list(dict.fromkeys(self._find_required_patterns(key)))
        return self._required_patterns[key]

    def _find_required_patterns(self, key: str) -> Iterator[Pattern]:
        for same in (key, *self._dependencies.get(key, ())):
            for text in self._resource_texts:
                if same in self._find_variables(text):
                    yield from map(wildcards.make_literal, self._solve_variable(text, same, self._resource))
        for each in self._conditions:
            for text in each.values:
                if key in self._find_variables(text):
                    yield from self._find_patterns_of_variable(each, text, key)
        if key in fixed_values.PATHS:
            for text in self._list_texts(fixed_values.PATHS[key]):
                yield wildcards.parse_pattern(text.partition("/")[0])

    def _find_patterns_of_variable(self, condition: Condition, text: str, key: str) -> Iterator[Pattern]:
        for other in self._find_conditions(condition.key):
            for value in other.values:
                if self._find_variables(value):
                    continue
                if variables.split_around(text, key) == ("", ""):
                    yield from self._find_condition_patterns(other, {})
                else:
                    yield from map(wildcards.make_literal, self._solve_variable(text, key, value))

    def _solve_variable(self, text: str, key: str, whole: str) -> list[str]:
        """Returns values of a key's variable with which the text matches the whole, shortest first."""
        self._budget.spend(len(whole) * 2)
        before, behind = map(wildcards.parse_pattern, variables.split_around(text, key))
        starts = samples.find_prefix_lengths(before, whole)[:MAX_TEXTS]
        ends = [len(whole) - at for at in samples.find_prefix_lengths(behind[::-1], whole[::-1])[:MAX_TEXTS]]
        found = {whole[start:end] for start in starts for end in ends if start <= end}
        self._budget.spend(len(found))
        return sorted(found, key=lambda each: (len(each), each))[:MAX_TEXTS]

    def _find_conditions(self, key: str) -> list[Condition]:
        return [each for each in self._conditions if each.key == key]

    def _list_texts(self, key: str) -> list[str]:
        return [text for each in self._find_conditions(key) if each.operator != "Null" for text in each.values]


def _parse_moment(chosen: Assignment) -> Decimal:
    return parse_date(str(chosen[NOW[0]])) or Decimal(0)


def _pick_distinct_numbers(numbers: Iterable[Decimal | None], *, least: Decimal | None = None) -> list[Decimal]:
    """Returns each number, one below the least, one above the greatest and one between each two.

    Numbers below `least` are left out.
    """
    known = sorted({number for number in numbers if number is not None})
    if not known:
        return [least or Decimal(1)]
    middles = [(first + second) / 2 for first, second in pairwise(known)]
    found = [known[0] - _compute_margin(known[0]), *known, *middles, known[-1] + _compute_margin(known[-1])]
    kept = sorted({number for number in found if least is None or number >= least})
    return [least, *kept] if least is not None else kept


def _compute_margin(number: Decimal) -> Decimal:
    """Returns a difference that changes the number; adding 1 to a very large number may not."""
    return max(Decimal(1), abs(number)) if abs(number) > 10**20 else Decimal(1)


def _format_time(seconds: Decimal) -> str:
    try:
        return datetime.fromtimestamp(float(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return str(seconds)
