"""Two versions of a secret: which keys differ, and, one at a time and for a while, what one of them says.

Both are read to be compared, and let go: what stays is only which keys are the same. To reveal one reads it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static

from smtui.rules.labels import sort_labels
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.base_screen import SessionScreen
from smtui.tui.bridge import call, gesture
from smtui.tui.secret.auto_hide import Hiding
from smtui.tui.secret.label_moves import short
from smtui.tui.secret.value_diff import Compared, State, compared, piece
from smtui.tui.secret.value_list import MASK
from smtui.tui.secret.values import Value, held, visible
from smtui.tui.session import Session
from smtui.tui.widgets.chrome import KeyBar
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.row_list import RowList

WIDEST_NAME = 32


@dataclass(frozen=True, slots=True)
class Side:
    """One key in one of the versions; `words` say in which."""

    key: Compared
    version: str
    words: SafeText
    first: bool = True


class CompareScreen(SessionScreen[None]):
    """`before` is the older version. What differs comes first."""

    BINDINGS = keys.of("compare")
    CSS_PATH = "compare.tcss"
    AUTO_FOCUS = "RowList"

    sides = getters.query_one(RowList)

    def __init__(
        self, session: Session, secret_id: str, name: SafeText, labels: Mapping[str, str], before: str, after: str
    ) -> None:
        super().__init__(session)
        self._secret_id = secret_id
        self._secret_name = name
        self._labels = labels
        self._before, self._after = before, after
        self._rows: list[Side] = []
        self._revealed: int | None = None
        self.hiding = Hiding(self, self._tell, self.hide)

    def compose(self) -> ComposeResult:
        yield self.masthead()
        yield Static(id="title")
        with ReadPane():
            yield RowList()
        yield KeyBar()

    def on_mount(self) -> None:
        self.watch(self.app, "app_focus", self._hide_from_bystanders, init=False)
        self._tell(0)

    def _tell(self, left: int) -> None:
        hides = f"   hides in {left} s" if left else ""
        title = Content.assemble((self._secret_name, "bold $primary"), (hides, "bold $warning"), "\n")
        both = f"{self._of(self._before)}, and {self._of(self._after)}, which is newer"
        self.query_one("#title", Static).update(Content.assemble(title, Content(sanitize(both))))

    def _of(self, version: str) -> SafeText:
        """`00000001 (AWSPREVIOUS, blue)`."""
        labels = sort_labels(label for label, holder in self._labels.items() if holder == version)
        return sanitize(f"{short(version)} ({', '.join(labels)})" if labels else short(version))

    # What is compared.

    async def load(self) -> None:
        """Versions never change, so once is enough."""
        if not self._rows:
            found = await call(self._compared)
            self._rows = [side for each in found for side in self._sides(each)]
            self.sides.put([self._row(side, Content(MASK)) for side in self._rows], 0)

    def _compared(self) -> list[Compared]:
        found = compared(self._read(self._before), self._read(self._after))
        return sorted(found, key=lambda each: each.state is State.SAME)

    def _read(self, version: str) -> Value:
        return held(self.client.get_secret_value(SecretId=self._secret_id, VersionId=version))

    def _sides(self, each: Compared) -> Iterator[Side]:
        first, second = short(self._before), short(self._after)
        match each.state:
            case State.SAME:
                yield Side(each, self._after, SafeText("same in both"))
            case State.CHANGED:
                yield Side(each, self._before, sanitize(f"differs: {first}"))
                yield Side(each, self._after, sanitize(f"         {second}"), first=False)
            case State.ADDED:
                yield Side(each, self._after, sanitize(f"only in: {second}"))
            case State.REMOVED:
                yield Side(each, self._before, sanitize(f"only in: {first}"))

    def _row(self, side: Side, value: Content) -> Content:
        name = Content(f"{side.key.state.value} {side.key.name}" if side.first else "")
        longest = max(Content(each.key.name).cell_length for each in self._rows) + 2
        style = "" if side.key.state is State.SAME else "bold"
        name = name.truncate(min(longest, WIDEST_NAME), ellipsis=True, pad=True).stylize(style)
        return Content.assemble(name, (f"  {side.words:<17}  ", "$text-muted"), value)

    # One of them.

    @property
    def _side(self) -> Side | None:
        return self._rows[self.sides.cursor] if self._rows else None

    async def _piece(self, side: Side, *, to_show: bool = False) -> Value | None:
        return piece(await call(self._read, side.version), side.key.path, to_show=to_show)

    @gesture
    async def action_copy(self) -> None:
        if (side := self._side) and (value := await self._piece(side)) is not None:
            await self.app.copy(value, sanitize(f"{self._secret_name}, version {short(side.version)}, {side.key.name}"))

    @on(OptionList.OptionSelected)
    @gesture
    async def action_reveal(self) -> None:
        at, side = self.sides.cursor, self._side
        again = at == self._revealed
        self.hide()
        if side is None or again:
            return
        value = await self._piece(side, to_show=True)
        if value is not None and self.is_current and self.app.app_focus:
            lines = visible(value)
            self._revealed = at
            self._show(at, Content.assemble("\n" if "\n" in lines else "", Content(lines).stylize("$accent")))
            self.hiding.begin(self.app.settings.reveal_timeout)

    def hide(self) -> None:
        at, self._revealed = self._revealed, None
        if at is not None:
            self._show(at, Content(MASK))
        self.hiding.end()

    def _show(self, at: int, value: Content) -> None:
        self.sides.replace_option_prompt_at_index(at, self._row(self._rows[at], value))

    def _hide_from_bystanders(self, here: bool) -> None:
        if not here:
            self.hide()

    def on_screen_suspend(self) -> None:
        self.hide()
