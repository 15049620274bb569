"""The plan of a deletion: after a recovery window, or immediately after a typed confirmation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import getters, on
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from smtui.api.context import Feature
from smtui.api.errors import SmtuiError
from smtui.api.limits import MAX_RECOVERY_DAYS, MIN_RECOVERY_DAYS
from smtui.text.dates import format_date
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import key_names, keys
from smtui.tui.bridge import call, reading
from smtui.tui.client_call import plan_call
from smtui.tui.dialogs.read_first import READ_AGAIN
from smtui.tui.notifications import explain_error
from smtui.tui.secret_list import entry_state
from smtui.tui.secret_list.plan import Item, ItemState, format_names
from smtui.tui.secret_list.plan_dialog import PlanScreen
from smtui.tui.undo import inverse
from smtui.tui.undo.aspects import make_deletion_aspect
from smtui.tui.widgets.checkbox import SymbolCheckbox
from smtui.tui.widgets.limited_input import DIGITS
from smtui.tui.widgets.read_state import READ, READING, ReadState, make_failed_state
from smtui.tui.widgets.safe_input import SafeInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from smtui.api.types import DeleteSecretRequest
    from smtui.tui.session import Session

REPLICAS_UNKNOWN = "Nothing can be deleted until the replicas are known."
PLAN_DELETION, DELETE_NOW = "Schedule deletion", "Delete now"
RECENT_USE = timedelta(days=7)


class DeletionPlan(PlanScreen):
    """Plans the deletion of secrets. A deletion without recovery needs a typed confirmation.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
    """

    BINDINGS = keys.list_bindings("deletion") + keys.select([READ_AGAIN])
    CSS_PATH: ClassVar = ["plan_dialog.tcss", "deletion.tcss"]

    days = getters.query_one("#days", SafeInput)
    force = getters.query_one("#force", SymbolCheckbox)
    confirmation = getters.query_one("#confirmation", SafeInput)

    def __init__(self, session: Session, entries: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(session, entries)
        self._entries = entries
        self._now = session.now()
        self._replicas: dict[str, list[str]] = {}
        """The Regions with a replica of each primary that has been read, by its ARN."""
        self._replicas_state = READING

    def format_title(self) -> str:
        return f"Delete {format_names(self._entries)}?"

    def compose_fields(self) -> Iterator[Widget]:
        if len(self._entries) == 1:
            yield Static(Content(sanitize(self._entries[0]["ARN"])), classes="-muted")
        yield Horizontal(
            Static("Recovery window"),
            SafeInput(str(MAX_RECOVERY_DAYS), restrict=DIGITS, max_length=2, id="days", compact=True),
            Static("days"), classes="row",
        )  # fmt: skip
        force = SymbolCheckbox("Delete immediately, without recovery", False, id="force", compact=True)
        reason = self.session.vault.can.explain(Feature.DELETION_AT_ONCE)
        force.disabled = bool(reason)
        yield force
        if reason:
            yield Static(Content(sanitize(reason)), classes="-muted")
        yield SafeInput(id="confirmation", compact=True)
        yield Static(id="replicas")

    def on_mount(self) -> None:
        super().on_mount()
        self.action_read_again()

    # The replicas.

    @reading
    async def action_read_again(self) -> None:
        """Reads the Regions of replicas by DescribeSecret, because ListSecrets does not return them.

        It reads those that are not known yet. The dialog shows that it reads, or why it could not.
        """
        if not self._unread:
            return
        self._show_replicas_state(READING)
        state = READ
        for item in self._unread:
            try:
                described = await call(self.client.describe_secret, SecretId=item.arn)
            except SmtuiError as error:
                state = make_failed_state(explain_error(error))
            else:
                self._replicas[item.arn] = [each["Region"] for each in described.get("ReplicationStatus", ())]
        self._show_replicas_state(state)

    @property
    def _unread(self) -> list[Item]:
        """The items of primaries whose replicas are not known."""
        return [item for item in self.plan.items
                if item.entry.get("PrimaryRegion") == self.session.region and item.arn not in self._replicas]

    def _show_replicas_state(self, state: ReadState) -> None:
        self._replicas_state = state
        if not self._has_begun:
            self.refresh_plan()

    # The plan.

    @property
    def window_days(self) -> int:
        """The recovery window in days; 0 if its field is empty."""
        return int(self.days.value or 0)

    @property
    def confirmation_text(self) -> str:
        """The text that the user must type to confirm a deletion without recovery."""
        return str(self._entries[0]["Name"]) if len(self._entries) == 1 else f"delete {len(self._planned)}"

    @property
    def _planned(self) -> list[Item]:
        return self.plan.list_items(ItemState.PLANNED)

    def fill_item(self, item: Item) -> None:
        item.note = sanitize(" · ".join(self._list_notes(item)))
        item.skip_reason = sanitize(self._find_skip_reason(item))
        force = self.force.value
        how: DeleteSecretRequest = {"SecretId": item.arn}
        if force:
            how["ForceDeleteWithoutRecovery"] = True
        else:
            how["RecoveryWindowInDays"] = self.window_days
        item.calls = [plan_call(self.client.delete_secret, **how)]
        aspect = make_deletion_aspect(self.session, item.arn)
        item.find_conflict = partial(self.find_others_change, item, aspect)
        item.record_undo = partial(inverse.record_deletion, self.session, item.arn, item.name)
        if not force:
            item.read_result = partial(aspect.read, self.reader)

    def _list_notes(self, item: Item) -> Iterator[str]:
        """Yields facts that matter before a deletion: last access, rotation and owning service."""
        read = item.entry.get("LastAccessedDate")
        if read is None:
            yield "never read"
        else:
            yield f"{'▲ ' if self._now - read < RECENT_USE else ''}read {format_date(read)}"
        if entry_state.has_rotation(item.entry):  # type: ignore[arg-type]
            yield "rotation on"
        if owner := item.entry.get("OwningService"):
            yield f"managed by {owner}"

    def _find_skip_reason(self, item: Item) -> str:
        """The reason for which the service would refuse the deletion; empty if it would not."""
        entry, primary = item.entry, item.entry.get("PrimaryRegion", self.session.region)
        if primary != self.session.region:
            return f"replica of the primary in {primary}"
        if "PrimaryRegion" in entry and item.arn not in self._replicas:
            return "replicas unknown" if self._replicas_state.has_failed else "reading replicas…"
        if regions := self._replicas.get(item.arn):
            return f"delete its replicas first: {', '.join(regions)}"
        if "DeletedDate" in entry and not self.force.value:
            return f"already scheduled for deletion on {format_date(entry['DeletedDate'])}"
        if self.force.value and entry.get("OwningService"):
            return f"managed by {entry['OwningService']}: needs a recovery window"
        return ""

    def get_button_label(self) -> str:
        return DELETE_NOW if self.force.value else PLAN_DELETION

    def find_problem(self) -> str:
        if not self.force.value:
            if not MIN_RECOVERY_DAYS <= self.window_days <= MAX_RECOVERY_DAYS:
                return f"✗ The recovery window is {MIN_RECOVERY_DAYS} to {MAX_RECOVERY_DAYS} days."
        elif self._planned and self.confirmation.value != self.confirmation_text:
            return f"✗ This cannot be undone. Type {self.confirmation_text} to confirm."
        return REPLICAS_UNKNOWN if self._unread and not self._planned else ""

    def describe_consequence(self) -> str:
        if self.force.value:
            return "✗ This cannot be undone."
        date = format_date(self._now + timedelta(days=self.window_days))
        many = len(self._planned)
        which = f"{many:,} will be deleted" if many < len(self._entries) else "Will be deleted"
        subject = "it" if many == 1 else "they"
        return f"▲ {which} on {date}. Until then {subject} cannot be read; U restores {self._pronoun}."

    def describe_result(self, done: SafeText, several: bool) -> str:
        if self.force.value:
            return f"{done} permanently deleted."
        return f"{done} will be deleted on {format_date(self._now + timedelta(days=self.window_days))}."

    @property
    def _pronoun(self) -> str:
        return "it" if len(self._planned) == 1 else "them"

    # Events and actions.

    @on(Input.Changed)
    @on(SymbolCheckbox.Changed)
    def refresh_plan(self) -> None:
        force = self.force.value
        self.days.disabled = force
        self.confirmation.display = force
        super().refresh_plan()
        self._show_unread_replicas()
        self.confirmation.placeholder = f"{self.confirmation_text} (to confirm)"
        self.said.set_class(self.go.disabled or force, "-error")

    def _show_unread_replicas(self) -> None:
        """Shows above the plan how far the read of the replicas is, while some are not known."""
        line = self.query_one("#replicas", Static)
        line.display = bool(self._unread)
        line.set_class(self._replicas_state.has_failed, "-error")
        text = self._replicas_state.format_text(key_names.find_bound_key(self, READ_AGAIN))
        line.update(Content(sanitize(f"Replicas: {text}")))

    def action_days(self, by: int) -> None:
        if not self.force.value:
            changed = (self.window_days or MAX_RECOVERY_DAYS) + by
            self.days.value = str(max(MIN_RECOVERY_DAYS, min(MAX_RECOVERY_DAYS, changed)))

    @on(Input.Submitted, "#days")
    def _focus_cancel(self) -> None:
        self.query_one("#cancel").focus()

    @on(Input.Submitted, "#confirmation")
    def _focus_button(self) -> None:
        self.go.focus()
