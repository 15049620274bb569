"""A field for one line, which shows no more of what is pasted into it than any other widget would."""

from __future__ import annotations

from textual.reactive import reactive
from textual.widgets import Input

from smtui.shown import shown


class Line(Input):
    """Harmful characters become their stand-ins as they come in, so this is no field for what must stay as it was."""

    cursor_blink = reactive(False, init=False)

    def validate_value(self, value: str) -> str:
        return shown(value)
