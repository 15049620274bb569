"""An entry of ListSecrets as the cells of a row, and which columns a width has room for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from smtui.shown import Shown, shown

if TYPE_CHECKING:
    from smtui.api.types import SecretListEntry

GAP = 2
FIXED = {"Changed": 10, "Tags": 4, "State": 17}
LEAST_NAME, MOST_NAME = 20, 48
LEAST_DESCRIPTION = 16
Columns = tuple[tuple[str, int], ...]


def columns(width: int, *, planned: bool) -> Columns:
    """Titles and cells, left to right. The name comes first in every sense; State only where deletions are listed."""
    fixed = [title for title in FIXED if title != "State" or planned]
    while len(fixed) > planned and _left(width, fixed) < LEAST_NAME:
        fixed.remove(next(title for title in ("Tags", "Changed") if title in fixed))
    left = _left(width, fixed)
    described = left >= LEAST_NAME + GAP + LEAST_DESCRIPTION
    name = min(MOST_NAME, max(LEAST_NAME, left * 45 // 100)) if described else max(1, left)
    description = (("Description", left - name - GAP),) if described else ()
    return (("Name", name), *description, *((title, FIXED[title]) for title in fixed))


def _left(width: int, fixed: list[str]) -> int:
    """What the name and the description share; each column has its gap behind it."""
    return width - GAP - sum(FIXED[title] + GAP for title in fixed)


def cells(entry: SecretListEntry, now: datetime) -> dict[str, Shown]:
    """What stands under each title."""
    return {
        "Name": shown(entry["Name"]),
        "Description": shown(entry.get("Description", "")),
        "Changed": day(entry.get("LastChangedDate")),
        "Tags": shown(len(entry.get("Tags", ())) or ""),
        "State": deletion(entry.get("DeletedDate"), now),
    }


def deletion(when: datetime | None, now: datetime) -> Shown:
    """`▲ deletes in 6 d`; empty where nothing is planned."""
    if when is None:
        return Shown("")
    hours = (when - now).total_seconds() / 3600
    if hours <= 0:
        return Shown("▲ deletion is due")
    return Shown(f"▲ deletes in {hours / 24:.0f} d" if hours >= 36 else f"▲ deletes in {max(1, round(hours))} h")


def day(moment: datetime | None) -> Shown:
    """The date on the reader's calendar."""
    return Shown(moment.astimezone().strftime("%Y-%m-%d") if moment else "")


def minute(moment: datetime | None) -> Shown:
    """Date and time on the reader's clock."""
    return Shown(moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else "")
