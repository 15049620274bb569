"""The dialog that allows a rotation command to run on this machine. It shows every argument; Cancel has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from smtui.api.limits import DEFAULT_STEP_SECONDS
from smtui.rotation.arguments import number_arguments
from smtui.text.sanitize import sanitize
from smtui.tui.bridge import call
from smtui.tui.dialogs.long_text import LongText
from smtui.tui.widgets.button import Button
from smtui.tui.widgets.chrome import Footer

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionEntry
    from smtui.tui.base_screen import SessionScreen

WIDTH = 62
"""The width of the arguments in cells, on a screen of 80."""


class AllowFunction(LongText[bool]):
    """Asks whether a command may run; returns True only for the button Allow.

    Args:
        function: an entry of ListFunctions.
    """

    CSS_PATH = "allow_function.tcss"
    AUTO_FOCUS = "#cancel"

    def __init__(self, function: FunctionEntry) -> None:
        super().__init__()
        self._function = function

    def compose(self) -> ComposeResult:
        command, users = self._function["Command"], self._function["SecretCount"]
        secrets = "1 secret and gets its" if users == 1 else f"{users:,} secrets and gets their"
        with Vertical(classes="card"):
            question = sanitize(f"Let {self._function['FunctionName']} run on this machine?")
            yield Static(Content(question), classes="title")
            yield Static(Content("Not allowed here yet. It runs as you, argument by argument:"), id="above")
            with VerticalScroll(can_focus=True):
                lines = map(Content, number_arguments(command["Arguments"], WIDTH))
                yield Static(Content("\n").join(lines), id="arguments")
            limit = command.get("TimeoutInSeconds", DEFAULT_STEP_SECONDS)
            yield Static(Content(f"{limit} seconds a step. It rotates {secrets} values."), id="below")
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
        screen.say(f"{name} needs no permission." if "Command" not in function else f"{name} may run here already.")
        return False
    if screen.refuses_to_write() or not await screen.app.push_screen_wait(AllowFunction(function)):
        return False
    allow = screen.session.rotations().allow_function
    await call(allow, FunctionName=name, Command=function["Command"])
    screen.app.rotate_due()
    await screen.report_change(f"{name} is allowed to run on this machine.")
    return True
