"""Questions whose text may be longer than the screen: it is scrolled by keys, and the focus stays on the answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from textual import events, on
from textual.containers import ScrollableContainer, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget

from smtui.tui import keys
from smtui.tui.widgets.button import Button

Answer = TypeVar("Answer")


class LongText(ModalScreen[Answer]):
    """Its keys are in the footer while there is more to read in their direction."""

    BINDINGS = keys.of("dialog") + keys.of("long_text")
    AUTO_FOCUS = ""
    """Each kind goes to one of its answers; a part that scrolls would take the focus first, and be scrolled to."""

    @on(events.Mount)
    @on(events.Resize)
    def _look_for_more(self) -> None:
        self.call_after_refresh(self.refresh_bindings)

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """The answers are in sight wherever the text is scrolled to: going to one of them leaves the text alone."""
        super().set_focus(widget, scroll_visible and not isinstance(widget, Button), from_app_focus)

    def action_scroll_text(self, direction: int, page: bool) -> None:
        """What is inside a part that scrolls by itself is read before what is below that part."""
        area = next(self._areas_with_more(direction), None)
        if area is None:
            return
        if isinstance(area, VerticalScroll):
            area.scroll_visible(animate=False)
        lines = max(area.scrollable_content_region.height - 1, 1) if page else 1
        area.scroll_relative(y=direction * lines, animate=False)
        self.call_after_refresh(self.refresh_bindings)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would scroll nothing are not offered."""
        if action != "scroll_text":
            return super().check_action(action, parameters)
        direction = parameters[0]
        return isinstance(direction, int) and next(self._areas_with_more(direction), None) is not None

    def _areas_with_more(self, direction: int) -> Iterator[Widget]:
        areas: list[Widget] = [*self.query(ScrollableContainer), *self.query(".card")]
        for area in areas[::direction]:
            if (area.scroll_y < area.max_scroll_y) if direction > 0 else (area.scroll_y > 0):
                yield area
