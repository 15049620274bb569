"""The plan of taking back planned deletions."""

from __future__ import annotations

from functools import partial

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret_list import rows
from smtui.tui.secret_list.plan import Item, State, counted
from smtui.tui.secret_list.plan_dialog import PlanScreen
from smtui.tui.undo import inverse


class RestorePlan(PlanScreen):
    """It can be undone, so its answer has the focus."""

    AUTO_FOCUS = "#go"

    def title_words(self) -> str:
        return f"Restore {counted(len(self.plan.items))}?"

    def fill(self, item: Item) -> None:
        when = item.entry.get("DeletedDate")
        if when is None:
            item.obstacle = SafeText("no deletion is planned")
            return
        item.note = sanitize(f"{rows.deletion(when, self.session.now())}, on {rows.day(when)}")
        item.calls = [("restore_secret", {"SecretId": item.arn})]
        item.check = partial(self.find_others_change, item)
        item.remember = partial(inverse.record_restore, self.session, item.arn, item.name, when)

    def answer(self) -> str:
        return "Restore"

    def consequence(self) -> str:
        return f"{counted(len(self.plan.of(State.PLANNED)))} can be read again at once."

    def told(self, done: SafeText, several: bool) -> str:
        return f"{done} {'are' if several else 'is'} restored."
