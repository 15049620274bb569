"""The form for the rotation of a secret: function, schedule, window, and whether to rotate at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from smtui.api.limits import MAX_SCHEDULE_LENGTH
from smtui.rules import schedules
from smtui.rules.schedules import InvalidScheduleError
from smtui.text.sanitize import SafeText
from smtui.tui.bridge import gesture
from smtui.tui.dialogs.fields import FieldsForm, InvalidFieldError
from smtui.tui.rotation.function_text import format_function_name
from smtui.tui.rotation.schedule_text import format_fields, format_rules, format_window, parse_fields, parse_rules
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.checkbox import SymbolCheckbox
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle
from smtui.tui.widgets.plain_input import PlainInput

if TYPE_CHECKING:
    from smtui.api.types import RotationRulesType

WINDOWS = 5
AT_ONCE = "Rotates now: a new version becomes AWSCURRENT."
NOT_AT_ONCE = "Does not rotate now: testSecret runs with the current value."
AGAIN = "Restarts the rotation in progress: a new version becomes AWSCURRENT."
NOT_AGAIN = "Ends the rotation in progress. testSecret runs with the current value."
NO_OBSTACLE = SafeText("")


@dataclass(frozen=True, slots=True)
class RotationSettings:
    """The rotation settings of a secret. With empty `rules` the secret has no schedule."""

    function: str | None
    rules: RotationRulesType
    is_immediate: bool

    def make_request(self) -> dict[str, Any]:
        """Returns the request of RotateSecret without SecretId."""
        return {"RotationLambdaARN": self.function, "RotationRules": self.rules, "RotateImmediately": self.is_immediate}


class RotationForm(FieldsForm[RotationSettings]):
    """Edits rotation settings, and shows the next windows.

    Args:
        current: the settings to begin with.
        choose: asks for a function; returns its ARN or None.
        counts_from: the time from which a rate counts, unless the secret is rotated at once.
        now: the present time.
        is_refilled: whether `current` was typed before and is not stored.
        obstacle: why the settings would be refused now; empty if they would not.
        is_under_way: whether a rotation is in progress, which these settings start again or end.
    """

    AUTO_FOCUS = "#schedule"

    at_once = getters.query_one("#at-once", SymbolCheckbox)

    def __init__(
        self, name: SafeText, current: RotationSettings, choose: Callable[[], Awaitable[str | None]], *,
        counts_from: datetime, now: datetime, is_refilled: bool = False,
        obstacle: SafeText = NO_OBSTACLE, is_under_way: bool = False,
    ) -> None:
        super().__init__()
        self._obstacle, self._is_under_way = obstacle, is_under_way
        self.is_refilled = is_refilled
        self._name = name
        self._current = current
        self._function = current.function
        self._choose = choose
        self._counts_from = counts_from
        self._now = now

    def compose(self) -> ComposeResult:
        schedule, hours = format_fields(self._current.rules)
        with Card():
            yield CardTitle(Content(f"Rotation of {self._name}"))
            with Horizontal(classes="field"):
                yield Static("Function")
                yield Button(id="function", compact=True)
            with Horizontal(classes="field"):
                yield Static("Schedule")
                yield PlainInput(schedule, placeholder="days: 30, or rate(12 hours), or cron(0 8 ? * MON *)",
                                 id="schedule", max_length=MAX_SCHEDULE_LENGTH, compact=True, select_on_focus=False)
            with Horizontal(classes="field"):
                yield Static("Window")
                yield PlainInput(hours, placeholder="hours; default: the whole day, or 1 hour", id="hours",
                                 max_length=3, compact=True, select_on_focus=False)
            yield SymbolCheckbox("Rotate immediately", self._current.is_immediate, id="at-once", compact=True)
            yield Static(id="said")
        yield Footer()

    def on_mount(self) -> None:
        self._show_function()
        super().on_mount()
        if self._function is None:
            self.query_one("#function").focus()

    def _show_function(self) -> None:
        name = format_function_name(self._function) if self._function else SafeText("Choose")
        self.query_one("#function", Button).label = Content(f"{name} …")

    def read(self) -> RotationSettings:
        if self._function is None:
            raise InvalidFieldError("Choose a rotation function.")
        try:
            rules = parse_fields(self.query_one("#schedule", Input).value, self.query_one("#hours", Input).value)
            if schedule := parse_rules(rules):
                schedules.require_window(schedule, self._now)
        except InvalidScheduleError as error:
            raise InvalidFieldError(str(error)) from None
        return RotationSettings(self._function, rules, self.at_once.value)

    def in_words(self, answer: RotationSettings) -> Content:
        return Content("\n").join(self._describe_settings(answer))

    def _describe_settings(self, answer: RotationSettings) -> Iterator[Content]:
        if self._obstacle:
            yield Content.styled(f"▲ {self._obstacle}", "$warning")
        elif self._is_under_way:
            yield Content.styled(AGAIN if answer.is_immediate else NOT_AGAIN, "$warning")
        else:
            text, colour = (AT_ONCE, "$warning") if answer.is_immediate else (NOT_AT_ONCE, "$text-muted")
            yield Content.styled(text, colour)
        rules = parse_rules(answer.rules)
        if rules is None:
            yield Content.styled("No schedule: rotated on demand only.", "$text-muted")
            return
        yield Content(format_rules(rules))
        last = self._now if answer.is_immediate else self._counts_from
        for window in schedules.list_next_windows(rules, last, self._now, WINDOWS):
            yield Content(f"  {format_window(window)}")

    @gesture
    async def on_button_pressed(self) -> None:
        function = await self._choose()
        if function is not None:
            self._function = function
            self._show_function()
            self.look()
