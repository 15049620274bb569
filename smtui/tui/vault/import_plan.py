"""The dialog that shows, for each secret, what an import will do, and in which the user changes that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from smtui.api.limits import MAX_NAME_LENGTH
from smtui.text.sanitize import SafeText, sanitize
from smtui.transfer.plan import CHANGES, Action, Step, format_counts
from smtui.transfer.switches import Switch
from smtui.tui import key_names, keys
from smtui.tui.bridge import gesture
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.dialogs.one_line import ask_line
from smtui.tui.secret.new_secret import NAME_PATTERN
from smtui.tui.vault.import_choices import EXCLUDED, ImportChoices, PlanDraft, PlannedImport
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.checkbox import SymbolCheckbox
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

SIGNS = {
    Action.CREATE: "+", Action.UPDATE: "~", Action.UNCHANGED: "=", Action.SKIP: "·", Action.EMPTY: "·",
    Action.CONFLICT: "✗",
}
WORDS = {Action.SKIP: "skipped", Action.EMPTY: "skipped", Action.CREATE: "new secret"}
WHY = {Action.SKIP: SafeText("different value"), Action.EMPTY: SafeText("empty value")}
SWITCHES = {
    Switch.HISTORY: "older values", Switch.ATTACHMENTS: "attachments", Switch.TRASH: "trash", Switch.SPLIT: "split",
    Switch.LAST: "last value", Switch.UPPER: "capitals", Switch.EXPAND: "expand",
}
"""What the line of switches calls each."""
ENDS = ("list.first", "list.last")
BLOCKED = "Entries marked ✗ cannot be imported, so nothing is imported."
ILLEGAL_NAME = "A name can contain only letters, digits and /_+=.@-"
Plan = Callable[[ImportChoices], Awaitable[PlannedImport]]


class ImportPlan(Dialog[list[Step]]):
    """Returns the steps to apply; None if the user cancels.

    Secrets with a different value are skipped unless the user ticks the checkbox. A conflict blocks the whole import,
    unless the user excludes it; secrets are excluded and renamed one by one. A switch, a new name or another prefix
    makes the plan again. Keys move through the rows while the focus stays on the answers.

    Args:
        planned: the plan, or only its steps.
        about: sentences about the file: what it is, what it lacks and what is not imported.
        plan: makes the plan again; None if nothing but exclusions can be changed.
        choices: what the plan was made with.
        switches: the switches that change anything.
        excluded: the names in the file of what was excluded in the plan of a refused import, if there was one.
    """

    BINDINGS = (keys.list_bindings("dialog") + keys.list_bindings("import_plan") + keys.list_bindings("long_text")
                + keys.select(ENDS))
    CSS_PATH = "import_plan.tcss"
    AUTO_FOCUS = "#cancel"

    app: getters.app[Shell]
    table = getters.query_one(Table)
    summed_up = getters.query_one("#summary", Static)

    def __init__(
        self, planned: PlannedImport | Sequence[Step], about: Sequence[str] = (), *, plan: Plan | None = None,
        choices: ImportChoices | None = None, switches: Collection[Switch] = (),
        excluded: Collection[str] | None = None,
    ) -> None:
        super().__init__()
        self._planned = planned if isinstance(planned, PlannedImport) else PlannedImport([*planned], [*about])
        self._plan = plan
        self._choices = choices or ImportChoices()
        self._switches = switches
        self._excluded = set(excluded or ())
        self.is_refilled = excluded is not None

    def compose(self) -> ComposeResult:
        with Card():
            yield CardTitle("Import")
            with VerticalScroll(id="about-box"):
                yield Static(id="about", classes="-muted")
            yield Static(id="switches")
            yield Static(id="summary")
            yield Table(
                Column("", lambda step: SafeText(SIGNS[step.action]), 1),
                Column("Action", lambda step: SafeText(WORDS.get(step.action, str(step.action))), 11),
                Column("Name", lambda step: sanitize(step.entry.name), 20, grows=2, names=True),
                Column("", _get_reason, 23, grows=1, drop=1),
                key=self._get_original, nothing=SafeText("No secrets."),
            )
            yield SymbolCheckbox("", id="update", compact=True)
            with Horizontal(id="answers"):
                yield Button("Cancel", id="cancel")
                yield Button("Import", id="go")
        yield Footer()

    def on_mount(self) -> None:
        self._show_plan()

    # What is shown.

    def _show_plan(self) -> None:
        about = [_name_keys(sentence, self._find_key) for sentence in self._planned.list_sentences()]
        self._show_text("#about", "\n".join(map(sanitize, about)))
        self.call_after_refresh(self._let_long_text_scroll)
        self._show_text("#switches", _format_switches(self._switches, self._choices.switches, self._find_key))
        differ = self._planned.count_actions(self._planned.steps)[Action.SKIP]
        box = self.query_one("#update", SymbolCheckbox)
        which = "the secret that differs" if differ == 1 else f"the {differ:,} secrets that differ"
        box.label = Content(f"Store new versions for {which}")
        box.display = bool(differ)
        self._show()

    def _show_text(self, id: str, text: str) -> None:
        line = self.query_one(id, Static)
        line.update(Content(text))
        line.display = bool(text)

    def _let_long_text_scroll(self) -> None:
        box = self.query_one("#about-box", VerticalScroll)
        box.can_focus = box.max_scroll_y > 0

    def _find_key(self, switch: Switch) -> str:
        return key_names.find_bound_key(self, f"import_plan.{switch}")

    @property
    def steps(self) -> list[Step]:
        """The steps as they apply now: with the checkbox ticked, SKIP becomes UPDATE; what is excluded is skipped."""
        update = self.query_one("#update", SymbolCheckbox).value
        return [self._apply_choices(step, update=update) for step in self._planned.steps]

    def _apply_choices(self, step: Step, *, update: bool) -> Step:
        if self._get_original(step) in self._excluded:
            return replace(step, action=Action.SKIP, reason=EXCLUDED)
        return replace(step, action=Action.UPDATE) if update and step.action is Action.SKIP else step

    def _get_original(self, step: Step) -> str:
        """The name of a secret in the file, which stays when it is renamed."""
        return self._planned.originals.get(step.entry.name, step.entry.name)

    @on(SymbolCheckbox.Changed)
    def _show(self) -> None:
        steps = self.steps
        counts = self._planned.count_actions(steps)
        blocked = counts[Action.CONFLICT] > 0
        in_order = zip(steps, self._planned.steps, strict=True)
        self.table.put([step for step, _ in sorted(in_order, key=lambda pair: pair[1].action is not Action.CONFLICT)])
        self.summed_up.update(Content(sanitize(format_counts(counts) + (f". {BLOCKED}" if blocked else ""))))
        self.query_one("#go", Button).disabled = blocked or not any(counts[action] for action in CHANGES)

    def get_state(self) -> object:
        """What the user chose in this plan: names, prefix, switches, exclusions, and whether to store new versions."""
        return self._choices, frozenset(self._excluded), super().get_state()

    def make_draft(self, file: str) -> PlanDraft:
        """Returns what the user chose, to begin with it again if the import is refused."""
        return PlanDraft(file, self._choices, frozenset(self._excluded))

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
            self._excluded ^= {self._get_original(step)}
            self._show()
            self.table.action_move(1)

    def action_first(self) -> None:
        self.table.action_first()

    def action_last(self) -> None:
        self.table.action_last()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offers what changes anything: pages where there are more rows, switches that the file has a use for."""
        if action == "switch":
            return parameters[0] in self._switches
        if action == "rename" or (action == "prefix" and not self._choices.one_name):
            return self._plan is not None
        if action == "prefix":
            return False
        if action != "scroll_text" or not isinstance(parameters[0], int) or not parameters[1]:
            return super().check_action(action, parameters)
        return self.table.has_more(parameters[0])

    # Changes that make the plan again.

    async def _make_plan(self, choices: ImportChoices) -> None:
        """Shows the plan for other choices. Raises SmtuiError, and keeps the former plan."""
        if self._plan is not None:
            self._planned = await self._plan(choices)
            self._choices = choices
            self._show_plan()

    @gesture
    async def action_switch(self, switch: str) -> None:
        await self._make_plan(self._choices.toggle(Switch(switch)))

    @gesture
    async def action_rename(self) -> None:
        step = self.table.current
        if step is None:
            return
        name, original = step.entry.name, self._get_original(step)
        taken = {each.entry.name for each in self._planned.steps} - {name}

        def find_problem(typed: str) -> str:
            if not NAME_PATTERN.fullmatch(typed.strip()):
                return ILLEGAL_NAME
            return "Another secret of this import has this name." if typed.strip() in taken else ""

        async def rename(typed: str) -> str:
            if typed.strip() != name:
                await self._make_plan(self._choices.rename(original, typed.strip()))
            return ""

        await ask_line(self.app, sanitize(f"New name of {name}"), rename, name, longest=MAX_NAME_LENGTH,
                       noun="a name", find_problem=find_problem)

    @gesture
    async def action_prefix(self) -> None:
        async def change(typed: str) -> str:
            await self._make_plan(replace(self._choices, prefix=typed.strip()))
            return ""

        await ask_line(self.app, SafeText("Prefix of all names"), change, self._choices.prefix,
                       longest=MAX_NAME_LENGTH, noun="", find_problem=_find_prefix_problem)

    # The answers.

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "go":
            self.dismiss(self.steps)
        else:
            await self.run_action("cancel")


def _name_keys(sentence: str, find_key: Callable[[Switch], str]) -> str:
    """The sentence with the key of a switch in the place of its option on the command line."""
    for switch in Switch:
        sentence = sentence.replace(f"--{switch} ", f"{find_key(switch)} ")
    return sentence


def _format_switches(useful: Collection[Switch], on: Collection[Switch], find_key: Callable[[Switch], str]) -> SafeText:
    """The switches with their keys, and which of them are on."""
    shown = [f"{find_key(switch)} [{'✓' if switch in on else ' '}] {SWITCHES[switch]}"
             for switch in Switch if switch in useful]
    return sanitize("   ".join(shown))


def _find_prefix_problem(typed: str) -> str:
    return "" if not typed.strip() or NAME_PATTERN.fullmatch(typed.strip()) else ILLEGAL_NAME


def _get_reason(step: Step) -> SafeText:
    return sanitize(step.reason) if step.reason else WHY.get(step.action) or sanitize(step.entry.origin)
