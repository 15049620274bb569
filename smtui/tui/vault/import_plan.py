"""The dialog that shows, for each secret, what an import will do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText, sanitize
from smtui.transfer.plan import CHANGES, Action, Step, summarize
from smtui.tui import keys
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.checkbox import SymbolCheckbox
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.table import Column, Table
from smtui.tui.workarounds import ClosableModalScreen

SIGNS = {
    Action.CREATE: "+", Action.UPDATE: "~", Action.UNCHANGED: "=", Action.SKIP: "·", Action.EMPTY: "·",
    Action.CONFLICT: "✗",
}
WORDS = {Action.SKIP: "skipped", Action.EMPTY: "skipped", Action.CREATE: "new secret"}
WHY = {Action.SKIP: SafeText("different value"), Action.EMPTY: SafeText("empty value")}
ENDS = ("list.first", "list.last")
BLOCKED = "Entries marked ✗ cannot be imported, so nothing is imported."
EXCLUDED = "excluded"


class ImportPlan(ClosableModalScreen[list[Step] | None]):
    """Returns the steps to apply; None if the user cancels.

    Secrets with a different value are skipped unless the user ticks the checkbox. A conflict blocks the whole import,
    unless the user excludes it; secrets are excluded one by one.
    Keys move through the rows while the focus stays on the answers.
    """

    BINDINGS = (keys.list_bindings("dialog") + keys.list_bindings("import_plan") + keys.list_bindings("long_text")
                + keys.select(ENDS))
    CSS_PATH = "import_plan.tcss"
    AUTO_FOCUS = "#cancel"

    table = getters.query_one(Table)
    summed_up = getters.query_one("#summary", Static)

    def __init__(self, steps: Sequence[Step], about: Sequence[str] = ()) -> None:
        """Shows `steps`, and sentences `about` the file: what it is, what it lacks and what is not imported."""
        super().__init__()
        self._about = about
        self._steps = list(steps)
        self._excluded: set[str] = set()
        self._differ = sum(step.action is Action.SKIP for step in steps)

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle("Import")
            if self._about:
                yield Static(Content("\n".join(map(sanitize, self._about))), classes="-muted")
            yield Static(id="summary")
            yield Table(
                Column("", lambda step: SafeText(SIGNS[step.action]), 1),
                Column("Action", lambda step: SafeText(WORDS.get(step.action, str(step.action))), 11),
                Column("Name", lambda step: sanitize(step.entry.name), 20, grows=2, names=True),
                Column("", _get_reason, 23, grows=1, drop=1),
                key=lambda step: step.entry.name, nothing=SafeText("No secrets."),
            )
            if self._differ:
                which = "the secret that differs" if self._differ == 1 else f"the {self._differ:,} secrets that differ"
                yield SymbolCheckbox(Content(f"Store new versions for {which}"), id="update", compact=True)
            with Horizontal(id="answers"):
                yield Button("Cancel", id="cancel")
                yield Button("Import", id="go")
        yield Footer()

    def on_mount(self) -> None:
        self._show()

    @property
    def steps(self) -> list[Step]:
        """The steps as they apply now: with the checkbox ticked, SKIP becomes UPDATE; what is excluded is skipped."""
        update = bool(self._differ) and self.query_one("#update", SymbolCheckbox).value
        return [self._apply_choices(step, update=update) for step in self._steps]

    def _apply_choices(self, step: Step, *, update: bool) -> Step:
        if step.entry.name in self._excluded:
            return replace(step, action=Action.SKIP, reason=EXCLUDED)
        return replace(step, action=Action.UPDATE) if update and step.action is Action.SKIP else step

    @on(SymbolCheckbox.Changed)
    def _show(self) -> None:
        steps = self.steps
        blocked = any(step.action is Action.CONFLICT for step in steps)
        in_order = zip(steps, self._steps, strict=True)
        self.table.put([step for step, _ in sorted(in_order, key=lambda pair: pair[1].action is not Action.CONFLICT)])
        self.summed_up.update(Content(sanitize(summarize(steps) + (f". {BLOCKED}" if blocked else ""))))
        self.query_one("#go", Button).disabled = blocked or not any(step.action in CHANGES for step in steps)

    # The rows.

    @on(Table.Moved)
    @on(events.Resize)
    def _update_footer(self) -> None:
        self.call_after_refresh(self.refresh_bindings)

    def action_scroll_text(self, direction: int, page: bool) -> None:
        """Moves the cursor of the table by a row or a page; 1 is down, -1 is up."""
        (self.table.action_page if page else self.table.action_move)(direction)

    def action_exclude(self) -> None:
        """Excludes the secret under the cursor, or includes it again, and moves down."""
        step = self.table.current
        if step is not None:
            self._excluded ^= {step.entry.name}
            self._show()
            self.table.action_move(1)

    def action_first(self) -> None:
        self.table.action_first()

    def action_last(self) -> None:
        self.table.action_last()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offers the keys that move by a page where there are rows in that direction, and not all are shown."""
        if action != "scroll_text" or not isinstance(parameters[0], int) or not parameters[1]:
            return super().check_action(action, parameters)
        return self.table.has_more(parameters[0])

    # The answers.

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(self.steps if event.button.id == "go" else None)

    def action_cancel(self) -> None:
        self.dismiss(None)


def _get_reason(step: Step) -> SafeText:
    return sanitize(step.reason) if step.reason else WHY.get(step.action) or sanitize(step.entry.origin)
