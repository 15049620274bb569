"""The state of an entry of ListSecrets, and its text in a row: alerts, deletion, rotation, labels and tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, cast

from smtui.rotation.function import WAITS
from smtui.rules.labels import AWS, AWSCURRENT
from smtui.text.dates import format_moment
from smtui.text.sanitize import SafeText, sanitize

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry
    from smtui.backends.alerts import FoundAlerts

# Members that `flag_alerts` adds to an entry; ListSecrets does not return them.
_WAITS, _FAILED, _PUBLIC, _GLYPH = "WaitsForPermission", "RotationFailed", "Public", "AlertGlyph"

ALERT_GLYPHS = "✗▲○"
"""The glyphs of alerts, the worst first: a failure, a warning, and a secret without a value."""
_GLYPHS_BY_RANK = "▲✗▲▲○"


def format_deletion(when: datetime | None, now: datetime) -> SafeText:
    """Formats the time until a deletion, such as `▲ deleted in 6 d`; empty if none is planned."""
    if when is None:
        return SafeText("")
    hours = (when - now).total_seconds() / 3600
    if hours <= 0:
        return SafeText("▲ deletion due")
    return SafeText(f"▲ deleted in {hours / 24:.0f} d" if hours >= 36 else f"▲ deleted in {max(1, round(hours))} h")


def has_rotation(entry: SecretListEntry) -> bool:
    """Whether automatic rotation is enabled."""
    return bool(entry.get("RotationEnabled"))


def flag_alerts(entries: Iterable[SecretListEntry], found: FoundAlerts) -> None:
    """Flags the entries that call for attention, also for reasons that ListSecrets does not give."""
    for entry in entries:
        flags = cast("dict[str, object]", entry)
        if entry["Name"] in found.public:
            flags[_PUBLIC] = True
        if has_rotation(entry) and entry["Name"] in found.failed:
            flags[_FAILED] = True
        if has_rotation(entry) and entry.get("RotationLambdaARN") in found.waiting_functions:
            flags[_WAITS] = True
        if rank := get_alert_rank(entry):
            flags[_GLYPH] = _GLYPHS_BY_RANK[rank[0]]


def get_alert_glyph(entry: SecretListEntry) -> str:
    """Returns the glyph of the most urgent alert (see `ALERT_GLYPHS`); empty if `flag_alerts` found none."""
    return cast("dict[str, str]", entry).get(_GLYPH, "")


def format_alert_counts(counts: Mapping[str, int]) -> SafeText:
    """Formats how many secrets of a group call for attention, the worst first, such as `✗ 1  ▲ 3`; empty if none do.

    Args:
        counts: the numbers of secrets by glyph (see `get_alert_glyph`).
    """
    return SafeText("  ".join(f"{glyph} {counts[glyph]:,}" for glyph in ALERT_GLYPHS if counts.get(glyph)))


def is_waiting(entry: SecretListEntry) -> bool:
    """Whether the rotation waits until the user allows its function on this machine."""
    return _WAITS in entry


def has_failed(entry: SecretListEntry) -> bool:
    """Whether the last rotation has failed."""
    return _FAILED in entry


def is_public(entry: SecretListEntry) -> bool:
    """Whether the resource policy grants access to strangers."""
    return _PUBLIC in entry


def has_value(entry: SecretListEntry) -> bool:
    """Whether there is a current version."""
    return any(AWSCURRENT in labels for labels in entry.get("SecretVersionsToStages", {}).values())


def format_alerts(entry: SecretListEntry, now: datetime) -> SafeText:
    """Formats what calls for attention, the most urgent first, each with a glyph and a word; empty if nothing does.

    Of a secret that is scheduled for deletion it says only that: nobody can read or rotate it.
    """
    return format_deletion(entry.get("DeletedDate"), now) or SafeText("  ".join(_list_alerts(entry)))


def _list_alerts(entry: SecretListEntry) -> Iterator[str]:
    if has_failed(entry):
        yield "✗ failed rotation"
    if is_public(entry):
        yield "▲ public"
    if is_waiting(entry):
        yield f"▲ {WAITS}"
    if not has_value(entry):
        yield "○ no value"


def is_alarming(entry: SecretListEntry) -> bool:
    """Whether the most urgent alert is an error, not a warning."""
    return "DeletedDate" not in entry and (has_failed(entry) or is_public(entry))


def get_alert_rank(entry: SecretListEntry) -> tuple[int, float] | None:
    """Returns the sort key of the alerts: the earliest deletion first, then the most urgent; None if there are none."""
    if deleted := entry.get("DeletedDate"):
        return 0, deleted.timestamp()
    alerts = has_failed(entry), is_public(entry), is_waiting(entry), not has_value(entry)
    return next(((rank, 0) for rank, is_given in enumerate(alerts, 1) if is_given), None)


def is_overdue(entry: SecretListEntry, now: datetime) -> bool:
    """Whether the next rotation date has passed."""
    due = entry.get("NextRotationDate")
    return has_rotation(entry) and due is not None and due < now


def format_rotation(entry: SecretListEntry, now: datetime) -> SafeText:
    """Formats the rotation: the next date, `▲ overdue`, `on`, `off`, or nothing if it was never configured."""
    if not has_rotation(entry):
        return SafeText("off" if "RotationEnabled" in entry else "")
    if is_overdue(entry, now):
        return SafeText("▲ overdue")
    return format_moment(entry.get("NextRotationDate"), now) or SafeText("on")


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
