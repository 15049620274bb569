"""The base class of dialogs, which asks before it discards what the user entered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar, cast, runtime_checkable

from textual import events, getters, on
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Checkbox, Input, RadioButton, Static, TextArea

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.bridge import gesture
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.widgets.passphrase import Passphrase
from smtui.tui.workarounds import ClosableModalScreen

if TYPE_CHECKING:
    from smtui.tui.shell import Shell

Answer = TypeVar("Answer")
NOT_STORED = SafeText("They are not stored.")


@runtime_checkable
class Editor(Protocol):
    """A screen in which the user enters something. Esc and quitting ask before they discard it."""

    @property
    def is_dirty(self) -> bool:
        """Whether the content differs from the content when the screen opened."""


async def confirm_discard(app: Shell, text: SafeText = NOT_STORED, answer: str = "Discard") -> bool:
    """Asks whether to discard the changes. The focus is on the answer that keeps them, and Esc keeps them too."""
    return await app.push_screen_wait(Confirm(SafeText("Discard changes?"), text, answer, cancel="Keep editing"))


def list_dirty_forms(screens: Iterable[Screen[Any]]) -> list[SafeText]:
    """Returns the titles of the screens in which something is entered that is not stored."""
    dirty = [screen for screen in screens if screen.is_mounted and isinstance(screen, Editor) and screen.is_dirty]
    return [_get_title(cast("Screen[Any]", screen)) for screen in dirty]


def _get_title(screen: Screen[Any]) -> SafeText:
    """Returns the title of a form: its `form_title`, or else the text of its first title."""
    if hasattr(screen, "form_title"):
        return sanitize(screen.form_title)
    title = next(iter(screen.query(".title").results(Static)), None)
    return sanitize("" if title is None else str(title.render()))


def read_fields(screen: Screen[Any]) -> tuple[object, ...]:
    """Returns the content of all fields of a screen. For a passphrase, it returns only the length."""
    return (
        *(field.value for field in screen.query(Input)),
        *(area.text for area in screen.query(TextArea)),
        *(box.value for box in screen.query(Checkbox)),
        *(button.value for button in screen.query(RadioButton)),
        *(field.count for field in screen.query(Passphrase)),
    )


class Dialog(ClosableModalScreen[Answer | None]):
    """A modal screen that Esc closes with the answer None; if the user changed something, it asks first.

    `state` covers all fields. Dialogs with other content, such as an order or marks, override it.
    """

    KEY_NAMES: ClassVar[Mapping[str, str]] = {}
    """The words of entries of the footer, by the ids of their shortcuts."""

    app: getters.app[Shell]
    is_refilled: bool = False
    """Whether the dialog opened with something that was typed before and is not stored, as after a refusal."""
    problem: str = ""
    """Why the content with which the dialog opened was refused. `#said` shows it until the content changes."""
    _opened_with: object = None
    _renamed_keys: Mapping[str, str] | None = None

    @property
    def key_names(self) -> Mapping[str, str]:
        """`KEY_NAMES`, with what `rename_key` changed."""
        return {**self.KEY_NAMES, **(self._renamed_keys or {})}

    def rename_key(self, id: str, words: str) -> None:
        """Changes the words of an entry of the footer."""
        self._renamed_keys = {**(self._renamed_keys or {}), id: words}
        self.refresh_bindings()

    def get_state(self) -> object:
        """Returns what the user can change, for the comparison with the state when the dialog opened."""
        return read_fields(self)

    @property
    def is_dirty(self) -> bool:
        """Whether the user has changed anything, here or in the dialog before that opened again."""
        return self.is_refilled or (self.is_mounted and self.get_state() != self._opened_with)

    @on(events.Mount)
    def _remember_state(self) -> None:
        self._opened_with = self.get_state()
        self.call_after_refresh(self._show_focus)
        if self.problem:
            self.call_after_refresh(self.refuse, self.problem)

    @property
    def has_old_problem(self) -> bool:
        """Whether the content is still the one that was refused before the dialog opened."""
        return bool(self.problem) and self.get_state() == self._opened_with

    def refuse(self, problem: str) -> None:
        """Says in `#said` why the dialog cannot be accepted as it is, so that no key that accepts it is silent."""
        said = self.query_one("#said", Static)
        said.set_class(True, "-error")
        said.update(Content(f"✗ {sanitize(problem, lines=True)}"))
        said.call_after_refresh(said.scroll_visible, animate=False)

    def _show_focus(self) -> None:
        """Scrolls to the focused field, which may be below a long text."""
        if self.focused is not None:
            self.focused.scroll_visible(animate=False)

    @gesture
    async def action_cancel(self) -> None:
        if not self.is_dirty or await confirm_discard(self.app):
            self.dismiss(None)
