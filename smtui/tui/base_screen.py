"""The base class of the screens of an unlocked vault: what it adds to reading are writing and undo."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events

from smtui.api.context import Feature
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import key_names, keys
from smtui.tui.bridge import gesture
from smtui.tui.reading_screen import Answer, ReadingScreen
from smtui.tui.undo.undo_change import undo_change
from smtui.tui.widgets.chrome import Header

if TYPE_CHECKING:
    from smtui.tui.session import Session
    from smtui.tui.shell import Place
    from smtui.tui.undo_history import UndoEntry

READ_ONLY = "Read-only session: no changes made."


class SessionScreen(ReadingScreen[Answer]):
    """A screen of an unlocked vault. A subclass implements `load` (see `ReadingScreen`)."""

    place: ClassVar[Place | None] = None
    """The place of the menu that this screen shows; None for a screen that another screen opens."""

    needs: ClassVar[Mapping[str, Feature]] = {}
    """What actions need that not every context has. Their keys stay in their places, dimmed, and say why."""

    operations: ClassVar[Mapping[str, Sequence[str]]] = {}
    """Operations of which an action needs one. Its key is dimmed once AWS has refused all of them to the caller."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.client = session.client()

    def create_header(self) -> Header:
        """Creates the top line: the vault's name and the Region, which is a flag unless it is home, and `read-only`.

        For an AWS account it has the name of the context, the account ID, the Region, and `PROTECTED`.
        """
        return Header(*self._list_header_words(), colour=self.session.vault.colour)

    def refresh_header(self) -> None:
        """Shows in the top line whether the session is read-only, after that has changed."""
        for header in self.query(Header):
            header.show(*self._list_header_words())

    def _list_header_words(self) -> tuple[list[SafeText], *tuple[SafeText, ...]]:
        session = self.session
        if not session.vault.can.has_file:
            account = [sanitize(word) for word in (session.vault.title, session.vault.account_id, session.region)]
            return account, *([SafeText("PROTECTED")] if session.read_only else [])
        vault, region = sanitize(session.vault.path.name), sanitize(session.region)
        is_home = session.region == session.vault.region_name
        flags = [*([] if is_home else [region]), *([SafeText("read-only")] if session.read_only else [])]
        return [vault, *([region] if is_home else [])], *flags

    # What the context does not have.

    def find_denied_reason(self, action: str) -> SafeText:
        """Returns why an action is impossible here; empty if it is possible or needs no message."""
        lacking = self.vault.can.explain(self.needs[action]) if action in self.needs else ""
        return sanitize(lacking) or self._find_learned_denial(action)

    def list_operations(self, action: str) -> Sequence[str]:
        """The operations of which an action needs one, for what is under the cursor now."""
        return self.operations.get(action, ())

    def list_resource_ids(self) -> Collection[str]:
        """What requests of this screen name: the ids, names and ARNs of the secret or the key under the cursor."""
        return ()

    def get_region(self, action: str) -> str:
        """The Region in which an action makes its requests."""
        return self.session.region

    def _find_learned_denial(self, action: str) -> SafeText:
        """Why AWS has refused an action to the caller before; empty if it has not."""
        denials, operations = self.vault.denials, self.list_operations(action)
        if not denials or not operations:
            return SafeText("")
        ids, region = {"", *self.list_resource_ids()}, self.get_region(action)
        refusals = {operation: sentence for (operation, where, resource), sentence in [*denials.items()]
                    if where == region and resource in ids}
        if any(operation not in refusals for operation in operations):
            return SafeText("")
        key = key_names.spell(keys.find_key("everywhere.read_again", self.app.settings.keys))
        return sanitize(f"{refusals[operations[0]]} {key} tries again.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if self.find_denied_reason(action) else super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """Says why the action of a key is denied."""
        active = self.active_bindings.get(event.key)
        if active is not None and not active.enabled and (sentence := self.find_denied_reason(active.binding.action)):
            self.say(sentence, severity="warning")

    # Writing.

    @property
    def read_only(self) -> bool:
        """Whether the session refuses to change anything."""
        return self.session.read_only

    def refuses_to_write(self) -> bool:
        """Whether the session is read-only; if so, tells the user. Every gesture that writes calls it first."""
        if self.read_only:
            self.say(READ_ONLY, severity="warning")
        return self.read_only

    async def report_change(self, sentence: str) -> None:
        """Shows a notification about a change, and reloads."""
        self.say(sentence)
        self.refresh_bindings()
        await self.reload()

    @gesture
    async def undo_change(self, done: UndoEntry | None) -> None:
        """Undoes a change, after a question. None means that there is nothing to undo."""
        if self.refuses_to_write():
            return
        if done is None:
            self.say("Nothing to undo.")
        else:
            await undo_change(self.app, self.session, done)

    def action_back(self) -> None:
        self.dismiss()
