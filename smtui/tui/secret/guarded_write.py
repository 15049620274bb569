"""Writing something about a secret, unless others changed it since it was seen; then it is shown, and asked about.

For descriptions, tags, keys and policies. Values have more to be said about: `value_edit`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from smtui.api.errors import ChangedMeanwhileError
from smtui.rules.compare_and_swap import write_unless
from smtui.text.sanitize import SafeText
from smtui.tui.bridge import call
from smtui.tui.secret.conflict import Answer, ConflictDialog
from smtui.tui.secret.value_edit import Outcome

if TYPE_CHECKING:
    from smtui.backends.local import Vault
    from smtui.tui.shell import Shell

Seen = TypeVar("Seen")
TYPED = (Answer.KEEP_EDITING, Answer.DISCARD)


@dataclass(frozen=True, slots=True)
class GuardedWrite(Generic[Seen]):
    """What is to be written, and how to tell whether it still may.

    Args:
        title: of the question, where others changed it.
        read: what is there now, in the vault's thread.
        is_other: whether what is there now differs from what was seen in what is written.
        write: writes it, in the same transaction.
        describe: what others did and what one is about to do, given what is there now; in the vault's thread.
        answers: beside Cancel and to write it all the same.
        insist: what the button says that writes it all the same; None where there is none.
        notice: what is said at once, beside the question.
    """

    title: SafeText
    read: Callable[[], Seen]
    is_other: Callable[[Seen, Seen], bool]
    write: Callable[[], object]
    describe: Callable[[Seen], Sequence[SafeText]]
    answers: Sequence[Answer] = TYPED
    insist: str | None = Answer.STORE.value
    notice: str = ""

    async def run(self, app: Shell, vault: Vault, seen: Seen) -> tuple[Outcome, Seen]:
        """How it ended, and what was there immediately before, or what the person was shown to be there.

        Raises:
            SmtuiError: what refused it; nothing is written then.
        """
        while True:
            try:
                return Outcome.STORED, await call(self._write, vault, seen)
            except ChangedMeanwhileError:
                answer, found = await self._ask(app)
            if answer is not Answer.STORE:
                return _OUTCOMES[answer], seen if answer is Answer.CANCEL else found
            seen = found

    async def ask_before(self, app: Shell, seen: Seen) -> tuple[Outcome | None, Seen]:
        """Asks before anything is previewed where others changed it: a preview of what is no more says nothing true.

        None, with what is there now, where one may go on: nothing differs, or it is to be written all the same.
        """
        found = await call(self.read)
        if not self.is_other(seen, found):
            return None, found
        answer, found = await self._ask(app)
        if answer is Answer.STORE:
            return None, found
        return _OUTCOMES[answer], seen if answer is Answer.CANCEL else found

    async def _ask(self, app: Shell) -> tuple[Answer, Seen]:
        """The answer, and what was shown to be there."""
        found, lines = await call(self._look)
        if self.notice:
            app.warn(self.notice)
        answers = [*self.answers, *([Answer.STORE] if self.insist else [])]
        dialog = ConflictDialog(self.title, lines, answers, insist=self.insist or "")
        return await app.push_screen_wait(dialog), found

    def _write(self, vault: Vault, seen: Seen) -> Seen:
        def write(found: Seen) -> Seen:
            self.write()
            return found

        return write_unless(vault.transaction, self.read, lambda found: self.is_other(seen, found), write)

    def _look(self) -> tuple[Seen, Sequence[SafeText]]:
        found = self.read()
        return found, self.describe(found)


_OUTCOMES = {Answer.CANCEL: Outcome.KEPT, Answer.KEEP_EDITING: Outcome.EDIT, Answer.DISCARD: Outcome.DISCARDED,
             Answer.LOOK_AGAIN: Outcome.EDIT}
