"""A plan before it is carried out, while it is, and what was refused: every secret stands in a row of its own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.audit.changes_since import ChangesSince
from smtui.tui.bridge import call, gesture, reading
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.jobs.job import SHOW_AFTER
from smtui.tui.secret_list.plan import NOTHING, Item, Plan, State, counted, named
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from smtui.api.types import Client
    from smtui.tui.base_screen import SessionScreen
    from smtui.tui.session import Session

WIDEST_NAME = 40
COLOURS = {State.PLANNED: "$text-muted", State.LEFT_OUT: "$warning", State.DONE: "$success", State.REFUSED: "$error"}
CHANGE_PLAN = frozenset({"save", "add", "remove", "days"})
"""The actions that change a plan or carry it out."""


class PlanScreen(Dialog[Plan]):
    """Answers the plan once it was carried out, be it in part; None where nothing was done.

    A kind of plan says what is asked (`title`, `answer`), with which fields (`fields`), and, each time one of them
    changes, what that makes of each secret (`fill`) and of them all (`consequence`, `problem`).
    """

    BINDINGS = keys.of("dialog") + keys.of("plan")
    CSS_PATH: ClassVar = ["plan_dialog.tcss"]
    AUTO_FOCUS = "#cancel"
    KEY_NAMES: ClassVar[Mapping[str, str]] = {}

    said = getters.query_one("#said", Static)
    go = getters.query_one("#go", Button)

    def __init__(self, session: Session, entries: Sequence[Mapping[str, Any]]) -> None:
        super().__init__()
        self.session = session
        self.client = session.client()
        self.plan = Plan([Item(entry) for entry in entries])
        self._since_shown: ChangesSince | None = None
        self._begun = self._over = False
        self.key_names: Mapping[str, str] = dict(self.KEY_NAMES)

    # What a kind of plan says of itself.

    @abstractmethod
    def title_words(self) -> str:
        """What is asked."""

    def fields(self) -> Iterator[Widget]:
        """What can be chosen."""
        return iter(())

    @abstractmethod
    def fill(self, item: Item) -> None:
        """Gives it its note, or its obstacle, and its calls."""

    @abstractmethod
    def consequence(self) -> str:
        """What will have happened, in a sentence."""

    def problem(self) -> str:
        """Why it cannot be done as it stands; empty where it can."""
        return ""

    @abstractmethod
    def answer(self) -> str:
        """What is on the button."""

    @abstractmethod
    def told(self, done: SafeText, several: bool) -> str:
        """What was done, in a sentence about `done`."""

    # The screen.

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Static(Content(sanitize(self.title_words())), classes="title")
            yield from self.fields()
            yield Static(id="said")
            yield Table[Item](
                Column("Secret", lambda item: item.name, self._longest_name(), names=True),
                Column("", _words, 24, grows=1),
                key=lambda item: item.arn, nothing=SafeText("Nothing."), id="items",
            )
            yield Static(id="about", classes="-muted")
            with Horizontal(id="answers"):
                yield Button("Cancel", id="cancel")
                yield Button("", id="go")
        yield Footer()

    def _longest_name(self) -> int:
        """Names are what one has to recognize."""
        return min(WIDEST_NAME, max(cell_len(item.name) for item in self.plan.items))

    @property
    def items(self) -> Table[Item]:
        return self.query_one("#items", Table)

    def on_mount(self) -> None:
        self.items.put(self.plan.items)
        self.look()
        self._begin_to_watch()

    @reading
    async def _begin_to_watch(self) -> None:
        await self._watch()

    async def _watch(self) -> None:
        """What others change from now on is told from what is done here."""
        if self._since_shown is None:
            self._since_shown = await call(ChangesSince, self.session.vault)

    def find_others_change(self, item: Item, _: Client) -> str:
        """A `check` of an item: what others changed of the secret since the plan was shown; empty where nothing."""
        assert self._since_shown is not None, "nothing is carried out before"
        regions = {self.session.region, item.entry.get("PrimaryRegion", self.session.region)}
        change = self._since_shown.find_newest(item.entry["Name"], regions)
        return f"changed by others meanwhile: {change}" if change else ""

    def look(self) -> None:
        """Shows what the fields, as they are now, make of it."""
        for item in self.plan.items:
            item.obstacle, item.calls, item.check, item.remember = NOTHING, (), None, None
            self.fill(item)
        problem = self.problem() or ("" if self.plan.of(State.PLANNED) else "✗ There is nothing to do.")
        self.go.disabled = bool(problem)
        self.go.label = Content(self.answer())
        self.say(problem or self.consequence(), wrong=bool(problem))
        self.items.refresh()

    def say(self, words: str, *, wrong: bool = False) -> None:
        self.said.set_class(wrong, "-error")
        self.said.update(Content(sanitize(words)))

    # Carrying it out.

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "go":
            self.carry_out()
        else:
            self.action_cancel()

    @gesture
    async def carry_out(self) -> None:
        if self._begun or self.problem():
            return
        await self._watch()
        if self._begun:
            return
        self._begun = True
        for field in self.query("Input, Checkbox, #go"):
            field.disabled = True
        self._name_cancel("Stop")
        passing = self.app.input.let_pass_later(SHOW_AFTER)
        try:
            await self.plan.carry_out(self.client, self.session.vault.transaction, self._tell)
        finally:
            passing.cancel()
        self._over = True
        if self.plan.of(State.REFUSED) or self.plan.stopped:
            self._show_what_was_refused()
        else:
            self.dismiss(self.plan)

    def _name_cancel(self, words: str) -> Button:
        """What leaving comes to from now on, on its button and in the footer."""
        cancel = self.query_one("#cancel", Button)
        cancel.label = words
        self.key_names = {**self.key_names, "dialog.cancel": words}
        self.refresh_bindings()
        return cancel

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Of what changes the plan, nothing is left once it is carried out."""
        return action not in CHANGE_PLAN or not self._begun

    def _tell(self, number: int) -> None:
        self.say(f"{number + 1:,} of {counted(len(self.plan.items))}…")
        self.items.go(number)
        self.items.refresh()

    def _show_what_was_refused(self) -> None:
        """Refusals first."""
        done, refused, left = (len(self.plan.of(state)) for state in (State.DONE, State.REFUSED, State.PLANNED))
        words = [f"{done:,} done, {refused:,} refused.", f"Stopped: {left:,} were not tried." if left else ""]
        self.say(" ".join(filter(None, words)), wrong=True)
        self.items.put(sorted(self.plan.items, key=lambda item: item.state is not State.REFUSED))
        self.items.go(0)
        self._tell_in_full()
        self._name_cancel("Close").focus()

    @on(Table.Moved)
    def _tell_in_full(self) -> None:
        """What was said about the row under the cursor, for which a row may be too short."""
        item = self.items.current
        about = self.query_one("#about", Static)
        about.display = self._over and item is not None
        about.update(Content(sanitize(f"{item.name}: {item.words}" if item and item.words else "")))

    def action_cancel(self) -> None:  # type: ignore[override]
        """Before, nothing is done; meanwhile, nothing more; afterwards, it is read."""
        if self._over:
            self.dismiss(self.plan)
        elif self._begun:
            self.plan.stopped = True
        else:
            super().action_cancel()

    def action_page(self, by: int) -> None:
        self.items.action_page(by)


async def carried_out(screen: SessionScreen[Any], dialog: PlanScreen) -> list[Item]:
    """Asks, says what was done, and remembers what takes it back, as one thing. Answers what was done."""
    plan = await screen.app.push_screen_wait(dialog)
    done = plan.of(State.DONE) if plan else []
    if plan and done:
        sentence = sanitize(dialog.told(named([item.entry for item in done]), len(done) > 1))
        with screen.session.undo.together(sentence):
            for item in done:
                if item.remember:
                    item.remember()
        screen.say(sentence)
    return done


def _words(item: Item) -> Content:
    """What state it is in, and what is known or was said."""
    colon = ": " if item.words and item.state.value else ""
    return Content.assemble((item.state.value + colon, COLOURS[item.state]), Content(item.words))
