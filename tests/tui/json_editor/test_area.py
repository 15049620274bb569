"""Tests of the JSON editor: diagnostics, escaped control characters, and no remaining text."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from smtui.text.sanitize import SafeText, escape_json, sanitize
from smtui.tui.json_editor.area import Check, JsonArea
from smtui.tui.json_editor.diagnostic import Diagnostic, Severity
from smtui.tui.json_editor.diagnostic_list import DiagnosticList
from tests.tui.conftest import paste, screen_text, types, until
from tests.tui.driver import see
from tests.waiting import LIMIT

HOSTILE = '{"a\u202e": "\x9b31m\u2028x\U000e0041"}'
THINGS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20,
)  # fmt: skip


def find(word: str) -> Check:
    """Returns a check that reports each line with the word."""

    def check(text: str) -> list[Diagnostic]:
        return [
            Diagnostic(number, line.index(word) + 1, 0, Severity.ERROR, SafeText(f"{word} is wrong"))
            for number, line in enumerate(text.split("\n"), 1) if word in line
        ]

    return check


class Editor(App[None]):
    """An app with one editor and the list of its diagnostics."""

    def __init__(self, text: str, check: Check | None = None) -> None:
        super().__init__()
        self.area = JsonArea(text, check)

    def compose(self) -> ComposeResult:
        yield self.area
        yield DiagnosticList()

    def on_json_area_checked(self, message: JsonArea.Checked) -> None:
        self.query_one(DiagnosticList).show(message.diagnostics, SafeText("Nothing is wrong."))

    def on_diagnostic_list_selected(self, message: DiagnosticList.Selected) -> None:
        self.area.go_to(message.diagnostic)


async def test_marks_come_while_one_types() -> None:
    """A sign appears beside the line number, and a row with the position and the message."""
    app = Editor("[\n  1,\n  2\n]", find("bad"))
    async with app.run_test() as pilot:
        await see(pilot, "Nothing is wrong.")
        await pilot.press("down", "end")
        await types(pilot, " bad")
        await see(pilot, "✗ error  2:6  bad is wrong")

        assert "2✗   1, bad" in screen_text(app)


async def test_going_through_what_was_found() -> None:
    """Ctrl+Down and Ctrl+Up go through the diagnostics with wraparound; Enter on a row moves the cursor there."""
    app = Editor("bad\n\n   bad\n\nbad", find("bad"))
    async with app.run_test() as pilot:
        await see(pilot, "5:1")
        places = []
        for key in ("ctrl+down", "ctrl+down", "ctrl+down", "ctrl+up", "ctrl+up"):
            await pilot.press(key)
            places.append(app.area.cursor_location)
        app.query_one(DiagnosticList).focus()
        await pilot.press("end", "enter")

        assert places == [(2, 3), (4, 0), (0, 0), (4, 0), (2, 3)]
        assert app.area.cursor_location == (4, 0)


async def test_an_answer_about_an_older_text_does_not_count() -> None:
    """A late result for an earlier text is ignored."""
    begun, go_on = threading.Event(), threading.Event()

    def slow(text: str) -> Sequence[Diagnostic]:
        if "x" not in text:
            begun.set()
            go_on.wait(LIMIT)
        return [Diagnostic(1, 1, 0, Severity.WARNING, sanitize(f"about {len(text)}"))]

    app = Editor("[]", slow)
    async with app.run_test() as pilot:
        await until(pilot, begun.is_set)
        await types(pilot, "x")
        go_on.set()
        await see(pilot, "about 3")

        assert [each.message for each in app.area.diagnostics] == ["about 3"]


async def test_what_cannot_be_seen_is_spelled() -> None:
    """Control characters are shown as JSON escapes, also after a paste. An unchanged text keeps every byte."""
    app = Editor(HOSTILE)
    async with app.run_test() as pilot:
        await see(pilot, r'{"a\u202e": "\u009b31m\u2028x\udb40\udc41"}')
        untouched = app.area.value
        await pilot.press("end")
        await paste(pilot, "\x1b]52;c;aGFj\x07 \r\n")
        await see(pilot, r"\u001b]52;c;aGFj\u0007")

        assert untouched == HOSTILE
        assert app.area.value == escape_json(HOSTILE) + "\\u001b]52;c;aGFj\\u0007 \n"


async def test_lines_begin_where_they_belong() -> None:
    """The indentation increases after an opening bracket and decreases at a closing one."""
    app = Editor("")
    async with app.run_test() as pilot:
        await pilot.press("{", "enter", "a", ":", "[", "enter", "1", "enter", "]", "enter", "}")

        assert app.area.text == "{\n  a:[\n    1\n  ]\n}"


async def test_laying_out_is_one_change() -> None:
    """One undo reverts the formatting."""
    text = '{"a":[1,2],"b":{"c":1.50,"d":"\\u0041"}}'
    app = Editor(text)
    async with app.run_test() as pilot:
        await pilot.press("ctrl+o")
        laid_out = app.area.text
        await pilot.press("ctrl+z")

        assert laid_out == '{\n  "a": [1, 2],\n  "b": {\n    "c": 1.50,\n    "d": "\\u0041"\n  }\n}'
        assert app.area.value == text


async def test_to_the_start_and_the_end_of_the_text() -> None:
    """With Shift, the text up to there is selected and can be overwritten."""
    app = Editor('{\n  "a": 1,\n  "b": 2\n}')
    async with app.run_test() as pilot:
        await pilot.press("down", "right", "ctrl+end")
        end = app.area.cursor_location
        await pilot.press("ctrl+home")
        start = app.area.cursor_location
        await pilot.press("down", "end", "ctrl+shift+home")
        above = app.area.selected_text
        await pilot.press("down", "end", "ctrl+shift+end")
        below = app.area.selected_text
        await pilot.press("backspace")

        assert (start, end) == ((0, 0), (3, 1))
        assert above == '{\n  "a": 1,'
        assert below == '\n  "b": 2\n}'
        assert app.area.text == '{\n  "a": 1,'


async def test_closed_it_remembers_nothing() -> None:
    """Neither the text nor its undo history remains."""
    app = Editor("the secret")
    async with app.run_test() as pilot:
        await types(pilot, "word")
        await app.area.remove()

        assert (app.area.text, app.area.value) == ("", "")
        assert not app.area.history.undo_stack
        assert "secret" not in repr(vars(app.area))


@given(THINGS)
def test_escaped_it_says_the_same(thing: Any) -> None:
    text = json.dumps(thing, ensure_ascii=False)

    assert json.loads(escape_json(text)) == thing
    assert sanitize(escape_json(text), lines=True) == escape_json(text)
