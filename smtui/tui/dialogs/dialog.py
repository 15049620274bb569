"""What every dialog shares: what the user has entered in it is not dropped without a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from textual import events, getters, on
from textual.screen import ModalScreen, Screen
from textual.widgets import Checkbox, Input, RadioButton, TextArea

from smtui.text.sanitize import SafeText
from smtui.tui.bridge import gesture
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.unlock.passphrase import Passphrase

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

Answer = TypeVar("Answer")


@runtime_checkable
class Editor(Protocol):
    """A screen in which the user enters something. The only rule for all of them: Esc and quitting ask first."""

    @property
    def is_dirty(self) -> bool:
        """Whether what it holds differs from what it opened with."""


async def confirm_discard(app: Shell) -> bool:
    """Asks whether changes may be dropped; to keep them has the focus, and Esc keeps them too."""
    return await app.push_screen_wait(
        Confirm(SafeText("Discard changes?"), SafeText("They are not stored."), "Discard", cancel="Keep editing"))


def read_fields(screen: Screen[Any]) -> tuple[object, ...]:
    """What stands in the fields of a screen. Of a passphrase, only how long it is."""
    return (
        *(field.value for field in screen.query(Input)),
        *(area.text for area in screen.query(TextArea)),
        *(box.value for box in screen.query(Checkbox)),
        *(button.value for button in screen.query(RadioButton)),
        *(field.count for field in screen.query(Passphrase)),
    )


class Dialog(ModalScreen[Answer | None]):
    """Esc closes it, with None for its answer: at once where nothing is changed in it, otherwise after a question.

    It is an `Editor` with all of its fields; one with other contents, such as an order or marks, overrides `state`.
    """

    app: getters.app[Shell]
    _opened_with: object = None

    def state(self) -> object:
        """What the user can change here, to be compared with what it was at first."""
        return read_fields(self)

    @property
    def is_dirty(self) -> bool:
        """Whether the user has changed anything."""
        return self.is_mounted and self.state() != self._opened_with

    @on(events.Mount)
    def _remember_state(self) -> None:
        self._opened_with = self.state()
        self.call_after_refresh(self._show_focus)

    def _show_focus(self) -> None:
        """What is typed in first may lie below a long text."""
        if self.focused is not None:
            self.focused.scroll_visible(animate=False)

    @gesture
    async def action_cancel(self) -> None:
        if not self.is_dirty or await confirm_discard(self.app):
            self.dismiss(None)
