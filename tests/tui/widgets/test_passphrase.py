"""Tests of the passphrase prompt, which keeps no copies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from smtui.tui.widgets.passphrase import Passphrase, Typed, wipe
from tests.tui.conftest import types


class OnePrompt(App[None]):
    """An app with only the prompt, which counts its messages."""

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
    """The text is returned as UTF-8 bytes; afterwards the prompt and its buffer are empty."""
    async with prompt() as (pilot, passphrase, _):
        await types(pilot, "pässwörd")
        assert passphrase.count == 8
        taken = passphrase.take()

        assert taken == "pässwörd".encode()
        assert passphrase.take() == b""
        assert not any(passphrase._typed._held)


async def test_backspace_takes_a_whole_character() -> None:
    """Backspace removes multi-byte characters completely, and does nothing in an empty prompt."""
    async with prompt() as (pilot, passphrase, _):
        await types(pilot, "aé")
        await pilot.press("backspace")
        assert (passphrase.count, bytes(passphrase.peek())) == (1, b"a")
        await pilot.press("backspace", "backspace")

        assert (passphrase.count, bytes(passphrase.peek())) == (0, b"")


async def test_start_again() -> None:
    """Ctrl+U clears the prompt."""
    async with prompt() as (pilot, passphrase, _):
        await types(pilot, "abc")
        await pilot.press("ctrl+u")

        assert passphrase.take() == b""


@pytest.mark.parametrize(
    ("pasted", "typed"),
    [("ab", "ab"), ("ab\n", "ab"), ("ab\r\n", "ab"), (" a b ", " a b "), ("a\nb", "a\nb"), ("x" * 999, "x" * 999)],
)
async def test_paste(pasted: str, typed: str) -> None:
    """Only a line break at the end is removed from the pasted text."""
    async with prompt() as (pilot, passphrase, app):
        app.post_message(events.Paste(pasted))
        await pilot.pause()

        assert passphrase.take() == typed.encode()


async def test_enter_says_so_and_carries_nothing() -> None:
    """The message contains the prompt, not its text."""
    async with prompt() as (pilot, _, app):
        await types(pilot, "hunter2")
        await pilot.press("enter")
        await pilot.pause()

        assert len(app.submitted) == 1
        assert "hunter2" not in repr(app.submitted[0]) + repr(vars(app.submitted[0]))


async def test_only_a_count_is_shown() -> None:
    """The screen shows dots and the number of characters."""
    async with prompt() as (pilot, passphrase, _):
        await types(pilot, "hunter2")
        shown = str(passphrase.render())

        assert "•••••••" in shown and "7" in shown
        assert not set("hunter") & set(shown)


async def test_letters_are_typed_whatever_they_mean_elsewhere() -> None:
    """`?` is text in the prompt; F1 opens the help."""
    async with prompt() as (pilot, passphrase, _):
        await types(pilot, "q?/ y")

        assert passphrase.take() == b"q?/ y"
        assert not passphrase.check_consume_key("f1", None)


async def test_nothing_holds_the_text() -> None:
    """No attribute of the widget is a string with the text, and it is not an Input, which can copy and cut."""
    async with prompt() as (pilot, passphrase, app):
        await types(pilot, "hunter2")
        held = [value for value in vars(passphrase).values() if isinstance(value, str)]
        await pilot.press("ctrl+c", "ctrl+x")

        assert not [value for value in held if "hunt" in value]
        assert not isinstance(passphrase, Input)
        assert app._clipboard == ""
        assert "hunter2" not in repr(passphrase) + repr(passphrase._typed)


def test_a_longer_buffer_leaves_no_copy_in_the_shorter() -> None:
    """When the buffer grows, the old one is wiped after its content was copied."""
    typed = Typed()
    first = typed._held
    typed.add("s" * 300)

    assert typed._held is not first
    assert not any(first)
    assert typed.take() == b"s" * 300


def test_wiping() -> None:
    """Every byte becomes zero in place."""
    held = bytearray(b"secret")
    wipe(held)

    assert held == bytes(6)
