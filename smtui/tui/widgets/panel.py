"""Panels: parts of a screen and cards of dialogs, inside a border whose top line holds the title.

Every widget with the class `panel` or `card` gets its border, and the colour that shows the focus, from `app.tcss`.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from textual import events
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from smtui.tui.workarounds import set_border_title

BORDER = 6
"""Cells of the top line that a title cannot have: the corners, and what keeps it away from them."""


@runtime_checkable
class NamesAccount(Protocol):
    """An app that names the account whose dialogs it shows."""

    @property
    def account_mark(self) -> Content:
        """The name and number of the account on its colour; empty if a vault is shown."""


def show_title(panel: Widget, title: str | Content) -> None:
    """Shows a title in the top line of a panel, above the first column of its content. It is cut if it is too long.

    Args:
        title: text of the program, `SafeText`, or `Content` made of these.
    """
    set_border_title(panel, Content.assemble(" ", Content(title) if isinstance(title, str) else title, " "))


class Panel(Vertical):
    """A part of a screen with a title."""

    def __init__(self, *children: Widget, title: str | Content = "", id: str | None = None) -> None:
        super().__init__(*children, id=id, classes="panel")
        show_title(self, title)


class Card(Vertical):
    """The frame of a dialog or of a form. Its title is a `CardTitle`."""

    def __init__(self, *children: Widget, id: str | None = None, classes: str = "") -> None:
        super().__init__(*children, id=id, classes=f"card {classes}")

    def on_mount(self) -> None:
        """Shows in the bottom line which account is open, so that every question says where it would act."""
        if isinstance(self.app, NamesAccount):
            self._border_subtitle = self.app.account_mark

    def on_resize(self, event: events.Resize) -> None:
        for title in self.query_children(CardTitle):
            title.place(self.outer_size.width)


class CardTitle(Static):
    """The title of a card: in its border if it fits there, otherwise the first lines of the card, so nothing is cut."""

    def __init__(self, title: str | Content) -> None:
        super().__init__(Content(title) if isinstance(title, str) else title, classes="title")

    def on_mount(self) -> None:
        if isinstance(self.parent, Card):
            self.place(_compute_width(self.parent, self.app.size))

    def show(self, title: str | Content) -> None:
        """Shows another title."""
        self.update(Content(title) if isinstance(title, str) else title)
        if isinstance(self.parent, Card):
            self.place(self.parent.outer_size.width)

    def place(self, width: int) -> None:
        """Puts the title into the border of a card of `width` cells if it fits there."""
        title, card = self.content, self.parent
        if isinstance(title, Content) and isinstance(card, Card):
            fits = title.cell_length + BORDER <= width and "\n" not in title.plain
            self.display = not fits
            card.set_class(fits, "-titled")
            show_title(card, title if fits else "")


def _compute_width(card: Card, screen: Size) -> int:
    """Computes the width in cells that the styles give to a card, before it is laid out."""
    scalars = (card.styles.width, card.styles.max_width)
    return min(screen.width, *(int(each.resolve(screen, screen)) for each in scalars if each and not each.is_auto))
