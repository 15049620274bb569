"""The screen of the rotation functions of a Region: their settings, and the secrets they rotate."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.api.context import Feature
from smtui.rotation.function import WAITS
from smtui.rotation.settings_text import list_parts
from smtui.text.dates import format_time
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.base_screen import SessionScreen
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.help import places
from smtui.tui.kms.secret_picker import format_names, pick_secret
from smtui.tui.rotation.allow_function import ask_permission
from smtui.tui.rotation.function_text import UNREADABLE, describe_function, format_kind
from smtui.tui.rotation.new_function import change_function, create_function
from smtui.tui.secret.tabs import ROTATION
from smtui.tui.undo import inverse
from smtui.tui.undo.aspects import get_function_state, make_function_aspect, write_as_seen
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionEntry

NO_FUNCTIONS = SafeText("No rotation functions yet. a creates one.")

NONE_IN_USE = SafeText("No listed secret uses a function. The rotation of a secret offers those of AWS Lambda.")


class FunctionsScreen(SessionScreen[None]):
    """A table of functions, with the details of the selected one below."""

    place = places.FUNCTIONS
    BINDINGS = keys.list_bindings("functions")
    CSS_PATH = "functions.tcss"
    AUTO_FOCUS = "Table"
    opened_by = ("list_functions",)
    at_once = frozenset({"add"})
    needs: ClassVar = dict.fromkeys(("add", "edit", "allow", "delete"), Feature.FUNCTIONS)

    table = getters.query_one(Table)

    def compose(self) -> ComposeResult:
        yield self.create_header()
        with ReadPane(title="Rotation functions"):
            yield Table["FunctionEntry"](
                Column("Name", _format_name, 14, grows=1, names=True),
                Column("Kind", format_kind, 8),
                Column("Purpose", _format_purpose, 20, grows=2, drop=1),
                Column("Rotates", _format_secret_count, 10),
                key=_format_name, nothing=NO_FUNCTIONS if self.vault.can.has_functions else NONE_IN_USE,
            )
            yield Static(id="about")
        yield Footer()

    async def load(self) -> None:
        listed = await call(self.reader.list_functions)
        self.table.put(listed["Functions"])
        self._show_current()

    @on(Table.Moved)
    def _show_current(self) -> None:
        function = self.table.current
        lines = _describe_details(function, self.find_key("functions.allow")) if function else ()
        self.query_one("#about", Static).update(Content("\n").join(lines))
        self.refresh_bindings()

    # Actions.

    @gesture
    async def action_add(self) -> None:
        if self.refuses_to_write():
            return
        made = await create_function(self)
        if made is not None:
            inverse.record_function_creation(self.session, made)
            await self.report_change(f"{made['FunctionName']} created.")
            self.table.go_to(made["FunctionName"])

    @gesture
    async def action_edit(self) -> None:
        """Changes the settings of the function."""
        function = self.table.current
        if function is None or self.refuses_to_write():
            return
        if "Unreadable" in function:
            self.say(UNREADABLE)
            return
        made = await change_function(self, function)
        if made is not None:
            inverse.record_function_change(self.session, function, made)
            await self.report_change(f"{function['FunctionName']} changed.")

    @gesture
    async def action_allow(self) -> None:
        if function := self.table.current:
            await ask_permission(self, function)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """`allow` is available only for a function that waits for permission."""
        if action == "allow" and self.has_read and "WaitsForPermission" not in (self.table.current or {}):
            return False
        return super().check_action(action, parameters)

    @gesture
    async def action_copy(self) -> None:
        if function := self.table.current:
            await self.app.copy(function["FunctionArn"], f"ARN of {function['FunctionName']}")

    @on(Table.Selected)
    @gesture
    async def action_open(self) -> None:
        """Opens the rotation of a secret that the function rotates."""
        function = self.table.current
        if function is None:
            return
        question = sanitize(f"Secrets that {function['FunctionName']} rotates")
        name = await pick_secret(self, question, function["SecretNames"], function["SecretCount"])
        if name is not None:
            self.app.look_at_region(self.session.region, name, ROTATION)

    @gesture
    async def action_delete(self) -> None:
        function = self.table.current
        if function is None or self.refuses_to_write():
            return
        name = function["FunctionName"]
        if function["SecretCount"]:
            users = format_names(function["SecretNames"], function["SecretCount"])
            self.say(f"{name} cannot be deleted while it rotates {users}. Cancel their rotation first.",
                     severity="warning")
            return
        text = sanitize(f"No secret uses it. Its settings are lost: {describe_function(function)}.")
        if await self.app.push_screen_wait(Confirm(sanitize(f"Delete {name}?"), text, "Delete")):
            delete = partial(self.session.rotations().delete_function, FunctionName=name)
            if await write_as_seen(
                self, make_function_aspect(self.session, name), get_function_state(function), delete
            ):
                inverse.record_function_removal(self.session, function)
                await self.report_change(f"{name} deleted.")


def _format_name(function: FunctionEntry) -> SafeText:
    return sanitize(function["FunctionName"])


def _format_secret_count(function: FunctionEntry) -> Content:
    count = function["SecretCount"]
    if not count:
        return Content.styled("nothing", "$text-muted")
    return Content(f"{count:,} {'secret' if count == 1 else 'secrets'}")


def _format_purpose(function: FunctionEntry) -> Content | SafeText:
    """Returns the description, or that the function waits for permission."""
    if "WaitsForPermission" in function:
        return Content.styled(f"▲ {WAITS}", "$warning")
    return describe_function(function)


def _describe_details(function: FunctionEntry, allow_key: str) -> Iterator[Content]:
    yield Content(describe_function(function))
    if "WaitsForPermission" in function:
        yield Content.styled(f"▲ It {WAITS}. {allow_key} reviews the command.", "$warning")
    if "Lambda" in function:
        yield from (_format_row(title, text) for title, text in list_parts(function["Lambda"]))
    rotates = format_names(function["SecretNames"], function["SecretCount"]) or "no secrets"
    yield _format_row("rotates", rotates)
    yield _format_row("created", format_time(function["Created"]))
    yield _format_row("ARN", function["FunctionArn"])


def _format_row(title: str, text: str) -> Content:
    return Content.assemble((f"{title:<8}  ", "$text-muted"), sanitize(text))
