"""The dialog of a plan: it shows the plan, its progress and its refusals, one row per secret."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from smtui.api.context import describe_many_calls
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.audit.changes_since import ChangesSince
from smtui.tui.bridge import call, gesture, reading
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.jobs.job import SHOW_AFTER
from smtui.tui.secret_list.plan import Item, ItemState, Plan, format_count, format_names
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from datetime import datetime

    from smtui.api.types import Client
    from smtui.tui.base_screen import SessionScreen
    from smtui.tui.session import Session
    from smtui.tui.undo.aspects import Aspect

MAX_NAME_WIDTH = 40
COLORS = {
    ItemState.PLANNED: "$text-muted", ItemState.SKIPPED: "$warning",
    ItemState.DONE: "$success", ItemState.REFUSED: "$error",
}  # fmt: skip
CALLS_ASIDE = 2
"""Reads of an account for each item of a plan: whether it was changed by others, and its state afterwards."""
NOTHING_TO_DO = "✗ Nothing to do."
CHANGE_PLAN = frozenset({"save", "add", "remove", "days"})
"""The actions that change a plan or run it."""


class PlanScreen(Dialog[Plan]):
    """Returns the plan if it was run, even in part; None if the user cancels.

    A subclass declares the title, the fields and the label of the button. `refresh_plan` calls `fill_item` for each
    item, then `find_problem` and `describe_consequence` for the whole plan.
    """

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("plan")
    CSS_PATH: ClassVar = ["plan_dialog.tcss"]
    AUTO_FOCUS = "#cancel"

    said = getters.query_one("#said", Static)
    go = getters.query_one("#go", Button)

    def __init__(self, session: Session, entries: Sequence[Mapping[str, Any]]) -> None:
        super().__init__()
        self.session = session
        self.client = session.client()
        self.reader = session.combine_clients(session.region, record_reads=False)
        self.plan = Plan([Item(entry) for entry in entries])
        self._since_shown = ChangesSince(session.vault)
        self._has_begun = self._is_over = False

    # To be defined by subclasses.

    @abstractmethod
    def format_title(self) -> str:
        """Returns the title, such as a question."""

    def compose_fields(self) -> Iterator[Widget]:
        """Yields the fields of the dialog."""
        return iter(())

    @abstractmethod
    def fill_item(self, item: Item) -> None:
        """Sets the note, the skip reason, the calls, and the callbacks of an item from the fields."""

    @abstractmethod
    def describe_consequence(self) -> str:
        """Returns a sentence about the effect of the plan."""

    def find_problem(self) -> str:
        """Returns why the plan cannot run with the present fields; empty if it can."""
        return ""

    @abstractmethod
    def get_button_label(self) -> str:
        """Returns the label of the button that runs the plan."""

    @abstractmethod
    def describe_result(self, done: SafeText, several: bool) -> str:
        """Returns a sentence about what was done.

        Args:
            done: the name of the secret, or the count of several.
            several: whether `done` is a count.
        """

    # The screen.

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle(Content(sanitize(self.format_title())))
            yield from self.compose_fields()
            yield Static(id="said")
            yield Table[Item](
                Column("Secret", lambda item: item.name, _measure_names(self.plan.items), names=True),
                Column("", _format_state, 24, grows=1),
                key=lambda item: item.arn, nothing=SafeText("No secrets."), id="items",
            )
            yield Static(id="about", classes="-muted")
            with Horizontal(id="answers"):
                yield Button("Cancel", id="cancel")
                yield Button("", id="go")
        yield Footer()

    @property
    def items(self) -> Table[Item]:
        return self.query_one("#items", Table)

    @on(Table.Moved)
    @on(events.Resize)
    def _update_footer(self) -> None:
        self.call_after_refresh(self.refresh_bindings)

    def on_mount(self) -> None:
        self.items.put(self.plan.items)
        self.refresh_plan()
        self._watch_changes()

    @reading
    async def _watch_changes(self) -> None:
        """Watches the changes by others from the moment when the plan is shown."""
        await call(self._since_shown.begin)

    def find_others_change(self, item: Item, deletion: Aspect[datetime | None], _: Client) -> str:
        """Describes the newest change of the secret since the plan was shown; empty if there is none.

        A deletion that was planned or cancelled before that, but after the entry was read, counts as well. Subclasses
        use it as `Item.find_conflict`.
        """
        if conflict := deletion.find_conflict(self.reader, item.entry.get("DeletedDate")):
            return f"changed by others: {conflict}"
        regions = {self.session.region, item.entry.get("PrimaryRegion", self.session.region)}
        change = self._since_shown.find_newest(item.entry["Name"], regions)
        return f"changed by others: {change}" if change else ""

    def refresh_plan(self) -> None:
        """Updates the plan and its display from the fields."""
        for item in self.plan.items:
            item.reset()
            self.fill_item(item)
        problem = _find_plan_problem(self)
        self.go.disabled = bool(problem)
        self.go.label = Content(self.get_button_label())
        self.say(problem or f"{self.describe_consequence()} {_describe_cost(self)}".strip(), wrong=bool(problem))
        self.items.refresh()

    def say(self, words: str, *, wrong: bool = False) -> None:
        """Shows a sentence in the dialog; `wrong` shows it as an error."""
        self.said.set_class(wrong, "-error")
        self.said.update(Content(sanitize(words)))

    # Running the plan.

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "go":
            self.run_plan()
        else:
            self.action_cancel()

    @gesture
    async def run_plan(self) -> None:
        """Runs the plan once, with what the fields contain now; a key may be ahead of its `Changed` message."""
        if self._has_begun:
            return
        await call(self._since_shown.begin)
        if self._has_begun:
            return
        self.refresh_plan()
        if problem := _find_plan_problem(self):
            self.say(problem, wrong=True)
        else:
            self._has_begun = True
            await self.execute_plan()

    async def execute_plan(self) -> None:
        """Makes the calls of the items. Closes the dialog at the end, unless an item was refused or it was stopped."""
        def show_progress(number: int) -> None:
            self.say(f"{number + 1:,} of {format_count(len(self.plan.items))}…")
            self.items.go(number)
            self.items.refresh()

        for field in self.query("Input, Checkbox, #go"):
            field.disabled = True
        self._name_cancel("Stop")
        passing = self.app.input.let_pass_later(SHOW_AFTER)
        try:
            await self.plan.run(self.client, self.session.vault.transaction, show_progress)
        finally:
            passing.cancel()
        self._is_over = True
        if self.plan.list_items(ItemState.REFUSED) or self.plan.stopped:
            self._show_refusals()
        else:
            self.dismiss(self.plan)

    def _name_cancel(self, words: str) -> Button:
        """Sets the label of the cancel button and of its key in the footer."""
        cancel = self.query_one("#cancel", Button)
        cancel.label = words
        self.rename_key("dialog.cancel", words)
        return cancel

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disables the actions that change the plan or run it, once it has started, and keys that would scroll nothing.
        """
        if action == "page" and isinstance(parameters[0], int):
            return self.is_mounted and self.items.has_more(parameters[0])
        return action not in CHANGE_PLAN or not self._has_begun

    def _show_refusals(self) -> None:
        """Shows the result, with refused items first."""
        states = ItemState.DONE, ItemState.REFUSED, ItemState.PLANNED
        done, refused, left = (len(self.plan.list_items(state)) for state in states)
        words = [f"{done:,} done, {refused:,} refused.", f"Stopped: {left:,} not processed." if left else ""]
        self.say(" ".join(filter(None, words)), wrong=True)
        self.items.put(sorted(self.plan.items, key=lambda item: item.state is not ItemState.REFUSED))
        self.items.go(0)
        self._show_message_in_full()
        self._name_cancel("Close").focus()

    @on(Table.Moved)
    def _show_message_in_full(self) -> None:
        """Shows the whole message of the row under the cursor, which the row may truncate."""
        item = self.items.current
        about = self.query_one("#about", Static)
        about.display = self._is_over and item is not None
        about.update(Content(sanitize(f"{item.name}: {item.message}" if item and item.message else "")))

    def action_cancel(self) -> None:  # type: ignore[override]
        """Cancels the dialog before the plan runs, stops the plan while it runs, and closes the dialog afterwards."""
        if self._is_over:
            self.dismiss(self.plan)
        elif self._has_begun:
            self.plan.stopped = True
        else:
            super().action_cancel()

    def action_page(self, by: int) -> None:
        self.items.action_page(by)


