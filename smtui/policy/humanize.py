"""Values as people know them, instead of the shortest that would do, in what a witness is said to have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from smtui.policy import fixed_values, keys, samples
from smtui.policy.decide import Identity, Request
from smtui.policy.statements import Condition, Policy

Context = Mapping[str, str | list[str]]
KNOWN = {
    "aws:principalorgid": "o-9z8y7x6w5v", "aws:sourcevpc": "vpc-0a1b2c3d", "aws:sourcevpce": "vpce-0a1b2c3d",
    "aws:userid": "AIDASTRANGER", "aws:useragent": "curl/8", "aws:sourceaccount": "555555555555",
    "aws:sourceowner": "555555555555", "aws:sourceorgid": "o-9z8y7x6w5v", "aws:calledvia": "athena.amazonaws.com",
}  # fmt: skip
TAGS = ("aws:principaltag/", "aws:resourcetag/", "aws:requesttag/")
A_TAG = "blue"
SOMEONE = "someone"


def natural(policy: Policy, request: Request, still: Callable[[Request], bool]) -> Request:
    """The same request of the same stranger, with such values wherever it is `still` what it was."""
    conditions = [each for statement in policy.statements for each in statement.conditions]
    spelled_out = {text for each in conditions for text in each.values}
    for value in sorted({value for value in request.context.values() if isinstance(value, str)} - spelled_out):
        for changed in _with_other(request.context, value):
            if not _means_somebody(policy, conditions, changed) and still(replace(request, context=changed)):
                request = replace(request, context=changed)
                break
    return _of_someone(request, still)


def _with_other(context: Context, value: str) -> Iterator[Context]:
    """With another value wherever this one is, as one key may have to be the same as another."""
    same = [key for key, held in context.items() if held == value and (key in KNOWN or key.startswith(TAGS))]
    if "aws:principalorgpaths" not in context and same:
        for other in dict.fromkeys(KNOWN.get(key, A_TAG) for key in same):
            yield {**context, **dict.fromkeys(same, other)}


def _means_somebody(policy: Policy, conditions: list[Condition], context: Context) -> bool:
    return any(samples.matched(fixed_values.patterns(key, conditions, variables=policy.variables), value)
               for key, value in context.items() if isinstance(value, str) and key in keys.FIXING)


def _of_someone(request: Request, still: Callable[[Request], bool]) -> Request:
    head, slash, name = request.identity.arn.rpartition("/")
    if not slash or len(name) > 1:
        return request
    context = dict(request.context) | {"aws:principalarn": f"{head}/{SOMEONE}"}
    if "aws:username" in context:
        context["aws:username"] = SOMEONE
    changed = replace(request, identity=Identity(f"{head}/{SOMEONE}"), context=context)
    return changed if still(changed) else request
