"""A write that happens only if nobody changed the state since the user saw it; otherwise a dialog asks.

It serves descriptions, tags, KMS keys, labels and policies. `value_edit` does the same for values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from smtui.api.errors import ChangedMeanwhileError
from smtui.rules.compare_and_swap import write_unless
from smtui.text.sanitize import SafeText
from smtui.tui.bridge import ScreenLeftError, call
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.secret.conflict import ConflictAnswer, ConflictDialog
from smtui.tui.secret.value_edit import WriteOutcome

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.shell import Shell

State = TypeVar("State")
NOTHING_STORED = "Nothing stored."
EDIT_ANSWERS = (ConflictAnswer.KEEP_EDITING, ConflictAnswer.DISCARD)


@dataclass(frozen=True, slots=True)
class GuardedWrite(Generic[State]):
    """One write and the state that it depends on.

    Args:
        title: the title of the dialog that opens after a conflict.
        read: reads the present state, in the vault's thread.
        has_changed: whether the state that the user saw and the present one differ in what is written.
        write: writes, in the same transaction.
        describe: the lines of the dialog, from the present state: what others did and what the user is about to do.
        answers: the answers of the dialog besides Cancel and the one that overwrites.
        store_text: the text of the button that overwrites; None if there is no such button.
        notice: a warning that the app shows together with the dialog.
    """

    title: SafeText
    read: Callable[[], State]
    has_changed: Callable[[State, State], bool]
    write: Callable[[], object]
    describe: Callable[[State], Sequence[SafeText]]
    answers: Sequence[ConflictAnswer] = EDIT_ANSWERS
    store_text: str | None = ConflictAnswer.STORE.value
    notice: str = ""

    async def run(self, app: Shell, vault: Vault, seen: State) -> tuple[WriteOutcome, State]:
        """Writes, or asks after a conflict.

        Args:
            seen: the state that the user saw.

        Returns:
            The outcome, and the state immediately before the write or the one that the dialog described.

        Raises:
            SmtuiError: the write was refused; nothing is written.
        """
        while True:
            try:
                return WriteOutcome.STORED, await call(self._write, vault, seen)
            except ChangedMeanwhileError:
                answer, found = await self._ask_or_warn(app, seen)
            if answer is not ConflictAnswer.STORE:
                return _OUTCOMES[answer], seen if answer is ConflictAnswer.CANCEL else found
            seen = found

    async def ask_if_changed(self, app: Shell, seen: State, title: SafeText) -> tuple[WriteOutcome | None, State]:
        """Asks before a preview if others changed the state, because the preview would be outdated.

        Args:
            seen: the state that the user saw.
            title: the title of the preview, shown while the present state is read.

        Returns:
            None if the caller may go on, otherwise the outcome; and the present state.
        """
        looked = await read_for_dialog(app, title, lambda: call(self._compare, seen))
        if looked is None:
            return WriteOutcome.KEPT, seen
        found, has_changed = looked
        if not has_changed:
            return None, found
        answer, found = await self._ask(app, seen)
        if answer is ConflictAnswer.STORE:
            return None, found
        return _OUTCOMES[answer], seen if answer is ConflictAnswer.CANCEL else found

    async def _ask_or_warn(self, app: Shell, seen: State) -> tuple[ConflictAnswer, State]:
        """Asks; if the user has left the screen, so that no dialog can open, says that nothing was stored.

        Raises:
            ScreenLeftError: the user has left the screen.
        """
        try:
            return await self._ask(app, seen)
        except ScreenLeftError:
            app.warn(f"{self.title}. {self.notice or NOTHING_STORED}")
            raise

    async def _ask(self, app: Shell, seen: State) -> tuple[ConflictAnswer, State]:
        """Opens the dialog; returns the answer and the state that the dialog described."""
        looked = await read_for_dialog(app, self.title, lambda: call(self._read_and_describe))
        if looked is None:
            return ConflictAnswer.CANCEL, seen
        found, lines = looked
        if self.notice:
            app.warn(self.notice)
        answers = [*self.answers, *([ConflictAnswer.STORE] if self.store_text else [])]
        dialog = ConflictDialog(self.title, lines, answers, store_text=self.store_text or "")
        return await app.push_screen_wait(dialog), found

    def _write(self, vault: Vault, seen: State) -> State:
        def write(found: State) -> State:
            self.write()
            return found

        return write_unless(vault.transaction, self.read, lambda found: self.has_changed(seen, found), write)

    def _compare(self, seen: State) -> tuple[State, bool]:
        found = self.read()
        return found, self.has_changed(seen, found)

    def _read_and_describe(self) -> tuple[State, Sequence[SafeText]]:
        found = self.read()
        return found, self.describe(found)


_OUTCOMES = {
    ConflictAnswer.CANCEL: WriteOutcome.KEPT, ConflictAnswer.KEEP_EDITING: WriteOutcome.EDIT,
    ConflictAnswer.DISCARD: WriteOutcome.DISCARDED, ConflictAnswer.PREVIEW_AGAIN: WriteOutcome.EDIT,
}  # fmt: skip
