"""The prompt that leaves no copies behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from smtui.tui.unlock.passphrase import Passphrase, Typed, wipe
from tests.tui.conftest import types


class OnePrompt(App[None]):
    """A prompt alone; counts what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.submitted: list[Passphrase.Submitted] = []

    def compose(self) -> ComposeResult:
        yield Passphrase("Passphrase")

    def on_passphrase_submitted(self, message: Passphrase.Submitted) -> None:
        self.submitted.append(message)


@asynccontextmanager
async def prompt() -> AsyncIterator[tuple[Pilot[None], Passphrase, OnePrompt]]:
    app = OnePrompt()
    async with app.run_test(size=(60, 10)) as pilot:
        yield pilot, app.query_one(Passphrase), app


async def test_what_is_typed_is_handed_over_once() -> None:
    """As UTF-8; afterwards the prompt is empty, and so is its memory."""
    async with prompt() as (pilot, passphrase, _):
        await types(pilot, "pässwörd")
        assert passphrase.count == 8
        taken = passphrase.take()

        assert taken == "pässwörd".encode()
        assert passphrase.take() == b""
        assert not any(passphrase._typed._held)


async def test_backspace_takes_a_whole_character() -> None:
    """Also one of several bytes; on an empty prompt nothing happens."""
    async with prompt() as (pilot, passphrase, _):
        await types(pilot, "aé")
        await pilot.press("backspace")
        assert (passphrase.count, bytes(passphrase.peek())) == (1, b"a")
        await pilot.press("backspace", "backspace")

        assert (passphrase.count, bytes(passphrase.peek())) == (0, b"")


async def test_start_again() -> None:
    """Ctrl+U empties the prompt."""
    async with prompt() as (pilot, passphrase, _):
        await types(pilot, "abc")
        await pilot.press("ctrl+u")

        assert passphrase.take() == b""


@pytest.mark.parametrize(
    ("pasted", "typed"),
    [("ab", "ab"), ("ab\n", "ab"), ("ab\r\n", "ab"), (" a b ", " a b "), ("a\nb", "a\nb"), ("x" * 999, "x" * 999)],
)
async def test_paste(pasted: str, typed: str) -> None:
    """Everything but the terminal's line break at the end; nothing is trimmed or cut."""
    async with prompt() as (pilot, passphrase, app):
        app.post_message(events.Paste(pasted))
        await pilot.pause()

        assert passphrase.take() == typed.encode()


async def test_enter_says_so_and_carries_nothing() -> None:
    """The message knows the prompt and no text."""
    async with prompt() as (pilot, _, app):
        await types(pilot, "hunter2")
        await pilot.press("enter")
        await pilot.pause()

        assert len(app.submitted) == 1
        assert "hunter2" not in repr(app.submitted[0]) + repr(vars(app.submitted[0]))


async def test_only_a_count_is_shown() -> None:
    """On the screen stand dots and a number."""
    async with prompt() as (pilot, passphrase, _):
        await types(pilot, "hunter2")
        shown = str(passphrase.render())

        assert "•••••••" in shown and "7" in shown
        assert not set("hunter") & set(shown)


async def test_letters_are_typed_whatever_they_mean_elsewhere() -> None:
    """`?` belongs into a passphrase; F1 is free for help."""
    async with prompt() as (pilot, passphrase, _):
        await types(pilot, "q?/ y")

        assert passphrase.take() == b"q?/ y"
        assert not passphrase.check_consume_key("f1", None)


async def test_nothing_holds_the_text() -> None:
    """No attribute of the widget is a text with what was typed, and it is no Input, which can copy and cut."""
    async with prompt() as (pilot, passphrase, app):
        await types(pilot, "hunter2")
        held = [value for value in vars(passphrase).values() if isinstance(value, str)]
        await pilot.press("ctrl+c", "ctrl+x")

        assert not [value for value in held if "hunt" in value]
        assert not isinstance(passphrase, Input)
        assert app._clipboard == ""
        assert "hunter2" not in repr(passphrase) + repr(passphrase._typed)


def test_a_longer_buffer_leaves_no_copy_in_the_shorter() -> None:
    """When the room is used up, what was there is wiped after it moved."""
    typed = Typed()
    first = typed._held
    typed.add("s" * 300)

    assert typed._held is not first
    assert not any(first)
    assert typed.take() == b"s" * 300


def test_wiping() -> None:
    """Every byte becomes nought, in place."""
    held = bytearray(b"secret")
    wipe(held)

    assert held == bytes(6)
