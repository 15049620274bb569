"""The filter line of the list, with a line of suggestions below it while it has the focus."""

from __future__ import annotations

from rich.cells import cell_len
from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from smtui.tui import keys
from smtui.tui.secret_list.suggestions import Suggestion, Vocabulary, complete_text, list_suggestions
from smtui.tui.widgets.safe_input import SafeInput

GAP = "  "


class FilterLine(SafeInput):
    """The input line of the filter. Tab and → accept the first suggestion.

    Other keys act on the list while the line keeps the focus: ↓ and ↑ move its cursor, Enter opens, Ctrl+Y copies.
    """

    BINDINGS = keys.list_bindings("filter")

    class OpenRequested(Message):
        """The user asks to open what was found, or goes to the list if there are no words to find."""

    class FocusChanged(Message):
        """The line got the focus, or lost it."""

    class MoveRequested(Message):
        """The user moves the cursor of the list by so many rows."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class CopyRequested(Message):
        """The user asks to copy the value of the secret under the cursor of the list."""

    class SaveRequested(Message):
        """The user asks to save the filter."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__(placeholder="/ find: prod db; filter: name:prod/, tag:team=web, !word, deleted:only",
                         compact=True, select_on_focus=False, suggester=_FirstSuggestion(vocabulary), id="filter")
        self._vocabulary = vocabulary

    @property
    def suggestions(self) -> list[Suggestion]:
        """Suggestions for the last word of the line."""
        return list_suggestions(self.value, self._vocabulary)

    def action_open(self) -> None:
        self.post_message(self.OpenRequested())

    def action_move(self, by: int) -> None:
        self.post_message(self.MoveRequested(by))

    def action_copy(self) -> None:
        self.post_message(self.CopyRequested())

    def action_save(self) -> None:
        self.post_message(self.SaveRequested())

    def action_complete(self) -> None:
        if self.cursor_at_end and (found := self.suggestions):
            self.value = complete_text(self.value, found[0])
            self.cursor_position = len(self.value)


class _FirstSuggestion(Suggester):
    """Shows the first suggestion behind the cursor."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._vocabulary = vocabulary

    async def get_suggestion(self, value: str) -> str | None:
        found = list_suggestions(value, self._vocabulary)
        whole = complete_text(value, found[0]) if found and not value.endswith(" ") else ""
        return whole if whole.startswith(value) else None


class FilterBar(Vertical):
    """The filter line and its suggestions."""

    DEFAULT_CSS = """
    FilterBar {
        height: auto;
        background: $surface;

        & > #line {
            height: auto;
        }
        & #filter {
            width: 1fr;
        }
        & #kind {
            width: auto;
            padding: 0 1;
            color: $text-accent;
            text-style: bold;
        }
        & > #hints {
            display: none;
            height: 1;
            padding: 0 1;
            color: $text-muted;
        }
        &.-typing > #hints {
            display: block;
        }
    }
    """

    line = getters.query_one(FilterLine)
    hints = getters.query_one("#hints", Static)
    kind = getters.query_one("#kind", Static)

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self._shown_kind = ""
        self._suggested: tuple[list[Suggestion], int] | None = None
        """The suggestions that are shown, and their width in terminal cells."""

    def compose(self) -> ComposeResult:
        with Horizontal(id="line"):
            yield FilterLine(self._vocabulary)
            yield Static(id="kind")
        yield Static(id="hints")

    def on_descendant_focus(self) -> None:
        self.add_class("-typing")
        self.suggest()
        self.post_message(FilterLine.FocusChanged())

    def on_descendant_blur(self) -> None:
        self.remove_class("-typing")
        self.post_message(FilterLine.FocusChanged())

    def on_input_changed(self, event: Input.Changed) -> None:
        self.suggest()

    def show_kind(self, kind: str) -> None:
        """Shows which kind of search the text is, such as `fuzzy`, at the right end of the line."""
        if kind != self._shown_kind:
            self._shown_kind = kind
            self.kind.update(Content(kind))

    def suggest(self) -> None:
        """Updates the suggestions, if the line has the focus."""
        if not self.line.has_focus:
            return
        suggested = self.line.suggestions, self.size.width - 2
        if suggested != self._suggested:
            self._suggested = suggested
            self.hints.update(_format_hints(*suggested), layout=False)


def _format_hints(found: list[Suggestion], width: int) -> Content:
    """Formats as many suggestions as fit into `width` cells, and their description if they all share one."""
    if not found:
        return Content("")
    about = f"· {found[0].description}" if len({each.description for each in found}) == 1 else ""
    left = width - cell_len(about)
    words: list[str] = []
    for each in found:
        left -= cell_len(each.word) + len(GAP)
        if words and left < 0:
            words.append("…")
            break
        words.append(each.word)
    return Content(GAP).join([Content.styled(words[0], "bold $foreground"), *map(Content, words[1:]), Content(about)])
