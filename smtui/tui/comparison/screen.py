"""The screen "Compare": the secrets of this Region and those of another side, and which of them differ."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from smtui.comparison.compare import CompareOptions, Pair, Status, compare, count_calls
from smtui.comparison.costs import describe_comparison_cost
from smtui.comparison.plan import PromotionPlan
from smtui.comparison.plan_file import format_plan_file
from smtui.comparison.report import SIGNS, describe_difference, format_names, format_reason, summarize
from smtui.comparison.sides import ClientSide
from smtui.text.sanitize import SafeText, sanitize
from smtui.transfer.private_file import write_private_file
from smtui.tui import keys
from smtui.tui.base_screen import READ_ONLY
from smtui.tui.bridge import call, gesture
from smtui.tui.comparison.promote import plan_promotion, promote
from smtui.tui.comparison.sides import OtherSide, ask_names, choose_side, format_side
from smtui.tui.dialogs.ask_path import ask_path
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.filtered_table_screen import FilteredTableScreen
from smtui.tui.help import places
from smtui.tui.jobs.job import Progress, run_job
from smtui.tui.vault.report import Report
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.safe_input import SafeInput
from smtui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

TITLE = SafeText("Comparison")
NOT_CHOSEN = "Nothing is compared yet."
NOTHING = SafeText("No differences.")
CHOOSE = SafeText("Choose an open vault or account, another Region, or other names in this one.")
NOTHING_MARKED = "Mark secrets that differ or are only on the left."
QUESTION = SafeText("Compare the values?")
WARNING = SafeText("The values whose version IDs differ are read on both sides and compared; none is shown. "
                   "Each read is recorded and counts as an access.")
PLAN_FILE = SafeText("Plan")
ABOUT_PLAN = SafeText("Names, keys and version IDs, without values. smtui promote FILE applies it.")
ONE_SIDE = "The secret is on one side only."
NO_DIFFERENCE = SafeText("No differences.")
STYLES = {Status.SAME: "$text-muted", Status.CONFLICT: "$error", Status.ROTATES_THERE: "$warning"}
MARK = "●"


class ComparisonScreen(FilteredTableScreen[None]):
    """A table of pairs. Values are compared on request only, and are not kept.

    Args:
        session: the session whose Region is the left side.
        side: the right side; None to choose it on the screen.
        names: the secrets of the left side that are compared, and marked if they differ; none stands for all.
    """

    place = places.COMPARE
    BINDINGS = keys.list_bindings("contexts")
    CSS_PATH = "screen.tcss"
    at_once = frozenset({"filter", "choose"})

    def __init__(
        self, session: Session, side: OtherSide | None = None, names: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(session)
        self._side = side
        self._names = names
        self._pairs: list[Pair] = []
        self._marks: set[str] = set()
        self._shows_same = False
        self._has_compared = False
        self._unfinished: PromotionPlan | None = None

    def compose(self) -> ComposeResult:
        yield self.create_header()
        yield SafeInput(placeholder="/ filter: words, like differs or prod/", compact=True, select_on_focus=False,
                        id="filter")
        with ReadPane(title="Compare"):
            yield Static(id="sides")
            yield Table(
                Column("", lambda pair: SafeText(MARK if pair.name in self._marks else ""), 1),
                Column("State", _format_status, 15),
                Column("Secret", lambda pair: sanitize(pair.name), 20, grows=2, names=True),
                Column("Difference", lambda pair: sanitize(format_reason(pair).removeprefix(": ")), 20, grows=2),
                key=lambda pair: pair.name, nothing=NOTHING,
            )
        yield Footer()

    async def load(self) -> None:
        """Shows what was compared. A comparison begins when the user asks for it."""
        self._show()

    def on_mount(self) -> None:
        super().on_mount()
        if self._side is not None:
            self.app.run_task(self._ask_names_and_compare)
        elif self._names:
            self.action_choose()

    @on(Input.Changed)
    def _show(self) -> None:
        words = self.bar.value.lower().split()
        kept = [pair for pair in self._pairs if (self._shows_same or pair.status is not Status.SAME)
                and all(word in f"{pair.status.value} {format_names(pair)}".lower() for word in words)]
        self.table.set_nothing(NOTHING if self._has_compared else CHOOSE)
        self.table.put(kept)
        left = format_side(self.session, self.session.region)
        if self._side is None:
            key = self.find_key("contexts.choose")
            self.query_one("#sides", Static).update(Content(sanitize(f"left {left}   {key} chooses the right side")))
        else:
            rules = self._side.rules.rules
            here, there = (f" {' '.join(each)}" for each in (
                [rule.source for rule in rules], [rule.target for rule in rules]))
            self.query_one("#sides", Static).update(Content(sanitize(
                f"left {left}{here.rstrip()}   right {self._side.title}{there.rstrip()}")))
        self.query_one(ReadPane).show_title(sanitize(summarize(self._pairs) if self._has_compared else NOT_CHOSEN))
        self.refresh_bindings()

    # Comparing.

    def action_choose(self) -> None:
        self.app.run_task(self._choose_and_compare)

    async def _choose_and_compare(self, app: Shell, session: Session) -> None:
        side = await choose_side(app, session)
        if side is not None:
            await self._start(app, session, side)

    async def _ask_names_and_compare(self, app: Shell, session: Session) -> None:
        assert self._side is not None
        side = await ask_names(app, self._side, session)
        if side is not None:
            await self._start(app, session, side)

    async def _start(self, app: Shell, session: Session, side: OtherSide) -> None:
        """Compares with a side that was chosen, by version IDs."""
        self._side, self._pairs, self._has_compared, self._unfinished = side, [], False, None
        self._marks.clear()
        await self._compare(app, session, side, CompareOptions(values=False))
        if self._names:
            self._marks |= {pair.name for pair in self._pairs if pair.status is not Status.SAME}
            self._show()

    async def _compare(self, app: Shell, session: Session, side: OtherSide, options: CompareOptions) -> None:
        """Compares as a job, and shows the result."""
        region = session.region

        def run(vault: Vault, progress: Progress) -> list[Pair]:
            with side.open(session, vault) as other:
                left = ClientSide(vault.client(region_name=region))
                right = ClientSide(other.client(region_name=side.region))
                return compare(left, right, side.rules, options, progress)

        pairs = await run_job(app, TITLE, run)
        if self._names:
            pairs = [pair for pair in pairs if pair.left is not None and pair.left.name in self._names]
        self._pairs, self._has_compared = pairs, True
        self._marks &= {pair.name for pair in pairs}
        if self.is_attached:
            self._show()

    @gesture
    async def action_values(self) -> None:
        """Compares the values whose version IDs differ, after confirmation."""
        if self._side is None:
            return
        both = [(pair.left, pair.right) for pair in self._pairs if pair.left and pair.right]
        cost = describe_comparison_cost(
            self.vault.can, self._side.session.vault.can, count_calls(both, CompareOptions()))
        question = Confirm(QUESTION, sanitize(f"{WARNING} {cost}".strip()), "Compare")
        if await self.app.push_screen_wait(question):
            self.app.run_task(partial(self._compare, side=self._side, options=CompareOptions()))

    # The rows.

    @on(Table.Selected)
    @gesture
    async def action_open(self) -> None:
        """Shows what differs, without values; before a comparison, chooses the other side."""
        pair: Pair | None = self.table.current
        if pair is None:
            if self._side is None:
                self.action_choose()
            return
        lines = [sanitize(describe_difference(each)) for each in pair.differences]
        await self.app.push_screen_wait(Report(sanitize(format_names(pair)), SafeText(pair.status.value),
                                               lines or [NO_DIFFERENCE]))

    def action_reveal(self) -> None:
        """Opens the values of the pair under the cursor, which are hidden until they are revealed one by one."""
        from smtui.tui.comparison.pair import PairScreen

        pair: Pair | None = self.table.current
        if self._side is None or pair is None or pair.left is None or pair.right is None:
            self.say(ONE_SIDE)
        else:
            self.app.push_screen(PairScreen(self.session, self._side, pair.left, pair.right))

    def action_mark(self) -> None:
        pair: Pair | None = self.table.current
        if pair is not None:
            self._marks ^= {pair.name}
            self.table.put(self.table.things)
            self.table.go(self.table.cursor + 1)

    def action_toggle_same(self) -> None:
        self._shows_same = not self._shows_same
        self._show()

    # Promoting.

    def _plan(self) -> PromotionPlan | None:
        """The plan of the marked pairs, or of that under the cursor; None if there is nothing to promote."""
        current: Pair | None = self.table.current
        chosen = [pair for pair in self._pairs if pair.name in self._marks] or [each for each in [current] if each]
        if self._side is None or not chosen:
            return None
        plan = plan_promotion(self.session, self._side, chosen)
        return plan if plan.secrets or plan.omitted else None

    def action_promote(self) -> None:
        """Promotes the marked secrets, or continues a promotion that was stopped."""
        plan = self._unfinished or self._plan()
        if plan is None or self._side is None:
            self.say(NOTHING_MARKED)
        elif self._side.session.read_only:
            self.say(f"{self._side.title}: {READ_ONLY}", severity="warning")
        else:
            self.app.run_task(partial(self._promote, side=self._side, plan=plan))

    async def _promote(self, app: Shell, session: Session, side: OtherSide, plan: PromotionPlan) -> None:
        before, self._unfinished = self._unfinished, plan
        if not await promote(app, session, side, plan):
            self._unfinished = before
            return
        self._unfinished = None
        self._marks.clear()
        app.look_again()
        await self._compare(app, session, side, CompareOptions(values=False))

    @gesture
    async def action_to_file(self) -> None:
        """Writes the plan to a file."""
        plan = self._plan()
        if plan is None:
            self.say(NOTHING_MARKED)
            return

        async def write(path: Path) -> bool:
            await call(_write_plan, path, plan)
            self.say(f"Plan written: {path}")
            return True

        await ask_path(self.app, PLAN_FILE, ABOUT_PLAN, write)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("values", "promote", "to_file", "mark", "reveal", "toggle_same") and not self._has_compared:
            return False
        return super().check_action(action, parameters)


def _write_plan(path: Path, plan: PromotionPlan) -> None:
    """Writes a plan to a new private file. Raises FileNotWrittenError."""
    with write_private_file(path) as file:
        file.write(format_plan_file(plan).encode())


def _format_status(pair: Pair) -> Content:
    return Content.styled(f"{SIGNS.get(pair.status, '=')} {pair.status.value}", STYLES.get(pair.status, ""))
