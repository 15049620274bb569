"""The preview of the secret under the cursor: its metadata, without its value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from smtui.api.arn import get_last_field, get_region
from smtui.rules.labels import sort_labels
from smtui.text.dates import format_date, format_day, format_moment
from smtui.text.sanitize import sanitize
from smtui.tui.environments import highlight_environments
from smtui.tui.secret_list import entry_state
from smtui.tui.secret_list.name_tree import Group
from smtui.tui.widgets.panel import show_title

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from smtui.api.types import SecretListEntry

SHORT_ID = 8


class Preview(VerticalScroll, can_focus=False):
    """A pane with the metadata of one secret, set by `show`."""

    DEFAULT_CSS = """
    Preview {
        padding: 0 1;
        scrollbar-size-vertical: 1;
        background: $background;
    }
    """

    def __init__(self) -> None:
        super().__init__(classes="panel")
        show_title(self, "Details")

    def compose(self) -> ComposeResult:
        yield Static()

    def show(self, item: SecretListEntry | Group | None, now: datetime) -> None:
        """Shows a secret, a group of the tree, or nothing for None.

        It requests a new layout only if the number of lines changes.
        """
        text = self.query_one(Static)
        lines = _list_group(item) if isinstance(item, Group) else list_lines(item, now) if item else ()
        text.update(Content("\n").join(lines), layout=False)
        text.clear_cached_dimensions()
        if not text.size or text.get_content_height(text.size, text.size, text.size.width) != text.size.height:
            text.refresh(layout=True)


def _list_group(group: Group) -> Iterator[Content]:
    yield Content.styled(sanitize(group.path), "bold $primary")
    yield Content(f"{group.count:,} {'secret' if group.count == 1 else 'secrets'}")


def list_lines(entry: SecretListEntry, now: datetime) -> Iterator[Content]:
    """Yields the lines of the preview."""
    yield highlight_environments(Content.styled(sanitize(entry["Name"]), "bold $primary"))
    if state := entry_state.format_deletion(entry.get("DeletedDate"), now):
        yield Content.styled(f"{state}, on {format_date(entry['DeletedDate'])}", "$warning")
    elif alerts := entry_state.format_alerts(entry, now):
        yield Content.styled(alerts, "$error" if entry_state.is_alarming(entry) else "$warning")
    if description := entry.get("Description"):
        yield Content("")
        yield Content(sanitize(description, lines=True))
    yield from _add_title("Rotation", _list_rotation(entry, now))
    yield from _add_title("Replication", _list_replication(entry))
    yield from _add_title("Tags", _list_tags(entry))
    yield from _add_title("Versions", _list_versions(entry))
    yield from _add_title("Dates", _list_dates(entry, now))


def _add_title(title: str, lines: Iterator[Content]) -> Iterator[Content]:
    for number, line in enumerate(lines):
        if number == 0:
            yield Content("")
            yield Content.styled(title, "$text-muted")
        yield line


def _list_rotation(entry: SecretListEntry, now: datetime) -> Iterator[Content]:
    if "RotationLambdaARN" not in entry and not entry_state.has_rotation(entry):
        return
    state = entry_state.format_rotation(entry, now)
    if entry_state.is_overdue(entry, now):
        yield Content.styled(f"▲ overdue since {format_moment(entry['NextRotationDate'], now)}", "$warning")
    elif not entry_state.is_waiting(entry):
        yield Content(f"next by {state}" if "NextRotationDate" in entry else state)
    rules = entry.get("RotationRules", {})
    if days := rules.get("AutomaticallyAfterDays"):
        yield Content(sanitize(rules.get("ScheduleExpression") or f"every {days} days"))
    yield Content(sanitize(f"by {get_last_field(entry.get('RotationLambdaARN', ''))}"))


def _list_replication(entry: SecretListEntry) -> Iterator[Content]:
    """Yields lines on replication. ListSecrets returns the Region of the primary, but not those of replicas."""
    if primary := entry.get("PrimaryRegion"):
        here = get_region(entry["ARN"]) == primary
        yield Content(sanitize("has replicas in other Regions" if here else f"replica of the primary in {primary}"))
    if owner := entry.get("OwningService"):
        yield Content(sanitize(f"managed by {owner}"))


def _list_tags(entry: SecretListEntry) -> Iterator[Content]:
    for tag in sorted(entry.get("Tags", ()), key=lambda tag: tag["Key"]):
        yield Content.assemble(Content(sanitize(tag["Key"])), (" = ", "$text-muted"), Content(sanitize(tag["Value"])))


def _list_versions(entry: SecretListEntry) -> Iterator[Content]:
    """Yields the versions with staging labels, AWSCURRENT first."""
    labelled = entry.get("SecretVersionsToStages", {}).items()
    for version, labels in sorted(labelled, key=lambda item: ("AWSCURRENT" not in item[1], sorted(item[1]))):
        names = Content(sanitize(" ".join(sort_labels(labels))))
        yield Content.assemble((f"{sanitize(version[:SHORT_ID])}  ", "$text-muted"), names)


def _list_dates(entry: SecretListEntry, now: datetime) -> Iterator[Content]:
    dates = (
        ("Created", format_moment(entry.get("CreatedDate"), now)),
        ("Changed", format_moment(entry.get("LastChangedDate"), now)),
        ("Accessed", format_day(entry.get("LastAccessedDate"), now)),
        ("Rotated", format_moment(entry.get("LastRotatedDate"), now)),
    )  # fmt: skip
    for words, moment in dates:
        if moment:
            yield Content.assemble((f"{words:<10}", "$text-muted"), Content(moment))
