"""The list of a secret's versions with their labels, and the label that the cursor carries during a move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static

from smtui.rules.labels import AWSCURRENT, AWSPENDING, AWSPREVIOUS
from smtui.text.dates import format_date, format_time
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.secret.label_moves import shorten_id
from smtui.tui.widgets.row_list import RowList

DEPRECATED_TEXT = "○ deprecated"
MARK = "●"
ROOM_FOR_READ = 70
"""Columns of a terminal from which the day of the last read has room beside the labels."""
COLOURS = {AWSCURRENT: "$success", AWSPENDING: "$warning", AWSPREVIOUS: "$foreground"}
"""The colours of the labels that AWS moves; those of users have the accent."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version.

    Args:
        id: the VersionId.
        labels: its staging labels, in the order of the screens; a version without any is deprecated.
        created: when it was created.
        accessed: the day of the last read.
        key: the name of its KMS key.
    """

    id: str
    labels: tuple[str, ...]
    created: datetime | None
    accessed: datetime | None
    key: SafeText

    def format_details(self) -> Content:
        """Formats what does not fit into a row: VersionId, KMS key, last read."""
        fields = (("key", self.key), ("read", format_date(self.accessed) or SafeText("never")))
        line = Content("   ").join(_format_field(what, each) for what, each in fields)
        return Content.assemble(_format_field("version", sanitize(self.id)), "\n", line)


def _format_field(what: str, text: SafeText) -> Content:
    return Content.assemble((f"{what} ", "$text-muted"), Content(text))


class VersionList(RowList):
    """Lists versions. The cursor takes the carried label along; Enter posts the version under it."""

    class VersionSelected(Message):
        """Enter: a version was selected, by its VersionId."""

        def __init__(self, version: str) -> None:
            super().__init__()
            self.version = version

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.versions: Sequence[Version] = ()
        self.carried_label: str | None = None
        self.marked_id: str | None = None
        self._awaited = ""

    @property
    def version(self) -> Version | None:
        """The version under the cursor."""
        return self.versions[self.cursor] if self.versions else None

    def show_versions(self, versions: Sequence[Version]) -> None:
        """Shows the present versions, and no label is carried.

        The cursor stays on its version. If that is no longer listed, it goes to the one that has its row now.
        """
        row, wanted = self.cursor, self.version.id if self.version else self._awaited
        self.versions, self.carried_label = versions, None
        found = [at for at, each in enumerate(versions) if each.id == wanted]
        self.put(self._format_rows(), found[0] if found else row)

    def return_to(self, version: str) -> None:
        """Puts the cursor on this version when the list is shown for the first time."""
        self._awaited = version
        self.select_version(version)

    def select_version(self, version: str) -> None:
        """Moves the cursor to a version, if it is listed."""
        for row, each in enumerate(self.versions):
            if each.id == version:
                self.highlighted = row

    def toggle_mark(self) -> None:
        """Marks the version under the cursor for a comparison, or removes its mark."""
        if self.version is not None:
            self.marked_id = None if self.marked_id == self.version.id else self.version.id
            self._redraw()

    def carry_label(self, label: str | None) -> None:
        """Carries a label with the cursor; None carries none."""
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
        read = f"{accessed:<10}  " if self.app.size.width >= ROOM_FOR_READ else ""
        dates = f"{shorten_id(version.id):<8}{mark} {created}  {read}"
        deprecated = Content.styled(DEPRECATED_TEXT, "$text-muted")
        return Content.assemble(dates, Content(" ").join(words) if words else deprecated)

    def _format_label(self, label: str) -> Content:
        if label == self.carried_label:
            return Content.styled(sanitize(label), "$text-muted strike")
        return Content.styled(sanitize(label), f"bold {COLOURS.get(label, '$accent')}")

    def on_resize(self) -> None:
        self._redraw()

    def watch_highlighted(self, highlighted: int | None) -> None:
        super().watch_highlighted(highlighted)
        if self.carried_label is not None:
            self._redraw()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.version is not None:
            self.post_message(self.VersionSelected(self.version.id))


class VersionHeading(Static):
    """The names of the columns."""

    def render(self) -> Content:
        read = f"{'read':<10}  " if self.app.size.width >= ROOM_FOR_READ else ""
        return Content(f"{'version':<8}  {'created':<16}  {read}labels")
