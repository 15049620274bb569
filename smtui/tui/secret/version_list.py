"""The versions of a secret with their labels, and a label that travels with the cursor while it is in the hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret.label_moves import shorten_id
from smtui.tui.secret_list.rows import format_date, format_time
from smtui.tui.widgets.row_list import RowList

DEPRECATED_TEXT = "○ deprecated"
MARK = "●"


@dataclass(frozen=True, slots=True)
class Version:
    """One row. A version without labels is deprecated. `key` names what seals it."""

    id: str
    labels: tuple[str, ...]
    created: datetime | None
    accessed: datetime | None
    key: SafeText

    def format_details(self) -> Content:
        """What a row has no room for."""
        fields = (("key", self.key), ("read", format_date(self.accessed) or SafeText("never")))
        line = Content("   ").join(_format_field(what, each) for what, each in fields)
        return Content.assemble(_format_field("version", sanitize(self.id)), "\n", line)


def _format_field(what: str, text: SafeText) -> Content:
    return Content.assemble((f"{what} ", "$text-muted"), Content(text))


class VersionList(RowList):
    """Up and down carry the label in the hand along; Enter says where the cursor is."""

    class VersionSelected(Message):
        """Enter on a version."""

        def __init__(self, version: str) -> None:
            super().__init__()
            self.version = version

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.versions: Sequence[Version] = ()
        self.carried_label: str | None = None
        self.marked_id: str | None = None

    @property
    def version(self) -> Version | None:
        """The version under the cursor."""
        return self.versions[self.cursor] if self.versions else None

    def show_versions(self, versions: Sequence[Version]) -> None:
        """The versions as they are now, with the cursor on the same one and nothing in the hand."""
        before, self.versions, self.carried_label = self.version, versions, None
        places = [row for row, each in enumerate(versions) if before is not None and each.id == before.id]
        self.put(self._format_rows(), places[0] if places else 0)

    def select_version(self, version: str) -> None:
        """The cursor goes to this version, if it is listed."""
        for row, each in enumerate(self.versions):
            if each.id == version:
                self.highlighted = row

    def toggle_mark(self) -> None:
        """The version under the cursor is the marked one; where it was already, none is."""
        if self.version is not None:
            self.marked_id = None if self.marked_id == self.version.id else self.version.id
            self._redraw()

    def carry(self, label: str | None) -> None:
        """`label` is in the hand; with None the hand is empty again."""
        self.carried_label = label
        self._redraw()

    def _redraw(self) -> None:
        for place, row in enumerate(self._format_rows()):
            self.replace_option_prompt_at_index(place, row)

    def _format_rows(self) -> list[Content]:
        return [self._format_row(version, place == self.cursor) for place, version in enumerate(self.versions)]

    def _format_row(self, version: Version, here: bool) -> Content:
        words = [self._format_label(label) for label in version.labels]
        if here and self.carried_label is not None:
            words.append(Content.styled(f"◂ {sanitize(self.carried_label)} ▸", "bold reverse"))
        mark = MARK if version.id == self.marked_id else " "
        created, accessed = format_time(version.created), format_date(version.accessed)
        dates = f"{shorten_id(version.id):<8}{mark} {created}  {accessed:<10}  "
        return Content.assemble(dates, Content(" ").join(words) if words else Content.styled(DEPRECATED_TEXT, "dim"))

    def _format_label(self, label: str) -> Content:
        held = label == self.carried_label
        return Content.styled(sanitize(label), "dim strike" if held else "bold")

    def watch_highlighted(self, highlighted: int | None) -> None:
        super().watch_highlighted(highlighted)
        if self.carried_label is not None:
            self._redraw()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.version is not None:
            self.post_message(self.VersionSelected(self.version.id))


def format_heading() -> SafeText:
    """The names of the columns."""
    return SafeText(f"{'version':<8}  {'created':<16}  {'read':<10}  labels")
