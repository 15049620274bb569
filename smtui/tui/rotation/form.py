"""How a secret is to be rotated: when, by which function, and whether at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from smtui.api.limits import MAX_SCHEDULE_LENGTH
from smtui.rules import schedules
from smtui.rules.schedules import InvalidScheduleError
from smtui.text.sanitize import SafeText
from smtui.tui.bridge import gesture
from smtui.tui.dialogs.fields import FieldsForm, InvalidFieldError
from smtui.tui.rotation.function_text import name_in
from smtui.tui.rotation.schedule_text import asked, in_words, of_rules, typed, window_words
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.checkbox import Tick
from smtui.tui.widgets.chrome import KeyBar
from smtui.tui.widgets.plain_input import PlainInput

if TYPE_CHECKING:
    from smtui.api.types import RotationRulesType

WINDOWS = 5
AT_ONCE = "Rotated now: a new version becomes AWSCURRENT."
TESTED = "Not rotated now: testSecret is tried with the present value."


@dataclass(frozen=True, slots=True)
class SetUp:
    """How a secret is rotated, or is to be. `rules` may be empty: then it is only rotated by hand."""

    function: str | None
    rules: RotationRulesType
    at_once: bool

    def request(self) -> dict[str, Any]:
        """RotateSecret, without its SecretId."""
        return {"RotationLambdaARN": self.function, "RotationRules": self.rules, "RotateImmediately": self.at_once}


class RotationForm(FieldsForm[SetUp]):
    """Begins with how it is `now_set`; `choose` asks for a function, and answers its ARN or None.

    Windows are counted from `counts_from`, or, where it is rotated at once, from `now`.
    """

    AUTO_FOCUS = "#schedule"

    at_once = getters.query_one("#at-once", Tick)

    def __init__(
        self, name: SafeText, now_set: SetUp, choose: Callable[[], Awaitable[str | None]], *, counts_from: datetime,
        now: datetime,
    ) -> None:
        super().__init__()
        self._name = name
        self._now_set = now_set
        self._function = now_set.function
        self._choose = choose
        self._counts_from = counts_from
        self._now = now

    def compose(self) -> ComposeResult:
        schedule, hours = typed(self._now_set.rules)
        with Vertical(classes="card"):
            yield Static(Content(f"Rotation of {self._name}"), classes="title")
            with Horizontal(classes="field"):
                yield Static("Function")
                yield Button(id="function", compact=True)
            with Horizontal(classes="field"):
                yield Static("Schedule")
                yield PlainInput(schedule, placeholder="days: 30, or rate(12 hours), or cron(0 8 ? * MON *)",
                                 id="schedule", max_length=MAX_SCHEDULE_LENGTH, compact=True, select_on_focus=False)
            with Horizontal(classes="field"):
                yield Static("Window")
                yield PlainInput(hours, placeholder="hours; empty: for a day, or for an hour", id="hours", max_length=3,
                                 compact=True, select_on_focus=False)
            yield Tick("Rotate at once", self._now_set.at_once, id="at-once", compact=True)
            yield Static(id="said")
        yield KeyBar()

    def on_mount(self) -> None:
        self._name_function()
        super().on_mount()
        if self._function is None:
            self.query_one("#function").focus()

    def _name_function(self) -> None:
        named = name_in(self._function) if self._function else SafeText("choose")
        self.query_one("#function", Button).label = Content(f"{named} …")

    def read(self) -> SetUp:
        if self._function is None:
            raise InvalidFieldError("Choose the function that makes the new value.")
        try:
            rules = asked(self.query_one("#schedule", Input).value, self.query_one("#hours", Input).value)
        except InvalidScheduleError as error:
            raise InvalidFieldError(str(error)) from None
        return SetUp(self._function, rules, self.at_once.value)

    def in_words(self, answer: SetUp) -> Content:
        return Content("\n").join(self._lines(answer))

    def _lines(self, answer: SetUp) -> Iterator[Content]:
        yield Content.styled(AT_ONCE if answer.at_once else TESTED, "$warning" if answer.at_once else "$text-muted")
        rules = of_rules(answer.rules)
        if rules is None:
            yield Content.styled("No schedule: it is rotated only when somebody says so.", "$text-muted")
            return
        yield Content(in_words(rules))
        last = self._now if answer.at_once else self._counts_from
        windows = schedules.list_next_windows(rules, last, self._now, WINDOWS)
        for window in windows:
            yield Content(f"  {window_words(window)}")
        if not windows:
            yield Content.styled("  No such day will come.", "$error")

    @gesture
    async def on_button_pressed(self) -> None:
        chosen = await self._choose()
        if chosen is not None:
            self._function = chosen
            self._name_function()
            self.look()
