"""What is known about a secret as the words of a row: dates, deletion, rotation, labels, tags."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import datetime
from typing import TYPE_CHECKING, cast

from smtui.rules.labels import AWS
from smtui.text.sanitize import SafeText, sanitize

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

# What a list says besides what the service answers.
_WAITS = "WaitsForPermission"


def format_deletion(when: datetime | None, now: datetime) -> SafeText:
    """`▲ deletes in 6 d`; empty where nothing is planned."""
    if when is None:
        return SafeText("")
    hours = (when - now).total_seconds() / 3600
    if hours <= 0:
        return SafeText("▲ deletion is due")
    return SafeText(f"▲ deletes in {hours / 24:.0f} d" if hours >= 36 else f"▲ deletes in {max(1, round(hours))} h")


def has_rotation(entry: SecretListEntry) -> bool:
    return bool(entry.get("RotationEnabled"))


def flag_waiting(entries: Iterable[SecretListEntry], functions: Set[str]) -> None:
    """Marks those that are to be rotated by one of these functions, which were not allowed on this machine."""
    for entry in entries:
        if has_rotation(entry) and entry.get("RotationLambdaARN") in functions:
            cast("dict[str, object]", entry)[_WAITS] = True


def is_waiting(entry: SecretListEntry) -> bool:
    """Whether its rotation waits for the person's permission."""
    return _WAITS in entry


def is_overdue(entry: SecretListEntry, now: datetime) -> bool:
    """Whether the day on which it should have been rotated is over."""
    due = entry.get("NextRotationDate")
    return has_rotation(entry) and due is not None and due < now


def format_rotation(entry: SecretListEntry, now: datetime) -> SafeText:
    """`off`, `on`, the date by which it will be rotated, `▲ overdue`, or `▲ waits` for the person's permission."""
    if not has_rotation(entry):
        return SafeText("off")
    if is_waiting(entry):
        return SafeText("▲ waits")
    if is_overdue(entry, now):
        return SafeText("▲ overdue")
    return format_date(entry.get("NextRotationDate")) or SafeText("on")


def list_labels(entry: SecretListEntry) -> list[str]:
    """Of all versions; a person's own first, then AWS's in their alphabet: they are on nearly every secret."""
    versions: Iterable[Iterable[str]] = entry.get("SecretVersionsToStages", {}).values()
    return sorted({label for each in versions for label in each}, key=lambda label: (label in AWS, label))


def list_tags(entry: SecretListEntry) -> list[str]:
    """`team=pay`, by key."""
    return [f"{tag['Key']}={tag.get('Value', '')}" for tag in sorted(entry.get("Tags", ()), key=lambda tag: tag["Key"])]


def format_date(moment: datetime | None) -> SafeText:
    """The date on the reader's calendar."""
    return SafeText(moment.astimezone().strftime("%Y-%m-%d") if moment else "")


def format_time(moment: datetime | None) -> SafeText:
    """Date and time on the reader's clock."""
    return SafeText(moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else "")


def join_words(many: Iterable[str]) -> SafeText:
    """Several in one cell."""
    return sanitize(" ".join(many))


def truncate_middle(name: SafeText, width: int) -> SafeText:
    """A name that is too long without its middle: names that begin alike differ at their end, and they are ASCII."""
    if len(name) <= width or not name.isascii():
        return name
    behind = (width - 1) // 2
    return SafeText(f"{name[:width - 1 - behind]}…{name[-behind:]}")
