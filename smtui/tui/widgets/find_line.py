"""A line that narrows what a dialog lists. It is hidden until its key is pressed."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from smtui.tui.widgets.safe_input import SafeInput


class FindLine(SafeInput):
    """The line of a dialog that finds rows by words in any order, without regard to case."""

    DEFAULT_CSS = """
    FindLine {
        display: none;
        height: 1;
        margin-top: 1;
        padding: 0 1;
        border: none;
        background: $panel;
    }
    FindLine.-open {
        display: block;
    }
    """

    def __init__(self) -> None:
        super().__init__(placeholder="/ filter", compact=True, select_on_focus=False)

    def open(self) -> None:
        """Shows the line and focuses it."""
        self.add_class("-open")
        self.focus_to_replace()

    def close(self, then: Widget | None) -> bool:
        """Clears and hides the line, and focuses another widget. False if it was not open."""
        if not self.has_class("-open"):
            return False
        self.value = ""
        self.remove_class("-open")
        if then is not None:
            then.focus()
        return True

    def matches(self, text: str) -> bool:
        """Whether a text contains all words of the line."""
        return has_words(text, self.value)


def show_found_rows(pane: Widget, heading: str, texts: Iterable[str], line: FindLine) -> None:
    """Shows the rows of a pane that contain all words of the line, and the headings above such rows.

    Args:
        heading: the class of the children that are headings; all others are rows.
        texts: the text of each row.
    """
    above, rest = None, iter(texts)
    for each in pane.children:
        if each.has_class(heading):
            above = each
            above.display = False
        else:
            each.display = line.matches(next(rest))
            if each.display and above is not None:
                above.display = True


def has_words(text: str, words: str) -> bool:
    """Whether a text contains all words, in any order and without regard to case."""
    folded = text.casefold()
    return all(word in folded for word in words.casefold().split())
