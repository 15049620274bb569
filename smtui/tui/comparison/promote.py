"""The promotion of marked secrets: the plan, the question, the job and its result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smtui.api.errors import SmtuiError
from smtui.comparison.compare import Pair
from smtui.comparison.costs import describe_promotion_cost
from smtui.comparison.new_value import ValueSources
from smtui.comparison.plan import PromotionPlan, make_plan
from smtui.comparison.plan_report import FAILURES, format_plan, format_result, summarize_results
from smtui.comparison.promote import Promotion, PromotionOutcome, PromotionResult
from smtui.comparison.sides import ClientSide
from smtui.comparison.undo import preview_undo, undo_promotion
from smtui.system.ambient import Ambient
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import approve_changes
from smtui.tui.comparison.sides import OtherSide, plan_side
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.jobs.job import Progress, run_job
from smtui.tui.undo_history import UndoOutcome
from smtui.tui.vault.report import Report

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

TITLE = SafeText("Promotion")
NOTHING = SafeText("Nothing can be promoted.")
PASSWORD_LENGTH = 32
UNDONE = SafeText("AWSCURRENT moves back; new secrets are scheduled for deletion in 30 days.")


def plan_promotion(session: Session, side: OtherSide, pairs: Sequence[Pair]) -> PromotionPlan:
    """Plans the promotion of pairs that the user has chosen. It contains no value."""
    return make_plan(plan_side(session, session.region), side.plan(), pairs, Ambient())


async def promote(app: Shell, session: Session, side: OtherSide, plan: PromotionPlan) -> bool:
    """Shows the whole plan, asks, and applies it as a job. Returns whether it was applied.

    What is done stays if the user stops the job; applying the same plan again continues.

    Raises:
        SmtuiError: a side could not be read, or the user stopped the job.
    """
    cost = describe_promotion_cost(session.vault.can, side.session.vault.can, plan)
    text = sanitize("\n".join([*format_plan(plan), *([cost] if cost else [])]), lines=True)
    if not plan.list_promoted():
        await app.push_screen_wait(Report(TITLE, NOTHING, [text]))
        return False
    if not await app.push_screen_wait(Confirm(sanitize(f"Promote to {side.title}?"), text, "Promote")):
        return False
    approve_changes()
    region, undo = session.region, PromotionUndo(plan)
    try:
        results = await run_job(
            app, TITLE, lambda vault, progress: _apply(vault, region, session, side, plan, progress), is_atomic=False)
    except SmtuiError:  # it was cancelled, or the account could not be reached
        side.session.record_large_undo(sanitize(f"promotion from {region}: interrupted"), undo, side.region)
        raise
    if any(result.outcome not in FAILURES for result in results):
        words = sanitize(f"promotion from {region}: {summarize_results(results)}")
        side.session.record_large_undo(words, undo, side.region)
    await _report(app, results)
    return True


def _apply(
    vault: Vault, region: str, session: Session, side: OtherSide, plan: PromotionPlan, progress: Progress
) -> list[PromotionResult]:
    """Applies the plan in the thread of a job."""
    with side.open(session, vault) as other:
        client: Any = other.client(region_name=side.region)

        def generate_password() -> str:
            return str(client.get_random_password(PasswordLength=PASSWORD_LENGTH)["RandomPassword"])

        sources = ValueSources(generate_password, lambda name, key: "")  # no plan of the screens asks
        left = ClientSide(vault.client(region_name=region))
        return Promotion(plan, left, client, sources, progress).apply()


async def _report(app: Shell, results: Sequence[PromotionResult]) -> None:
    """Says what was promoted; a dialog lists what was not."""
    failures = [result for result in results if result.outcome in FAILURES]
    summary = sanitize(f"{summarize_results(results)}.")
    if failures:
        lines = [sanitize(format_result(result)) for result in failures]
        await app.push_screen_wait(Report(TITLE, summary, lines, wrong=True), always=True)
    else:
        app.notify(summary, markup=False)


@dataclass(frozen=True, slots=True)
class PromotionUndo:
    """The undo of a promotion, see `LargeChange`. It is in the history of the context that was changed."""

    plan: PromotionPlan

    def preview(self, vault: Vault, region: str, progress: Progress) -> UndoOutcome:
        return _describe(preview_undo(self.plan, vault.client(region_name=region), progress))

    def undo(self, vault: Vault, region: str, progress: Progress) -> UndoOutcome:
        return _describe(undo_promotion(self.plan, vault.client(region_name=region), progress))


def _describe(results: Sequence[PromotionResult]) -> UndoOutcome:
    back = tuple(sanitize(each.secret.target) for each in results
                 if each.outcome in (PromotionOutcome.READY, PromotionOutcome.UNDONE))
    left = tuple((sanitize(each.secret.target), sanitize(each.reason)) for each in results if each.reason)
    return UndoOutcome(((UNDONE, back),) if back else (), left)
