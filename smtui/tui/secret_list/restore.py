"""The plan that restores secrets whose deletion is planned."""

from __future__ import annotations

from functools import partial

from smtui.text.dates import format_date
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.client_call import plan_call
from smtui.tui.secret_list import entry_state
from smtui.tui.secret_list.plan import Item, ItemState, format_count
from smtui.tui.secret_list.plan_dialog import PlanScreen
from smtui.tui.undo import inverse


class RestorePlan(PlanScreen):
    """Restores secrets. The focus is on its button, because undo can revert it.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RestoreSecret.html
    """

    AUTO_FOCUS = "#go"

    def format_title(self) -> str:
        return f"Restore {format_count(len(self.plan.items))}?"

    def fill_item(self, item: Item) -> None:
        when = item.entry.get("DeletedDate")
        if when is None:
            item.skip_reason = SafeText("no deletion is planned")
            return
        item.note = sanitize(f"{entry_state.format_deletion(when, self.session.now())}, on {format_date(when)}")
        item.calls = [plan_call(self.client.restore_secret, SecretId=item.arn)]
        item.find_conflict = partial(self.find_others_change, item)
        item.record_undo = partial(inverse.record_restore, self.session, item.arn, item.name, when)

    def get_button_label(self) -> str:
        return "Restore"

    def describe_consequence(self) -> str:
        return f"{format_count(len(self.plan.list_items(ItemState.PLANNED)))} can be read again at once."

    def describe_result(self, done: SafeText, several: bool) -> str:
        return f"{done} {'are' if several else 'is'} restored."
