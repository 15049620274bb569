"""What the calls of a comparison or promotion cost, on the sides where they cost time and money."""

from __future__ import annotations

from smtui.api.context import Capabilities, describe_many_calls
from smtui.comparison.plan import PromotionPlan

READS, WRITES = 2, 5
"""The calls for a promoted secret at most: GetSecretValue and DescribeSecret on the left side; DescribeSecret,
PutSecretValue and the label updates on the right one."""


def describe_comparison_cost(left: Capabilities, right: Capabilities, calls: int) -> str:
    """A sentence for the user to read first, if there are very many calls; else empty.

    Args:
        left: what the left side can do.
        right: what the right side can do.
        calls: about how many calls are made on each side.
    """
    return _describe(left, calls, right, calls)


def describe_promotion_cost(left: Capabilities, right: Capabilities, plan: PromotionPlan) -> str:
    """The same for the application of a plan, or its undo."""
    count = len(plan.list_promoted())
    return _describe(left, READS * count, right, WRITES * count)


def _describe(left: Capabilities, left_calls: int, right: Capabilities, right_calls: int) -> str:
    paid = [(can, calls) for can, calls in ((left, left_calls), (right, right_calls)) if can.has_costs]
    return describe_many_calls(paid[0][0], sum(calls for _, calls in paid)) if paid else ""
