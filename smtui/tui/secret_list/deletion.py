"""The plan of a deletion: when it will happen, or, typed out in full, that it happens now."""

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

from smtui.api.limits import MAX_RECOVERY_DAYS, MIN_RECOVERY_DAYS
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.bridge import call, reading
from smtui.tui.secret_list import rows
from smtui.tui.secret_list.plan import Item, State, named
from smtui.tui.secret_list.plan_dialog import PlanScreen
from smtui.tui.undo import inverse
from smtui.tui.widgets.checkbox import SymbolCheckbox
from smtui.tui.widgets.safe_input import SafeInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from smtui.tui.session import Session

PLAN, AT_ONCE = "Plan deletion", "Delete now"
LATELY = timedelta(days=7)


class DeletionPlan(PlanScreen):
    """The harmless answer has the focus; what cannot be taken back needs a name or a number typed."""

    BINDINGS = keys.of("deletion")
    CSS_PATH: ClassVar = ["plan_dialog.tcss", "deletion.tcss"]

    days = getters.query_one("#days", SafeInput)
    force = getters.query_one("#force", SymbolCheckbox)
    typed = getters.query_one("#typed", SafeInput)

    def __init__(self, session: Session, entries: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(session, entries)
        self._entries = entries
        self._now = session.now()
        self._replicas: dict[str, list[str]] = {}

    def title_words(self) -> str:
        return f"Delete {named(self._entries)}?"

    def fields(self) -> Iterator[Widget]:
        if len(self._entries) == 1:
            yield Static(Content(sanitize(self._entries[0]["ARN"])), classes="-muted")
        yield Horizontal(
            Static("Can be restored for"),
            SafeInput(str(MAX_RECOVERY_DAYS), restrict="[0-9]*", max_length=2, id="days", compact=True),
            Static("days"), classes="row",
        )  # fmt: skip
        yield SymbolCheckbox("Without recovery, at once", False, id="force", compact=True)
        yield SafeInput(id="typed", compact=True)

    def on_mount(self) -> None:
        super().on_mount()
        self.ask_for_replicas()

    @reading
    async def ask_for_replicas(self) -> None:
        """A list tells that a secret has replicas, and not where."""
        for item in self.plan.items:
            if item.entry.get("PrimaryRegion") == self.session.region:
                described = await call(self.client.describe_secret, SecretId=item.arn)
                self._replicas[item.arn] = [each["Region"] for each in described.get("ReplicationStatus", ())]
        if self._replicas:
            self.look()

    # What the fields say.

    @property
    def window(self) -> int:
        return int(self.days.value or 0)

    @property
    def to_type(self) -> str:
        """What has to be typed before anything is deleted at once."""
        return str(self._entries[0]["Name"]) if len(self._entries) == 1 else f"delete {len(self._planned)}"

    @property
    def _planned(self) -> list[Item]:
        return self.plan.of(State.PLANNED)

    def fill(self, item: Item) -> None:
        item.note = sanitize(" · ".join(self._known(item)))
        item.obstacle = sanitize(self._obstacle(item))
        force = self.force.value
        how = {"ForceDeleteWithoutRecovery": True} if force else {"RecoveryWindowInDays": self.window}
        item.calls = [("delete_secret", {"SecretId": item.arn, **how})]
        item.check = partial(self.find_others_change, item)
        item.remember = partial(inverse.record_deletion, self.session, item.arn, item.name, for_good=force)

    def _known(self, item: Item) -> Iterator[str]:
        """What one wants to know before."""
        read = item.entry.get("LastAccessedDate")
        if read is None:
            yield "never read"
        else:
            yield f"{'▲ ' if self._now - read < LATELY else ''}read {rows.day(read)}"
        if rows.rotates(item.entry):  # type: ignore[arg-type]
            yield "rotation on"
        if owner := item.entry.get("OwningService"):
            yield f"managed by {owner}"

    def _obstacle(self, item: Item) -> str:
        """Why it would be refused."""
        entry, primary = item.entry, item.entry.get("PrimaryRegion", self.session.region)
        if primary != self.session.region:
            return f"a replica: its primary is in {primary}"
        if "PrimaryRegion" in entry and (regions := self._replicas.get(item.arn, ["other Regions"])):
            return f"remove replicas first, in {', '.join(regions)}"
        if "DeletedDate" in entry and not self.force.value:
            return f"its deletion is planned already, on {rows.day(entry['DeletedDate'])}"
        if self.force.value and entry.get("OwningService"):
            return f"managed by {entry['OwningService']}: only with a window"
        return ""

    def answer(self) -> str:
        return AT_ONCE if self.force.value else PLAN

    def problem(self) -> str:
        if not self.force.value:
            within = MIN_RECOVERY_DAYS <= self.window <= MAX_RECOVERY_DAYS
            return "" if within else f"✗ The window is {MIN_RECOVERY_DAYS} to {MAX_RECOVERY_DAYS} days."
        if self._planned and self.typed.value != self.to_type:
            return f"✗ Nothing brings {self._them} back. Type {self.to_type} to confirm."
        return ""

    def consequence(self) -> str:
        if self.force.value:
            return f"✗ Nothing brings {self._them} back."
        date = rows.day(self._now + timedelta(days=self.window))
        many = len(self._planned)
        which = f"{many:,} are deleted" if many < len(self._entries) else "Deleted"
        return f"▲ {which} on {date}. Until then nobody can read {self._them}, and U brings {self._them} back."

    def told(self, done: SafeText, several: bool) -> str:
        if self.force.value:
            return f"{done} {'are' if several else 'is'} deleted for good."
        return f"{done} will be deleted on {rows.day(self._now + timedelta(days=self.window))}."

    @property
    def _them(self) -> str:
        return "it" if len(self._planned) == 1 else "them"

    # What a person does.

    @on(Input.Changed)
    @on(SymbolCheckbox.Changed)
    def look(self) -> None:
        force = self.force.value
        self.days.disabled = force
        self.typed.display = force
        super().look()
        self.typed.placeholder = f"{self.to_type}, to confirm"
        self.said.set_class(self.go.disabled or force, "-error")

    def action_days(self, by: int) -> None:
        if not self.force.value:
            changed = (self.window or MAX_RECOVERY_DAYS) + by
            self.days.value = str(max(MIN_RECOVERY_DAYS, min(MAX_RECOVERY_DAYS, changed)))

    @on(Input.Submitted, "#days")
    def _to_the_answers(self) -> None:
        self.query_one("#cancel").focus()

    @on(Input.Submitted, "#typed")
    def _to_the_button(self) -> None:
        self.go.focus()
