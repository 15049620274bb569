"""The dialog that allows a process function to run on this machine. It shows everything; Cancel has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from smtui.api.limits import DEFAULT_STEP_SECONDS
from smtui.rotation.settings_text import list_process_lines
from smtui.text.dates import format_duration
from smtui.text.sanitize import sanitize
from smtui.tui.bridge import call
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Card, CardTitle

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionDescription, FunctionEntry
    from smtui.tui.base_screen import SessionScreen

WIDTH = 62
"""The width of the arguments in cells, on a screen of 80."""


class AllowFunction(LongText[bool]):
    """Asks whether a command may run; returns True only for the button Allow.

    Args:
        function: what is asked about.
        secret_count: how many secrets it rotates.
    """

    CSS_PATH = "allow_function.tcss"
    AUTO_FOCUS = "#cancel"

    def __init__(self, function: FunctionDescription, secret_count: int) -> None:
        super().__init__()
        self._function = function
        self._secret_count = secret_count

    def compose(self) -> ComposeResult:
        is_lambda, users = "Lambda" in self._function, self._secret_count
        settings = self._function["Lambda"] if is_lambda else self._function["Command"]
        secrets = "1 secret and receives its" if users == 1 else f"{users:,} secrets and receives their"
        with Card():
            question = sanitize(f"Allow {self._function['FunctionName']} on this machine?")
            yield CardTitle(Content(question))
            how = "" if is_lambda else ", with these arguments"
            yield Static(Content(f"Not allowed here yet. It runs as you{how}:"), id="above")
            with VerticalScroll(can_focus=True):
                lines = map(Content, list_process_lines(self._function, WIDTH))
                yield Static(Content("\n").join(lines), id="arguments")
            limit = settings.get("TimeoutInSeconds", DEFAULT_STEP_SECONDS)
            yield Static(Content(f"{format_duration(limit)} per step. It rotates {secrets} values."), id="below")
            with Horizontal(id="answers"):
                yield Button("Cancel", id="cancel")
                yield Button("Allow", id="allow")
        yield Footer()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "allow")

    def action_cancel(self) -> None:
        self.dismiss(False)


async def ask_permission(screen: SessionScreen[Any], function: FunctionEntry) -> bool:
    """Asks about a command that waits for permission, and allows exactly the command that was shown.

    Returns:
        Whether the command was allowed.
    """
    name = function["FunctionName"]
    if "WaitsForPermission" not in function:
        is_process = "Command" in function or "Lambda" in function
        screen.say(f"{name} is already allowed on this machine." if is_process else f"{name} needs no permission.")
        return False
    if screen.refuses_to_write() or await ask_about_process(screen, function, function["SecretCount"]) is None:
        return False
    await screen.report_change(f"{name} allowed on this machine.")
    return True


async def ask_about_process(
    screen: SessionScreen[Any], function: FunctionDescription, secret_count: int
) -> FunctionDescription | None:
    """Asks whether the process of a function may run, and allows exactly what was shown.

    Args:
        secret_count: how many secrets the function rotates.

    Returns:
        The function as it is allowed; None if it was not.
    """
    name = function["FunctionName"]
    if not await screen.app.push_screen_wait(AllowFunction(function, secret_count)):
        return None
    allow = screen.session.rotations().allow_function
    if "Lambda" in function:
        allowed = await call(allow, FunctionName=name, Lambda=function["Lambda"])
    else:
        allowed = await call(allow, FunctionName=name, Command=function["Command"])
    screen.app.rotate_due()
    return allowed
