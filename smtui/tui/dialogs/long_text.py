"""Dialogs with a text that may be longer than the screen. Keys scroll it while the focus stays on the answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from textual import events, on
from textual.containers import ScrollableContainer, VerticalScroll
from textual.widget import Widget

from smtui.tui import keys
from smtui.tui.widgets.button import Button
from smtui.tui.workarounds import ClosableModalScreen

Answer = TypeVar("Answer")


class LongText(ClosableModalScreen[Answer]):
    """A dialog with a scrollable text. The footer shows a scroll key only if there is more text in its direction."""

    BINDINGS = keys.list_bindings("dialog") + keys.list_bindings("long_text")
    AUTO_FOCUS = ""
    """Off, because it would focus a scrollable part and scroll to it. Subclasses focus one of their answers."""

    @on(events.Mount)
    @on(events.Resize)
    def _look_for_more(self) -> None:
        self.call_after_refresh(self.refresh_bindings)

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """Focuses a widget. A button does not scroll the text, because the answers are always visible."""
        super().set_focus(widget, scroll_visible and not isinstance(widget, Button), from_app_focus)

    def action_scroll_text(self, direction: int, page: bool) -> None:
        """Scrolls the text; a scrollable part inside the text is read before the text below it.

        Args:
            direction: 1 for down, -1 for up.
            page: whether to scroll by a page instead of a line.
        """
        area = next(self._find_scrollable_areas(direction), None)
        if area is None:
            return
        if isinstance(area, VerticalScroll):
            area.scroll_visible(animate=False)
        lines = max(area.scrollable_content_region.height - 1, 1) if page else 1
        area.scroll_relative(y=direction * lines, animate=False)
        self.call_after_refresh(self.refresh_bindings)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disables the keys that would scroll nothing."""
        if action != "scroll_text":
            return super().check_action(action, parameters)
        direction = parameters[0]
        return isinstance(direction, int) and next(self._find_scrollable_areas(direction), None) is not None

    def _find_scrollable_areas(self, direction: int) -> Iterator[Widget]:
        areas: list[Widget] = [*self.query(ScrollableContainer), *self.query(".card")]
        for area in areas[::direction]:
            if (area.scroll_y < area.max_scroll_y) if direction > 0 else (area.scroll_y > 0):
                yield area
