"""What a person does with a value: look at a piece of it for a while, copy it unseen, write it to a file.

The value is read when it is asked for and not before, so that looking at a secret leaves no trace of a reading. What
was read is kept only as an outline, and what is shown goes away by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import getters, on

from smtui.api.errors import SmtuiError
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.ask_path import AskPath
from smtui.tui.notifications import explain_error
from smtui.tui.secret.auto_hide import Hiding
from smtui.tui.secret.base import OneSecretScreen
from smtui.tui.secret.label_moves import short
from smtui.tui.secret.value_files import write_value
from smtui.tui.secret.value_list import ValueList
from smtui.tui.secret.values import Kind, Value, held, outline, part, visible
from smtui.tui.widgets.read_state import READ, READING, ReadState, could_not_read

if TYPE_CHECKING:
    from smtui.tui.session import Session

PRIVATE = SafeText("Only you can read it. Nothing that is there already is written over.")


class ValueScreen(OneSecretScreen):
    """`version` is the one whose value is looked at; None for the current one."""

    value = getters.query_one(ValueList)

    def __init__(self, session: Session, secret_id: str) -> None:
        super().__init__(session, secret_id)
        self.version: str | None = None
        self.hiding = Hiding(self, lambda _: self.name_areas(), self.hide)

    def on_mount(self) -> None:
        self.value.hold(None)
        self.watch(self.app, "app_focus", self._hide_from_bystanders, init=False)

    def name_areas(self) -> None:
        """Says above the value whose it is, and how long it is still shown."""

    def version_under_cursor(self) -> str | None:
        """Where versions are looked at, the one under the cursor."""
        return None

    def forget_value(self, version: str | None = None) -> None:
        """The value of another version, which is not read yet."""
        self.hiding.end()
        self.version = version
        self.value.hold(None)
        self.name_areas()

    async def read(self, version: str | None) -> Value:
        """One reading, which is recorded."""
        self._show_value_state(version, READING)
        try:
            value = await call(self.read_in_vault, version)
        except SmtuiError as error:
            self._show_value_state(version, could_not_read(explain_error(error)))
            raise
        self._show_value_state(version, READ)
        await self.after_reading(version)
        return value

    def read_in_vault(self, version: str | None) -> Value:
        """The same, in the vault's thread."""
        one: Any = {"VersionId": version} if version else {}
        return held(self.client.get_secret_value(SecretId=self.secret_id, **one))

    async def after_reading(self, version: str | None) -> None:
        """What a reading changes on the screen."""

    def _show_value_state(self, version: str | None, state: ReadState) -> None:
        """Of the version that is looked at; of another nothing is shown here."""
        if version == self.version:
            self.value.show_state(state, self.key_of("secret.reveal"))

    # Copying.

    @gesture
    async def action_copy(self) -> None:
        """One key or the whole; of the version under the cursor, where that is what one looks at."""
        version = self.version_under_cursor()
        piece = await self.read(version) if version else await self._piece()
        if piece is not None:
            await self.app.copy(piece, self.words_for(version))

    def words_for(self, version: str | None) -> SafeText:
        """What the cursor stands on: the value of a whole version, a key, or the value that is looked at."""
        version = version or self.version
        which = f", version {short(version)}" if version else ""
        key = None if self.version_under_cursor() else self.value.key
        return sanitize(f"{self.name}{which}" if key is None else f"{self.name}{which}, {key}")

    async def _piece(self, *, to_show: bool = False) -> Value | None:
        """What the row under the cursor stands for. None where its keys were not known before: now one can choose.

        Nor of a version that is not the one looked at any more.
        """
        version = self.version
        value = await self.read(version)
        if version != self.version:
            return None
        known, now = self.value.outline, outline(value)
        if known != now:
            self.value.hold(now)
        choose = now.kind is Kind.KEYS and (known is None or known.keys != now.keys)
        return None if choose else part(value, self.value.key, to_show=to_show)

    @gesture
    async def action_to_file(self) -> None:
        """What the cursor stands on, byte for byte. The value is read when the place for it is known."""
        version = self.version_under_cursor()
        words, key = self.words_for(version), None if version else self.value.key
        path = await self.app.push_screen_wait(AskPath(sanitize(f"Write {words} to which new file?"), PRIVATE))
        if path is None:
            return
        piece = part(await self.read(version or self.version), key)
        if piece is None:
            self.say("This key is no longer there.")
            return
        await call(write_value, path, piece)
        self.say(f"{words}: written to {path}, which only you can read.")

    # Revealing.

    @gesture
    async def action_reveal(self) -> None:
        if version := self.version_under_cursor():
            self.look_at(version)
        if self.value.revealed is not None and self.value.revealed == self.value.cursor:
            self.hide()
            return
        piece = await self._piece(to_show=True)
        if piece is not None and self.is_current and self.app.app_focus:
            self.value.reveal(visible(piece))
            self.hiding.begin(self.app.settings.reveal_timeout)

    def look_at(self, version: str) -> None:
        """Shows the value of a version, hidden."""
        self.forget_value(version)

    @on(ValueList.Wanted)
    def _wanted(self) -> None:
        self.action_reveal()

    def hide(self) -> None:
        """Nothing of the value stays on the screen."""
        self.value.hide()
        self.hiding.end()

    def _hide_from_bystanders(self, here: bool) -> None:
        if not here:
            self.hide()

    def on_screen_suspend(self) -> None:
        self.hide()
