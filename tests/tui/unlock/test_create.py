"""Tests of the first run, which creates a vault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import smtui
from smtui.passphrase import strength, wordlist
from smtui.passphrase.strength import Strength
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.unlock.create import CreateScreen
from smtui.tui.unlock.recovery_code import RecoveryScreen, in_rows
from tests.tui.conftest import paste, screen_text, types, until

GOOD = "tableware unsubtle sauna getaway armory hush"
Bits = Callable[[float], None]


@pytest.fixture
def bits(monkeypatch: pytest.MonkeyPatch) -> Bits:
    """Returns a function that sets the estimated strength of every passphrase, in bits."""

    def worth(number: float) -> None:
        monkeypatch.setattr(strength, "estimate_strength", lambda typed: Strength(number))

    return worth


@pytest.fixture
def first_run(tmp_path: Path, cheap_kdf: None, bits: Bits) -> SmtuiApp:
    bits(78)
    return SmtuiApp(tmp_path / "new" / "first.vault")


async def test_a_passphrase_typed_twice_makes_a_vault(first_run: SmtuiApp) -> None:
    """The recovery code is shown; it and the passphrase open the vault."""
    async with first_run.run_test(size=(80, 24)) as pilot:
        await paste(pilot, GOOD)
        await pilot.press("enter")
        await paste(pilot, GOOD)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(first_run.screen, RecoveryScreen))
        code = str(first_run.screen.query_one("#code").render())
        await pilot.press("tab", "enter")
        await until(pilot, lambda: first_run.session)
        assert not first_run.query(CreateScreen)

    smtui.open_vault(first_run.path, GOOD).close()
    smtui.open_vault(first_run.path, recovery_code=code).close()
    assert first_run.path.stat().st_mode & 0o777 == 0o600


async def test_two_that_differ_make_nothing(first_run: SmtuiApp) -> None:
    """The second field is cleared, the first one stays."""
    async with first_run.run_test(size=(80, 24)) as pilot:
        await paste(pilot, GOOD)
        await pilot.press("enter")
        await types(pilot, "other")
        await pilot.press("enter")
        await until(pilot, lambda: "do not match" in screen_text(first_run))

        assert first_run.screen.form.again.count == 0
        assert first_run.screen.form.first.count == len(GOOD)
        assert not first_run.path.exists()


async def test_an_empty_passphrase_is_refused(first_run: SmtuiApp) -> None:
    """Enter in the two empty fields creates nothing."""
    async with first_run.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "cannot be empty" in screen_text(first_run))

        assert not first_run.path.exists()


async def test_a_weak_passphrase_is_answered_with_what_it_is_worth(first_run: SmtuiApp, bits: Bits) -> None:
    """The strength is shown, and the question has the focus on Cancel."""
    bits(25)
    async with first_run.run_test(size=(80, 24)) as pilot:
        await types(pilot, "weak")
        await until(pilot, lambda: "25 bits" in screen_text(first_run))
        await pilot.press("enter")
        await types(pilot, "weak")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(first_run.screen, Confirm))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(first_run.screen, CreateScreen))

        assert not first_run.path.exists()


async def test_a_weak_passphrase_is_the_persons_choice(first_run: SmtuiApp, bits: Bits) -> None:
    """"Use passphrase" creates the vault."""
    bits(25)
    async with first_run.run_test(size=(80, 24)) as pilot:
        await types(pilot, "weak")
        await pilot.press("enter")
        await types(pilot, "weak")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(first_run.screen, Confirm))
        await pilot.press("tab", "enter")

        await until(pilot, lambda: isinstance(first_run.screen, RecoveryScreen))


async def test_six_words_are_offered_and_can_be_hidden(first_run: SmtuiApp) -> None:
    """The words are shown and fill the first field; the user must type them in the second one."""
    async with first_run.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+g")
        await pilot.pause()
        words = str(first_run.screen.form.words.render())
        assert words in screen_text(first_run)
        assert set(words.split()) <= set(wordlist.load_words())
        assert len(words.split()) == 6
        assert (first_run.screen.form.first.count, first_run.screen.form.again.count) == (len(words), 0)
        assert first_run.focused is first_run.screen.form.again
        await pilot.press("ctrl+r")
        await pilot.pause()

        assert words not in screen_text(first_run)


async def test_other_words_each_time(first_run: SmtuiApp) -> None:
    """The key generates other words."""
    async with first_run.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+g")
        words = str(first_run.screen.form.words.render())
        await pilot.press("ctrl+g")

        assert str(first_run.screen.form.words.render()) != words


async def test_a_second_enter_does_not_hide_the_recovery_code(first_run: SmtuiApp) -> None:
    """Only the button closes the recovery code, and it does not have the focus."""
    async with first_run.run_test(size=(80, 24)) as pilot:
        await paste(pilot, GOOD)
        await pilot.press("enter")
        await paste(pilot, GOOD)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(first_run.screen, RecoveryScreen))
        await pilot.press("enter", "escape", "enter")

        assert isinstance(first_run.screen, RecoveryScreen)


async def test_a_place_that_cannot_be_written_says_so(tmp_path: Path, cheap_kdf: None, bits: Bits) -> None:
    """The error message is shown, and the fields open again."""
    bits(78)
    (tmp_path / "file").write_text("in the way")
    app = SmtuiApp(tmp_path / "file" / "first.vault")
    async with app.run_test(size=(80, 24)) as pilot:
        await paste(pilot, GOOD)
        await pilot.press("enter")
        await paste(pilot, GOOD)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query("#said.-error"))

        assert not app.screen.disabled


def test_the_code_is_shown_in_short_rows() -> None:
    """The rows contain all groups of the code in order."""
    code = "-".join(f"GROUP{letter}" for letter in "ABCDEFGHIJKLMN")

    assert in_rows(code).split() == code.split("-")
    assert max(map(len, in_rows(code).splitlines())) < 60
