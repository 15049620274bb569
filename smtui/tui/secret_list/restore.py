"""Restoring secrets whose deletion is planned: one without a question, several by a plan."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from smtui.text.dates import format_date
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.client_call import plan_call
from smtui.tui.secret_list import entry_state
from smtui.tui.secret_list.plan import Item, ItemState, format_count
from smtui.tui.secret_list.plan_dialog import PlanScreen
from smtui.tui.undo import inverse
from smtui.tui.undo.aspects import Content, make_content_aspect, make_deletion_aspect, write_as_seen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from smtui.tui.base_screen import SessionScreen


async def restore_secret(screen: SessionScreen[Any], secret: Mapping[str, Any]) -> None:
    """Restores a secret without a question, because undo can revert it. A deletion that others planned anew stays.

    Args:
        secret: the secret on the screen, as DescribeSecret or ListSecrets returns it.
    """
    name, arn, session = sanitize(secret["Name"]), secret["ARN"], screen.session
    due = secret.get("DeletedDate")
    if due is None:
        screen.say(f"{name} is not scheduled for deletion.")
        return
    content, reader = make_content_aspect(session, arn), session.combine_clients(session.region, record_reads=False)
    left: list[Content] = []

    def write() -> None:
        screen.client.restore_secret(SecretId=arn)
        left.append(content.read(reader))

    if await write_as_seen(screen, make_deletion_aspect(session, arn), due, write):
        inverse.record_restore(session, arn, name, due, left[-1])
        await screen.report_change(f"{name} restored.")


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
            item.skip_reason = SafeText("not scheduled for deletion")
            return
        item.note = sanitize(f"{entry_state.format_deletion(when, self.session.now())}, on {format_date(when)}")
        item.calls = [plan_call(self.client.restore_secret, SecretId=item.arn)]
        item.find_conflict = partial(self.find_others_change, item, make_deletion_aspect(self.session, item.arn))
        item.read_result = partial(make_content_aspect(self.session, item.arn).read, self.reader)
        item.record_undo = partial(inverse.record_restore, self.session, item.arn, item.name, when)

    def get_button_label(self) -> str:
        return "Restore"

    def describe_consequence(self) -> str:
        return f"{format_count(len(self.plan.list_items(ItemState.PLANNED)))} will be readable again immediately."

    def describe_result(self, done: SafeText, several: bool) -> str:
        return f"{done} restored."
