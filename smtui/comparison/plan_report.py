"""A plan of a promotion and its results as lines: names, keys and version IDs, and no value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from smtui.comparison.plan import WHOLE, PlannedSecret, PlannedSide, PromotionPlan
from smtui.comparison.promote import SHORT_LENGTH, PromotionOutcome, PromotionResult
from smtui.text.sanitize import sanitize

FAILURES = frozenset({PromotionOutcome.NOT_CHANGED, PromotionOutcome.FAILED})
REPEATED = "the same password on both sides"
NOTHING = "nothing to promote"
ENTIRE = "the entire value"


def format_plan(plan: PromotionPlan) -> Iterator[str]:
    """The whole plan in lines."""
    yield f"from {_format_side(plan.left)}"
    yield f"to   {_format_side(plan.right)}"
    for secret in plan.secrets:
        if secret.is_promoted:
            yield f"  {_format_names(secret)}: {'; '.join(_describe(secret))}"
        else:
            yield f"  {_format_names(secret)}: skipped{f', {sanitize(secret.reason)}' if secret.reason else ''}"
    for name, reason in plan.omitted.items():
        yield f"  {sanitize(name)}: not possible, {sanitize(reason)}"
    yield summarize_plan(plan)


def summarize_plan(plan: PromotionPlan) -> str:
    """The number of secrets by what happens to them."""
    promoted = plan.list_promoted()
    new = sum(secret.is_new for secret in promoted)
    counts = {"new version": len(promoted) - new, "new secret": new, "skipped": len(plan.secrets) - len(promoted),
              "not possible": len(plan.omitted)}
    return ", ".join(f"{count:,} {noun}{'s' if count > 1 and noun.startswith('new') else ''}"
                     for noun, count in counts.items() if count) or NOTHING


def format_result(result: PromotionResult) -> str:
    """The line of one secret."""
    reason = f": {sanitize(result.reason)}" if result.reason else ""
    return f"{result.outcome.value}: {result.secret.target}{reason}"


def summarize_results(results: Sequence[PromotionResult]) -> str:
    """The number of secrets of each outcome."""
    counts = Counter(result.outcome for result in results)
    return ", ".join(f"{counts[each]:,} {each.value}" for each in PromotionOutcome if counts[each]) or NOTHING


def _format_side(side: PlannedSide) -> str:
    account = f" (account {sanitize(side.account)})" if side.account else ""
    return f"{sanitize(side.name)}{account}"


def _format_names(secret: PlannedSecret) -> str:
    source = sanitize(secret.source)
    return secret.target if secret.source == secret.target else f"{source} -> {secret.target}"


def _describe(secret: PlannedSecret) -> Iterator[str]:
    version = secret.candidates[0][:SHORT_LENGTH]
    if secret.is_new:
        yield f"new secret, version {version}"
    else:
        yield f"version {version} replaces {(secret.replaces or 'none')[:SHORT_LENGTH]}"
    yield ", ".join(f"{ENTIRE if key == WHOLE else sanitize(key)} {action.value}"
                    for key, action in secret.keys.items())
    if secret.repeats_password:
        yield REPEATED
