"""The dialog that asks which key of a value to copy: each row has a letter that copies it at once."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.dialogs.pick import Pick

RESERVED = "jkgy"
"""Letters that move the cursor, and the one that copies the row under it."""


class CopyDialog(Pick):
    """Returns the index of the chosen row, or None.

    A letter chooses its row at once; the key that opened the dialog chooses the row under the cursor, as Enter does.

    Args:
        title: the question.
        rows: the names of the rows.
        cursor: the row under the cursor at first.
        act: what choosing does, for the footer.
    """

    BINDINGS = keys.list_bindings("copy")

    def __init__(self, title: SafeText, rows: Sequence[SafeText], cursor: int, act: str = "Copy") -> None:
        self.key_names = {"copy.choose": act}
        letters = assign_letters(rows, cursor)
        formatted = [_format_row(letter, name) for letter, name in zip(letters, rows, strict=True)]
        super().__init__(title, formatted, cursor=cursor, letters=letters)

    def action_choose(self) -> None:
        self.choose_under_cursor()


def assign_letters(names: Sequence[str], first: int = 0) -> list[str]:
    """Returns a letter or digit for each name: one of its own that is still free, else a free digit, else nothing.

    Args:
        names: the names.
        first: the index of the name that chooses first.
    """
    free = set("abcdefghijklmnopqrstuvwxyz123456789") - set(RESERVED)
    letters = [""] * len(names)
    for index in sorted(range(len(names)), key=lambda index: (index != first, index)):
        own = (each for each in names[index].casefold() if each in free)
        letters[index] = next(own, None) or min(free & set("123456789"), default="")
        free.discard(letters[index])
    return letters


def _format_row(letter: str, name: SafeText) -> Content:
    return Content.assemble((f" {letter:<3}", "bold $primary"), Content(name))
