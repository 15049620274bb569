"""The ways to a new version of a value: a form, the person's own editor, a file. Each shows first what it will do."""

from __future__ import annotations

from pathlib import Path

from smtui.editor.private_copy import place
from smtui.editor.program import command
from smtui.labels import AWSCURRENT
from smtui.shown import Shown, shown
from smtui.tui import outside, ways_back
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.ask_path import AskPath
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.value_form import ValueForm
from smtui.tui.files import read_value
from smtui.tui.json_check import looks_like_json
from smtui.tui.label_moves import short
from smtui.tui.new_version import NewVersion
from smtui.tui.screens.value import ValueScreen
from smtui.tui.values import Kind, Value, can_be_typed, outline

BYTE_FOR_BYTE = Shown("It is stored byte for byte: as text where it is UTF-8, else as binary.")
NOT_CHANGED = "Nothing was changed. An editor that returns at once needs its option to wait."


class StoringScreen(ValueScreen):
    """What is edited is the value one looks at; what is stored becomes the current one unless the labels say else."""

    async def _before(self) -> Value:
        return await self.read(self.version) if self.version or AWSCURRENT in self.labels else ""

    @gesture
    async def action_edit(self) -> None:
        if self.refuses_to_write():
            return
        before = await self._before()
        if isinstance(before, bytes) or not _fits_a_form(before):
            why = "is binary: f stores a file" if isinstance(before, bytes) else "has unseen characters: E edits them"
            self.say(f"This value {why}.")
            return
        new = await self.app.push_screen_wait(ValueForm(self.name, before, self.labels, self.value.key))
        if new is not None:
            await self._store(new)

    @gesture
    async def action_edit_outside(self) -> None:
        if self.refuses_to_write():
            return
        program, where = command(), place()
        title = shown(f"Edit the value of {self.name} in {Path(program[0]).name}?")
        if not await self.app.push_screen_wait(Confirm(title, outside.warning(where), "Edit", can_be_undone=True)):
            return
        before = await self._before()
        if isinstance(before, bytes):
            self.say("This value is binary: w writes it to a file, f stores one.")
            return

        def effects(after: str) -> Shown:
            return self._effects(NewVersion(after), before)

        after = await outside.edited_outside(self.app, before, program, where, effects)
        if after == before:
            self.say(NOT_CHANGED)
        elif after is not None:
            await self._store(NewVersion(after))

    @gesture
    async def action_from_file(self) -> None:
        if self.refuses_to_write():
            return
        question = shown(f"A new value for {self.name} from which file?")
        path = await self.app.push_screen_wait(AskPath(question, BYTE_FOR_BYTE))
        if path is None:
            return
        new = NewVersion(await call(read_value, path))
        effects = self._effects(new, await self._before())
        question = shown(f"Store a new version of {self.name}?")
        if await self.app.push_screen_wait(Confirm(question, effects, "Store", can_be_undone=True)):
            await self._store(new)

    def _effects(self, new: NewVersion, before: Value) -> Shown:
        return shown("\n".join(new.sentences(before, self.labels)), lines=True)

    async def _store(self, new: NewVersion) -> None:
        labels = (await call(self.client.describe_secret, SecretId=self.secret_id)).get("VersionIdsToStages", {})
        before = {label: version for version, carried in labels.items() for label in carried}
        stored = await call(self.client.put_secret_value, **new.request(self.secret_id))
        ways_back.version_stored(self.session, self.secret_id, self.name, before, stored)
        self.forget_value()
        version = stored["VersionId"]
        what = f"it is {AWSCURRENT} now" if AWSCURRENT in stored["VersionStages"] else f"{AWSCURRENT} stays"
        await self.done(f"Version {short(version)} is stored: {what}.")
        self.stored(version)

    def stored(self, version: str) -> None:
        """A new version is there."""


def _fits_a_form(value: str) -> bool:
    """JSON can be spelled so that everything in it is seen."""
    kind = outline(value).kind
    return kind is Kind.KEYS or can_be_typed(value, lines=True) or looks_like_json(value)
