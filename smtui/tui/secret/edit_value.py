"""Actions that store a new version of a value: from the form, an external editor or a file. Each shows a preview."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from smtui.api.errors import AccessDeniedException, ClientError
from smtui.editor.program import find_editor
from smtui.editor.temp_file import find_location
from smtui.rules.compare_and_swap import read_labels
from smtui.rules.labels import AWSCURRENT
from smtui.text.sanitize import SafeText, sanitize
from smtui.text.typed_text import can_be_typed
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.ask_path import ask_path
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.json_editor.check import looks_like_json
from smtui.tui.outline import ValueKind
from smtui.tui.secret import external_editor
from smtui.tui.secret.label_moves import Labels, shorten_id
from smtui.tui.secret.new_version import NewVersion
from smtui.tui.secret.value import ValueScreen
from smtui.tui.secret.value_edit import EditBase, ValueEdit, WriteOutcome, read_base
from smtui.tui.secret.value_files import read_value_file
from smtui.tui.secret.value_form import ValueForm
from smtui.tui.secret.values import build_outline
from smtui.tui.undo import inverse

BYTE_FOR_BYTE = SafeText("Stored byte for byte: as text if it is UTF-8, otherwise as binary.")
NOT_CHANGED = "No changes. If your editor returns immediately, add its option to wait."


class EditValueScreen(ValueScreen):
    """Edits the version on the screen. The new version becomes AWSCURRENT unless the user types other labels."""

    async def _read_for_edit(self, *, can_be_typed: bool = True) -> ValueEdit | None:
        """What one begins with; None where the user does not wait for it."""
        title = sanitize(f"New value of {self.name}")
        return await read_for_dialog(self.app, title, lambda: self._begin_edit(can_be_typed=can_be_typed))

    async def _begin_edit(self, *, can_be_typed: bool = True) -> ValueEdit:
        """Reads the labels, then the value of the version that they name."""
        labels = await self._read_labels_if_allowed()
        version = self.version or (labels or {}).get(AWSCURRENT)
        if version or labels is None:
            base = await call(read_base, labels, version, self.fetch_value)
            with suppress(ClientError):  # without a reload the screen stays as it was
                await self.update_after_read(version)
        else:
            base = EditBase(labels, "", None)
        return ValueEdit(self.session, self.secret_id, self.name, base, can_be_typed=can_be_typed)

    async def _read_labels_if_allowed(self) -> Labels | None:
        try:
            return await call(read_labels, self.session.client(record_reads=False), self.secret_id)
        except AccessDeniedException:
            return None

    @gesture
    async def action_edit(self) -> None:
        if self.refuses_to_write():
            return
        edit = await self._read_for_edit()
        if edit is None:
            return
        before = edit.base.value
        if isinstance(before, bytes) or not _can_edit_in_form(before or ""):
            why = "is binary: f stores a file" if isinstance(before, bytes) else "has invisible characters: E edits it"
            self.say(f"This value {why}.")
            return
        await self.app.push_screen_wait(ValueForm(edit, self.value.key))
        await self._finish_edit(edit)

    @gesture
    async def action_edit_in_editor(self) -> None:
        if self.refuses_to_write():
            return
        program, location = find_editor(), find_location()
        title = sanitize(f"Edit the value of {self.name} in {Path(program[0]).name}?")
        question = Confirm(title, external_editor.format_warning(location), "Edit", can_be_undone=True)
        if not await self.app.push_screen_wait(question):
            return
        edit = await self._read_for_edit()
        if edit is None:
            return
        if isinstance(edit.base.value, bytes):
            self.say("This value is binary: w writes it to a file, f stores one.")
            return
        for note in edit.base.notes:
            self.say(note, severity="warning")

        async def describe_effects(after: str) -> SafeText:
            return await edit.describe_effects_now(NewVersion(after))

        async def store(after: str) -> WriteOutcome:
            return await edit.store(self.app, NewVersion(after), preview=False)

        def read_rebased() -> tuple[str, str]:
            return edit.initial_text, edit.rebased_text

        if not await external_editor.edit_text(
            self.app, edit.initial_text, program, location, describe_effects, store, read_rebased
        ):
            self.say(NOT_CHANGED)
        await self._finish_edit(edit)

    @gesture
    async def action_from_file(self) -> None:
        if self.refuses_to_write():
            return
        edit = await self._read_for_edit(can_be_typed=False)
        if edit is None:
            return
        question = sanitize(f"New value of {self.name} from file")
        value = await ask_path(self.app, question, BYTE_FOR_BYTE, lambda path: call(read_value_file, path))
        if value is None:
            return
        await edit.store(self.app, NewVersion(value))
        await self._finish_edit(edit)

    async def _finish_edit(self, edit: ValueEdit) -> None:
        """Records the undo action and reloads the screen, if the edit was stored."""
        if edit.stored is None:
            return
        stored = edit.stored.response
        inverse.record_stored_version(self.session, self.secret_id, self.name, edit.stored.before, stored)
        self.forget_value()
        version = stored["VersionId"]
        what = f" as {AWSCURRENT}" if AWSCURRENT in stored["VersionStages"] else f"; {AWSCURRENT} is unchanged"
        await self.report_change(f"Version {shorten_id(version)} stored{what}.")
        self.select_version(version)

    def select_version(self, version: str) -> None:
        """Moves the cursor of the version list to a new version."""


def _can_edit_in_form(value: str) -> bool:
    """Whether the form can show a text completely. JSON escapes its invisible characters; other text cannot."""
    kind = build_outline(value).kind
    return kind is ValueKind.KEYS or can_be_typed(value, lines=True) or looks_like_json(value)
