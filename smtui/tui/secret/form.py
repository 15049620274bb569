"""The base of forms with a value: saving, the password generator, showing and hiding, rows of keys."""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeVar

from textual import getters
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.bridge import gesture
from smtui.tui.dialogs.dialog import Dialog
from smtui.tui.generator.screen import GeneratorScreen
from smtui.tui.secret.value_editor import ValueEditor
from smtui.tui.widgets.plain_input import PlainInput

Answer = TypeVar("Answer")


class ValueFormScreen(Dialog[Answer]):
    """A form around a `ValueEditor`. Hides the value when the terminal loses the focus."""

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("form")

    editor = getters.query_one(ValueEditor)
    said = getters.query_one("#said", Static)

    def on_mount(self) -> None:
        self.watch(self.app, "app_focus", self._hide_without_focus, init=False)

    def _hide_without_focus(self, has_focus: bool) -> None:
        if not has_focus:
            self.editor.set_hidden(True)

    @abstractmethod
    async def save(self) -> None:
        """Dismisses with the answer, or says why the form cannot be saved."""

    def get_state(self) -> object:
        """The value as it would be stored, followed by the other fields."""
        fields = (field for field in self.query(PlainInput) if field not in self.editor.query(PlainInput))
        return self.editor.value, *(field.value for field in fields)

    def say(self, sentence: SafeText) -> None:
        self.said.set_class(False, "-error")
        self.said.update(Content(sentence))

    @gesture
    async def action_save(self) -> None:
        await self.save()

    @gesture
    async def action_generate(self) -> None:
        session = self.app.session
        if session is not None:
            password = await self.app.push_screen_wait(GeneratorScreen(session, for_form=True))
            if password is not None:
                self.editor.insert_password(password)

    def action_show(self) -> None:
        self.editor.set_hidden(not self.editor.hidden)

    @gesture
    async def action_add(self) -> None:
        await self.editor.pair_editor.add()

    @gesture
    async def action_remove(self) -> None:
        await self.editor.pair_editor.remove_focused()

    @gesture
    async def action_toggle_text(self) -> None:
        self.say(await self.editor.toggle_text() or SafeText())
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.editor.is_keyed if action in ("add", "remove") and self.is_mounted else True
