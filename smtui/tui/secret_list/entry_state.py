"""The state of an entry of ListSecrets, and its text in a row: deletion, rotation, labels and tags."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import datetime
from typing import TYPE_CHECKING, cast

from smtui.rules.labels import AWS
from smtui.text.dates import format_date
from smtui.text.sanitize import SafeText, sanitize

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

# A member that `flag_waiting` adds to an entry; ListSecrets does not return it.
_WAITS = "WaitsForPermission"


def format_deletion(when: datetime | None, now: datetime) -> SafeText:
    """Formats the time until a deletion, such as `▲ deletes in 6 d`; empty if none is planned."""
    if when is None:
        return SafeText("")
    hours = (when - now).total_seconds() / 3600
    if hours <= 0:
        return SafeText("▲ deletion is due")
    return SafeText(f"▲ deletes in {hours / 24:.0f} d" if hours >= 36 else f"▲ deletes in {max(1, round(hours))} h")


def has_rotation(entry: SecretListEntry) -> bool:
    """Whether automatic rotation is enabled."""
    return bool(entry.get("RotationEnabled"))


def flag_waiting(entries: Iterable[SecretListEntry], functions: Set[str]) -> None:
    """Flags the entries whose rotation needs a function that is not allowed on this machine.

    Args:
        functions: the ARNs of these functions.
    """
    for entry in entries:
        if has_rotation(entry) and entry.get("RotationLambdaARN") in functions:
            cast("dict[str, object]", entry)[_WAITS] = True


def is_waiting(entry: SecretListEntry) -> bool:
    """Whether the rotation waits until the user allows its function on this machine."""
    return _WAITS in entry


def is_overdue(entry: SecretListEntry, now: datetime) -> bool:
    """Whether the next rotation date has passed."""
    due = entry.get("NextRotationDate")
    return has_rotation(entry) and due is not None and due < now


def format_rotation(entry: SecretListEntry, now: datetime) -> SafeText:
    """Formats the rotation: `off`, `on`, the next date, `▲ overdue`, or `▲ waits` (see `is_waiting`)."""
    if not has_rotation(entry):
        return SafeText("off")
    if is_waiting(entry):
        return SafeText("▲ waits")
    if is_overdue(entry, now):
        return SafeText("▲ overdue")
    return format_date(entry.get("NextRotationDate")) or SafeText("on")


def list_labels(entry: SecretListEntry) -> list[str]:
    """Lists the staging labels of all versions: custom labels first, then those of AWS, each in alphabetical order."""
    versions: Iterable[Iterable[str]] = entry.get("SecretVersionsToStages", {}).values()
    return sorted({label for each in versions for label in each}, key=lambda label: (label in AWS, label))


def list_tags(entry: SecretListEntry) -> list[str]:
    """Lists the tags as `key=value`, sorted by key."""
    return [f"{tag['Key']}={tag.get('Value', '')}" for tag in sorted(entry.get("Tags", ()), key=lambda tag: tag["Key"])]


def join_words(many: Iterable[str]) -> SafeText:
    """Joins words by spaces for one cell."""
    return sanitize(" ".join(many))
