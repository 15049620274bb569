"""Tests that a field says why it leaves out what is typed or pasted."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Input

from smtui.tui.widgets.limited_input import DIGITS
from smtui.tui.widgets.plain_input import PlainInput
from smtui.tui.widgets.safe_input import SafeInput

FIELDS = {
    "plain": lambda: PlainInput("kept", max_length=2048),
    "safe": lambda: SafeInput("kept", max_length=2048),
    "digits": lambda: SafeInput("30", restrict=DIGITS, max_length=2),
    "line": lambda: PlainInput("kept"),
}


@pytest.mark.parametrize(("field", "pasted", "value", "message"), [
    ("plain", "x" * 3000, "kept", "Not entered: at most 2,048 characters are allowed here."),
    ("safe", "x" * 3000, "kept", "Not entered: at most 2,048 characters are allowed here."),
    ("plain", "x" * 2044, "kept" + "x" * 2044, None),
    ("digits", "a week", "30", "Not entered: only digits are allowed here, at most 2."),
    ("digits", "0", "30", "Not entered: only digits are allowed here, at most 2."),
    ("line", "x" * 3000, "kept" + "x" * 3000, None),
])
async def test_a_paste_that_does_not_fit_is_answered(field: str, pasted: str, value: str, message: str | None) -> None:
    """Neither a part of it is taken, nor does it vanish without a word."""

    class Form(App[None]):
        def compose(self) -> ComposeResult:
            yield FIELDS[field]()

    app = Form()
    async with app.run_test() as pilot:
        app.query_one(Input).cursor_position = len(app.query_one(Input).value)
        app.post_message(events.Paste(pasted))
        await pilot.pause()

        assert app.query_one(Input).value == value
        assert [each.message for each in app._notifications] == ([message] if message else [])
