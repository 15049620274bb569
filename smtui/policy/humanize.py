"""Familiar values for the request of a witness, instead of the shortest ones that the search finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from smtui.policy import fixed_values, keys, samples
from smtui.policy.decide import Identity, Request
from smtui.policy.statements import Condition, Policy

Context = Mapping[str, str | list[str]]
EXAMPLES = {
    "aws:principalorgid": "o-9z8y7x6w5v", "aws:sourcevpc": "vpc-0a1b2c3d", "aws:sourcevpce": "vpce-0a1b2c3d",
    "aws:userid": "AIDASTRANGER", "aws:useragent": "curl/8", "aws:sourceaccount": "555555555555",
    "aws:sourceowner": "555555555555", "aws:sourceorgid": "o-9z8y7x6w5v", "aws:calledvia": "athena.amazonaws.com",
}  # fmt: skip
TAGS = ("aws:principaltag/", "aws:resourcetag/", "aws:requesttag/")
A_TAG = "blue"
SOMEONE = "someone"


def humanize_request(policy: Policy, request: Request, is_equivalent: Callable[[Request], bool]) -> Request:
    """Returns the request with familiar values.

    Args:
        is_equivalent: whether the policy treats a changed request in the same way.
    """
    conditions = [each for statement in policy.statements for each in statement.conditions]
    literals = {text for each in conditions for text in each.values}
    for value in sorted({value for value in request.context.values() if isinstance(value, str)} - literals):
        for changed in _replace_value(request.context, value):
            if not _has_fixed_value(policy, conditions, changed) and is_equivalent(replace(request, context=changed)):
                request = replace(request, context=changed)
                break
    return _humanize_identity(request, is_equivalent)


def _replace_value(context: Context, value: str) -> Iterator[Context]:
    """Yields contexts in which another value replaces this one in every key, as keys may have to be equal."""
    same = [key for key, held in context.items() if held == value and (key in EXAMPLES or key.startswith(TAGS))]
    if "aws:principalorgpaths" not in context and same:
        for other in dict.fromkeys(EXAMPLES.get(key, A_TAG) for key in same):
            yield {**context, **dict.fromkeys(same, other)}


def _has_fixed_value(policy: Policy, conditions: list[Condition], context: Context) -> bool:
    texts = {key: value for key, value in context.items() if isinstance(value, str) and key in keys.FIXING}
    fixed = {key: fixed_values.find_fixed_patterns(key, conditions, variables=policy.variables) for key in texts}
    return any(samples.is_any_matched(fixed[key], value) for key, value in texts.items())


def _humanize_identity(request: Request, is_equivalent: Callable[[Request], bool]) -> Request:
    head, slash, name = request.identity.arn.rpartition("/")
    if not slash or len(name) > 1:
        return request
    context = dict(request.context) | {"aws:principalarn": f"{head}/{SOMEONE}"}
    if "aws:username" in context:
        context["aws:username"] = SOMEONE
    changed = replace(request, identity=Identity(f"{head}/{SOMEONE}"), context=context)
    return changed if is_equivalent(changed) else request
