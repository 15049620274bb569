"""The part of the list's screen that copies: which secret the actions on a value are for, and how its value is read."""

from __future__ import annotations

from functools import partial

from textual import on

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.secret.value_actions import ValueActions
from smtui.tui.secret.value_parts import ReadTarget
from smtui.tui.secret.values import build_outline, extract_value
from smtui.tui.secret_list.filter_bar import FilterLine
from smtui.tui.secret_list.listing import ListingScreen
from smtui.tui.secret_list.tree_navigation import get_group

ON_GROUP = "This is a group. Move to one of its secrets first."
NOTHING_LISTED = "No secret in this list."


class CopyingScreen(ListingScreen, ValueActions[None]):
    """Acts on the value of the secret under the cursor. Until it is read, a card shows that, or why it could not be."""

    @on(FilterLine.CopyRequested)
    def _copy_from_filter(self) -> None:
        self.action_copy_password()

    @gesture
    async def action_copy(self) -> None:
        """Copies the value, or one key of a JSON object, to the clipboard without showing it."""
        target = await self.read_for("Copy which key of {}?")
        if target is not None:
            await self.copy_part(target)

    def name_target(self) -> SafeText | None:
        entry = self.secrets.current
        return None if entry is None else sanitize(entry["Name"])

    async def read_for(self, title: str) -> ReadTarget | None:
        if self.secrets.current is None:
            self.say(ON_GROUP if get_group(self.secrets) else NOTHING_LISTED)
        return await super().read_for(title)

    async def read_target(self, title: SafeText) -> ReadTarget | None:
        entry = self.secrets.current
        if entry is None:
            return None
        request = partial(call, self.client.get_secret_value, SecretId=entry["ARN"])
        answer = await read_for_dialog(self.app, title, request)
        if answer is None:
            return None
        value = extract_value(answer)
        self.session.remember_secret(entry["ARN"], entry["Name"])
        self.session.remember_outline(entry["ARN"], answer["VersionId"], build_outline(value))
        return ReadTarget(sanitize(entry["Name"]), value)
