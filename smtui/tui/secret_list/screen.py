"""The first screen of a session: the list of secrets with its actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from smtui.text.json_object import read_members
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.pick import Pick
from smtui.tui.secret_list.list_widget import SecretList
from smtui.tui.secret_list.listing import ListingScreen

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry


class SecretsScreen(ListingScreen):
    """Adds actions to the list. They apply to the selected secrets, or else to the secret under the cursor."""

    at_once = frozenset({"add"})

    # Actions on the selection.

    def action_select(self) -> None:
        self.secrets.toggle_selection()

    def action_select_range(self) -> None:
        self.secrets.toggle_range()

    def action_invert_selection(self) -> None:
        self.secrets.invert_selection()
        if self.secrets.has_more:
            self.say(f"Of the {self.secrets.count:,} that have been read. {self.key_of('list.last')} reads the rest.")

    @property
    def targets(self) -> list[SecretListEntry]:
        """The selected secrets, or else the secret under the cursor; empty if there is none."""
        current = self.secrets.current
        return self.secrets.selected_entries or ([current] if current else [])

    @gesture
    async def _do(self, action: str, *, writes: bool = True) -> None:
        from smtui.tui.secret_list import bulk_actions

        targets = self.targets
        if targets and not (writes and self.refuses_to_write()):
            await getattr(bulk_actions, action)(self, targets)

    def action_delete(self) -> None:
        self._do("delete")

    def action_restore(self) -> None:
        self._do("restore")

    def action_tag(self) -> None:
        self._do("tag")

    def action_export(self) -> None:
        self._do("export", writes=False)

    def action_names(self) -> None:
        self._do("copy_names", writes=False)

    # Actions on the secret under the cursor, and on none.

    @on(SecretList.Selected)
    def action_open(self) -> None:
        if entry := self.secrets.current:
            from smtui.tui.secret.screen import SecretScreen

            self.app.push_screen(SecretScreen(self.session, secret_id=entry["ARN"]))

    @gesture
    async def action_copy(self) -> None:
        """Copies the value, or one member of a JSON object, to the clipboard without showing it."""
        entry = self.secrets.current
        if entry is None:
            return
        answer = await call(self.client.get_secret_value, SecretId=entry["ARN"])
        value = answer.get("SecretBinary", b"") if "SecretString" not in answer else answer["SecretString"]
        name = sanitize(entry["Name"])
        members = read_members(value) if isinstance(value, str) else ()
        if not members:
            await self.app.copy(value, name)
            return
        titles = [*(sanitize(member.key) for member in members), SafeText("the whole value")]
        picked = await self.app.push_screen_wait(Pick(sanitize(f"Copy what of {name}?"), titles))
        if picked is not None:
            piece = members[picked].get_encodable_text() if picked < len(members) else value
            await self.app.copy(piece, f"{name}, {titles[picked]}")

    def action_add(self) -> None:
        if not self.refuses_to_write():
            from smtui.tui.secret.create_secret import create_secret

            self.app.run_task(create_secret)
