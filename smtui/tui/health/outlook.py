"""The widget that draws an outlook: a timeline of the next days, and the age groups of the secrets as bars."""

from __future__ import annotations

from datetime import timedelta

from textual.content import Content
from textual.widget import Widget

from smtui.health.outlook import AGE_LIMITS, DELETIONS, KEY_DELETIONS, OUTLOOK_DAYS, ROTATIONS, Outlook

LABEL_WIDTH = 15
COUNT_WIDTH = 7
BARS = " ▁▂▃▄▅▆▇█"
STYLES = {ROTATIONS: "$accent", DELETIONS: "$error", KEY_DELETIONS: "$error"}
DATE_WIDTH = len("╷Nov 28 ")
DATE_STEPS = (7, 14, 28)
"""Days between two dates of the axis: the first that leaves room for a date."""
AGE_NAMES = (*(f"≤ {limit} d" for limit in AGE_LIMITS[:-1]), "≤ 1 y", "> 1 y")
AGE_STYLES = ("$success", "$success", "$warning", "$warning", "$error")


class OutlookChart(Widget):
    """Draws an `Outlook`. It has a row only for what there is; `put` changes what is drawn."""

    DEFAULT_CSS = """
    OutlookChart {
        height: auto;
        padding: 0 1;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._outlook: Outlook | None = None

    def put(self, outlook: Outlook) -> None:
        self._outlook = outlook
        self.refresh(layout=True)

    def render(self) -> Content:
        if self._outlook is None:
            return Content("")
        return draw_outlook(self._outlook, self.content_size.width or self.app.size.width - 2)


def draw_outlook(outlook: Outlook, width: int) -> Content:
    """Draws the timeline and, in the last line, the age groups, in `width` cells."""
    timeline = _draw_timeline(outlook, width - LABEL_WIDTH - COUNT_WIDTH)
    return Content("\n").join([*timeline, _draw_ages(outlook, width - LABEL_WIDTH)])


def _draw_timeline(outlook: Outlook, width: int) -> list[Content]:
    """Draws the axis and a row for each kind of event, or one line if nothing is scheduled."""
    if not outlook.has_events:
        return [_draw_label(f"Next {OUTLOOK_DAYS} days") + Content.styled("nothing scheduled", "$text-muted")]
    cells = max(1, width // OUTLOOK_DAYS)
    days = -(-OUTLOOK_DAYS // max(1, min(OUTLOOK_DAYS, width)))
    rows = [_draw_label(f"Next {OUTLOOK_DAYS} days") + " " * COUNT_WIDTH + _draw_axis(outlook, cells, days)]
    for kind, counts in outlook.events.items():
        if any(counts):
            columns = [sum(counts[start : start + days]) for start in range(0, OUTLOOK_DAYS, days)]
            bars = "".join(_pick_bar(count, max(columns)) * cells for count in columns)
            rows.append(_draw_label(kind) + Content(f"{sum(counts):>{COUNT_WIDTH - 2},}  ")
                        + Content.styled(bars, STYLES[kind]))
    return rows


def _draw_axis(outlook: Outlook, cells: int, days: int) -> Content:
    """Draws a date above the first day of some weeks; `cells` columns show `days` days."""
    start, axis, end = outlook.start.astimezone(), "", OUTLOOK_DAYS // days * cells
    step = next((step for step in DATE_STEPS if step // days * cells >= DATE_WIDTH), DATE_STEPS[-1])
    for day in range(0, OUTLOOK_DAYS, step):
        date = start + timedelta(days=day)
        position, words = day // days * cells, f"╷{date:%b} {date.day}"
        if position + len(words) <= end:
            axis = axis.ljust(position) + words
    return Content.styled(axis, "$text-muted")


def _pick_bar(count: int, most: int) -> str:
    """The block whose height shows `count`; every count above 0 is seen."""
    return BARS[-(-count * (len(BARS) - 1) // most)]


def _draw_ages(outlook: Outlook, width: int) -> Content:
    """Draws the share of each age group as a part of one bar, and its number behind its name."""
    total = sum(outlook.ages)
    groups = [(name, style, count) for name, style, count in zip(AGE_NAMES, AGE_STYLES, outlook.ages, strict=True)
              if count]
    names = Content("  ").join(
        Content.styled("■ ", style) + Content(f"{name} ") + Content.styled(f"{count:,}", "bold")
        for name, style, count in groups
    )
    if total == 0 or names.cell_length > width:
        return _draw_label("Last changed") + names
    room = max(0, min(30, width - names.cell_length - 2))
    bar = Content("").join(
        Content.styled("█" * max(1, round(count / total * room)), style) for _, style, count in groups
    ) if room >= 2 * len(groups) else Content("")
    return _draw_label("Last changed") + names + "  " + bar


def _draw_label(text: str) -> Content:
    return Content.styled(text.ljust(LABEL_WIDTH), "$text-muted")
