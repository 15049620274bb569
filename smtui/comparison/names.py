"""Which secret of the right side belongs to which secret of the left one: by the same name, or by prefixes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from smtui.api.errors import SmtuiError
from smtui.api.record import record


class InvalidRuleError(SmtuiError):
    """A rule is not FROM=TO, or two rules give two secrets of the left side the same name."""


@record
class NameRule:
    """`source` begins the names on the left, `target` the names of the same secrets on the right."""

    source: str
    target: str


@record
class NameRules:
    """The rules of a comparison; without any, secrets with the same name belong together.

    With rules, a secret takes part only if its name begins as one of them says. The first rule that fits counts.
    """

    rules: tuple[NameRule, ...] = ()

    def list_prefixes(self, *, left: bool) -> tuple[str, ...]:
        """The prefixes of the names that take part on a side; empty if all do."""
        found = tuple(dict.fromkeys(rule.source if left else rule.target for rule in self.rules))
        return () if "" in found else found

    def translate(self, name: str) -> str | None:
        """The name on the right of a secret of the left side; None if it takes no part."""
        if not self.rules:
            return name
        for rule in self.rules:
            if name.startswith(rule.source):
                return rule.target + name[len(rule.source):]
        return None

    def includes(self, name: str) -> bool:
        """Whether a secret of the right side takes part."""
        return not self.rules or any(name.startswith(rule.target) for rule in self.rules)


def parse_rules(words: Iterable[str]) -> NameRules:
    """Parses FROM=TO of each word. Raises InvalidRuleError."""
    return NameRules(tuple(_parse_rule(word) for word in words))


def _parse_rule(word: str) -> NameRule:
    source, equals, target = word.partition("=")
    if not equals or "=" in target:
        raise InvalidRuleError("Expected FROM=TO, such as dev/=prod/.")
    return NameRule(source, target)


def match_names(names: Sequence[str], rules: NameRules) -> dict[str, str]:
    """The names of the left side that take part, each by its name on the right.

    Raises:
        InvalidRuleError: two of them have the same name on the right.
    """
    found: dict[str, str] = {}
    for name in names:
        target = rules.translate(name)
        if target is None:
            continue
        if target in found:
            raise InvalidRuleError(f"{found[target]} and {name} would both be compared with {target}.")
        found[target] = name
    return found
