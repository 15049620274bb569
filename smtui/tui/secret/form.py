"""What every form with a value shares: saving, the generator, showing and hiding, and rows."""

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
    """A form around a `ValueEditor`. Hides what is typed whenever the person turns to another window."""

    BINDINGS = keys.of("dialog") + keys.of("form")

    editor = getters.query_one(ValueEditor)
    said = getters.query_one("#said", Static)

    def on_mount(self) -> None:
        self.watch(self.app, "app_focus", self._hide_from_bystanders, init=False)

    def _hide_from_bystanders(self, here: bool) -> None:
        if not here:
            self.editor.hide(True)

    @abstractmethod
    async def save(self) -> None:
        """Dismisses with the answer, or says why not."""

    def state(self) -> object:
        """The value as it would be stored, and the other fields."""
        fields = (field for field in self.query(PlainInput) if field not in self.editor.query(PlainInput))
        return self.editor.value, *(field.value for field in fields)

    def say(self, sentence: SafeText) -> None:
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
                self.editor.take(password)

    def action_show(self) -> None:
        self.editor.hide(not self.editor.hidden)

    @gesture
    async def action_add(self) -> None:
        await self.editor.pairs.add()

    @gesture
    async def action_remove(self) -> None:
        await self.editor.pairs.remove_focused()

    @gesture
    async def action_switch(self) -> None:
        self.say(await self.editor.switch() or SafeText())
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.editor.keyed if action in ("add", "remove") and self.is_mounted else True
