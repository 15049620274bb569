"""Actions on a value: reveal a part of it for a while, copy it, write it to a file.

Each action reads the value when it needs it, so opening a secret records no access. Only the outline of a value stays.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import getters, on

from smtui.api.errors import SmtuiError
from smtui.rules.labels import AWSCURRENT
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import call, gesture, must_be_on_top
from smtui.tui.dialogs.ask_path import ask_path
from smtui.tui.notifications import explain_error
from smtui.tui.outline import Outline, ValueKind
from smtui.tui.secret.auto_hide import AutoHide
from smtui.tui.secret.base import BaseSecretScreen
from smtui.tui.secret.label_moves import shorten_id
from smtui.tui.secret.value_actions import ValueActions
from smtui.tui.secret.value_files import write_value_file
from smtui.tui.secret.value_list import ValueList
from smtui.tui.secret.value_parts import ReadTarget
from smtui.tui.secret.values import Value, build_outline, extract_part, extract_value, format_value
from smtui.tui.widgets.read_state import READ, READING, ReadState, make_failed_state

if TYPE_CHECKING:
    from smtui.tui.session import Session

PRIVATE_FILE_NOTE = SafeText("Readable only by you. An existing file is not overwritten.")


class ValueScreen(BaseSecretScreen, ValueActions["int | None"]):
    """A screen with the value of `version`, a VersionId; None means AWSCURRENT."""

    value = getters.query_one(ValueList)

    def __init__(self, session: Session, secret_id: str) -> None:
        super().__init__(session, secret_id)
        self.version: str | None = None
        self._read_id = self._revealed_id = ""
        self.auto_hide = AutoHide(self, lambda _: self.show_titles(), self.hide)

    def on_mount(self) -> None:
        self.value.show_outline(None)
        self.watch(self.app, "app_focus", self._hide_without_focus, init=False)

    def show_titles(self) -> None:
        """Shows in the title the version of the value and the seconds until it hides."""

    def get_version_under_cursor(self) -> str | None:
        """The VersionId under the cursor; None if the cursor is not in the list of versions."""
        return None

    def forget_value(self, version: str | None = None) -> None:
        """Forgets the outline and shows another version, which is not read yet."""
        self.auto_hide.stop()
        self.version = version
        self.value.show_outline(None)
        self.show_titles()

    def _show_outline(self, outline: Outline) -> None:
        """Shows the keys of the value that was read last, and remembers them."""
        self.session.remember_outline(self.secret_id, self._read_id, outline)
        self.value.show_outline(outline)
        self.show_titles()

    def show_known_outline(self, version: str | None) -> None:
        """Shows the keys of a version, by its VersionId, if this session has read it before and none are shown."""
        known = self.session.find_outline(self.secret_id, version) if version else None
        if known is not None and self.value.outline is None:
            self.value.show_outline(known)

    async def read_value(self, version: str | None) -> Value:
        """Reads the value of a version, and records it; None means AWSCURRENT.

        Raises:
            SmtuiError: the value could not be read; the reason shows in its place.
            ScreenLeftError: the screen is no longer on top, so nothing may happen with the value.
        """
        self._show_value_state(version, READING)
        try:
            value = await call(self.fetch_value, version)
        except SmtuiError as error:
            self._show_value_state(version, make_failed_state(explain_error(error)))
            raise
        self._show_value_state(version, READ)
        await self.update_after_read(version)
        must_be_on_top()
        return value

    def fetch_value(self, version: str | None) -> Value:
        """Reads the value of a version in the vault's thread; nothing shows on the screen."""
        one: Any = {"VersionId": version} if version else {}
        answer = self.client.get_secret_value(SecretId=self.secret_id, **one)
        self._read_id = answer["VersionId"]
        return extract_value(answer)

    async def update_after_read(self, version: str | None) -> None:
        """Updates what a read changes on the screen."""

    def _show_value_state(self, version: str | None, state: ReadState) -> None:
        """Shows how far a read is, if its version is the one on the screen."""
        if version == self.version:
            self.value.show_state(state, self.find_key("secret.reveal"))

    # Copying.

    @gesture
    async def action_copy(self) -> None:
        """Copies the key or entire value under the cursor; in the list of versions, the entire value of one.

        If the keys are unknown, or others have changed them, asks for the key.
        """
        version = self.get_version_under_cursor()
        if version is None and self.value.outline is None:
            await self._copy_with_question()
            return
        value = await self.read_value(version) if version else await self._read_part()
        if value is not None:
            await self.app.copy(value, self.describe_target(version))

    async def _copy_with_question(self) -> None:
        target = await self.read_for("Copy which key of {}?")
        if target is not None:
            await self.copy_part(target)

    def name_target(self) -> SafeText | None:
        return self.name

    async def read_target(self, title: SafeText) -> ReadTarget | None:
        """Reads the version under the cursor or on the screen, and shows its keys. The screen shows a failed read."""
        version = self.get_version_under_cursor() or self.version
        value = await self.read_value(version)
        if version == self.version:
            self._show_outline(build_outline(value))
        which = f", version {shorten_id(version)}" if version else ""
        return ReadTarget(sanitize(f"{self.name}{which}"), value, self.value.key)

    def describe_target(self, version: str | None) -> SafeText:
        """Names what the cursor is on: a secret, its version and its key."""
        version = version or self.version
        which = f", version {shorten_id(version)}" if version else ""
        key = None if self.get_version_under_cursor() else self.value.key
        return sanitize(f"{self.name}{which}" if key is None else f"{self.name}{which}, {key}")

    async def _read_part(self, *, to_show: bool = False) -> Value | None:
        """Reads the key or entire value under the cursor.

        None if the keys were unknown before, because the user can choose one now; or if another version is shown now.
        """
        version = self.version
        value = await self.read_value(version)
        if version != self.version:
            return None
        known, now = self.value.outline, build_outline(value)
        if known != now:
            self._show_outline(now)
        choose = now.kind is ValueKind.KEYS if known is None else known.keys != now.keys
        return None if choose else extract_part(value, self.value.key, to_show=to_show)

    @gesture
    async def action_to_file(self) -> None:
        """Writes what the cursor is on to a new file, byte for byte. It reads the value after the path is known."""
        version = self.get_version_under_cursor()
        words, key = self.describe_target(version), None if version else self.value.key
        question = sanitize(f"Save {words} to file")

        async def write(path: Path) -> str:
            value = extract_part(await self.read_value(version or self.version), key)
            if value is None:
                return "This key no longer exists."
            await call(write_value_file, path, value)
            return f"{words} saved to {path}, readable only by you."

        if notice := await ask_path(self.app, question, PRIVATE_FILE_NOTE, write):
            self.say(notice)

    # Revealing.

    @gesture
    async def action_reveal(self) -> None:
        if version := self.get_version_under_cursor():
            self.show_version(version)
        if self.value.revealed is not None and self.value.revealed == self.value.cursor:
            self.hide()
            return
        value = await self._read_part(to_show=True)
        if value is not None and self.app.app_focus:
            self._revealed_id = self._read_id
            self.value.reveal(format_value(value))
            self.auto_hide.start(self.app.settings.reveal_timeout)

    def show_version(self, version: str) -> None:
        """Shows the hidden value of a version, by its VersionId."""
        self.forget_value(version)
        self.show_known_outline(version)

    @on(ValueList.RevealRequested)
    def _toggle_revealed(self) -> None:
        self.action_reveal()

    def hide(self) -> None:
        """Hides the value and stops the countdown."""
        self.value.hide()
        self.auto_hide.stop()

    def hide_replaced_value(self, current_id: str | None) -> None:
        """Hides a value that was revealed as AWSCURRENT and no longer is.

        Args:
            current_id: the VersionId that has AWSCURRENT now.
        """
        if self.version is None and self.value.revealed is not None and self._revealed_id != current_id:
            self.hide()
            self.say(f"{AWSCURRENT} moved to another version. Its value is hidden.")

    def _hide_without_focus(self, here: bool) -> None:
        if not here:
            self.hide()

    def on_screen_suspend(self) -> None:
        self.hide()