async def run_plan_dialog(screen: SessionScreen[Any], dialog: PlanScreen) -> list[Item]:
    """Shows a plan, reports its result, and records it as one undo step. Returns the items that succeeded."""
    plan = await screen.app.push_screen_wait(dialog)
    done = plan.list_items(ItemState.DONE) if plan else []
    if plan and done:
        sentence = sanitize(dialog.describe_result(format_names([item.entry for item in done]), len(done) > 1))
        with screen.session.undo.combine(sentence):
            for item in done:
                if item.record_undo:
                    item.record_undo(item.result)
        screen.say(sentence)
    return done


def _measure_names(items: Sequence[Item]) -> int:
    """Returns the width of the longest name in terminal cells, at most `MAX_NAME_WIDTH`."""
    return min(MAX_NAME_WIDTH, max((cell_len(item.name) for item in items), default=0))


def _describe_cost(screen: PlanScreen) -> str:
    """What a plan costs if it makes very many calls, where these cost time and money."""
    calls = sum(len(item.calls) + CALLS_ASIDE for item in screen.plan.list_items(ItemState.PLANNED))
    return describe_many_calls(screen.session.vault.can, calls)


def _find_plan_problem(dialog: PlanScreen) -> str:
    """Returns why the plan cannot run: the problem of the fields, or that no secret is planned."""
    planned = dialog.plan.list_items(ItemState.PLANNED)
    return dialog.find_problem() or ("" if planned or not dialog.plan.items else NOTHING_TO_DO)


def _format_state(item: Item) -> Content:
    """Formats the state and the message of an item."""
    colon = ": " if item.message and item.state.value else ""
    return Content.assemble((item.state.value + colon, COLORS[item.state]), Content(item.message))
