"""The versions of a secret with their labels, and a label that travels with the cursor while it is in the hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret.label_moves import short
from smtui.tui.secret_list.rows import day, minute
from smtui.tui.widgets.row_list import RowList

DEPRECATED = "○ deprecated"
MARK = "●"


@dataclass(frozen=True, slots=True)
class Version:
    """One row. A version without labels is deprecated. `key` names what seals it."""

    id: str
    labels: tuple[str, ...]
    created: datetime | None
    accessed: datetime | None
    key: SafeText

    def facts(self) -> Content:
        """What a row has no room for."""
        told = (("key", self.key), ("read", day(self.accessed) or SafeText("never")))
        line = Content("   ").join(_titled(what, each) for what, each in told)
        return Content.assemble(_titled("version", sanitize(self.id)), "\n", line)


def _titled(what: str, text: SafeText) -> Content:
    return Content.assemble((f"{what} ", "$text-muted"), Content(text))


class VersionList(RowList):
    """Up and down carry the label in the hand along; Enter says where the cursor is."""

    class Chosen(Message):
        """Enter on a version."""

        def __init__(self, version: str) -> None:
            super().__init__()
            self.version = version

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.versions: Sequence[Version] = ()
        self.hand: str | None = None
        self.marked: str | None = None

    @property
    def version(self) -> Version | None:
        """The version under the cursor."""
        return self.versions[self.cursor] if self.versions else None

    def hold(self, versions: Sequence[Version]) -> None:
        """The versions as they are now, with the cursor on the same one and nothing in the hand."""
        before, self.versions, self.hand = self.version, versions, None
        places = [row for row, each in enumerate(versions) if before is not None and each.id == before.id]
        self.put(self._rows(), places[0] if places else 0)

    def go_to(self, version: str) -> None:
        """The cursor goes to this version, if it is listed."""
        for row, each in enumerate(self.versions):
            if each.id == version:
                self.highlighted = row

    def mark(self) -> None:
        """The version under the cursor is the marked one; where it was already, none is."""
        if self.version is not None:
            self.marked = None if self.marked == self.version.id else self.version.id
            self._paint()

    def take(self, label: str | None) -> None:
        """`label` is in the hand; with None the hand is empty again."""
        self.hand = label
        self._paint()

    def _paint(self) -> None:
        for place, row in enumerate(self._rows()):
            self.replace_option_prompt_at_index(place, row)

    def _rows(self) -> list[Content]:
        return [self._row(version, place == self.cursor) for place, version in enumerate(self.versions)]

    def _row(self, version: Version, here: bool) -> Content:
        words = [self._label(label) for label in version.labels]
        if here and self.hand is not None:
            words.append(Content.styled(f"◂ {sanitize(self.hand)} ▸", "bold reverse"))
        mark = MARK if version.id == self.marked else " "
        dates = f"{short(version.id):<8}{mark} {minute(version.created)}  {day(version.accessed):<10}  "
        return Content.assemble(dates, Content(" ").join(words) if words else Content.styled(DEPRECATED, "dim"))

    def _label(self, label: str) -> Content:
        held = label == self.hand
        return Content.styled(sanitize(label), "dim strike" if held else "bold")

    def watch_highlighted(self, highlighted: int | None) -> None:
        super().watch_highlighted(highlighted)
        if self.hand is not None:
            self._paint()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.version is not None:
            self.post_message(self.Chosen(self.version.id))


def heading() -> SafeText:
    """The names of the columns."""
    return SafeText(f"{'version':<8}  {'created':<16}  {'read':<10}  labels")
