"""Snapshots of the screens. Review each snapshot before you accept it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

import smtui
from smtui.passphrase import strength, wordlist
from smtui.passphrase.strength import Strength
from smtui.system.settings import Settings
from smtui.text.sanitize import sanitize
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.generator.screen import GeneratorScreen
from smtui.tui.unlock.recovery_code import RecoveryScreen
from tests.tui.conftest import palette_is_ready, paste, screen_text, until

PATH = Path("team.vault")
SMALL, LARGE = (80, 24), (120, 36)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
WORDS = "tableware unsubtle sauna getaway armory hush"
CODE = "-".join(["ABCDEF", "GHIJKL", "MNOPQR", "STUVWX", "YZ2345", "67ABCD", "EFGHIJ"] * 2)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, cheap_kdf: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes path, words and strengths the same in every run, and disables the blinking cursor."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(wordlist, "generate_words", lambda ambient: WORDS)
    monkeypatch.setattr(strength, "estimate_strength", lambda typed: Strength(25 if len(typed) < 12 else 77.5))
    monkeypatch.setattr(Input.cursor_blink, "_default", False)


@pytest.fixture
def locked() -> SmtuiApp:
    smtui.create_vault(PATH, "x").close()
    return SmtuiApp(PATH, Settings())


async def lay_over(pilot: Pilot[None], screen: Screen[Any], seen: str) -> None:
    """Pushes `screen` over the first-run screen after that is drawn."""
    await until(pilot, lambda: "Create a vault" in screen_text(pilot.app))
    pilot.app.push_screen(screen)
    await until(pilot, lambda: seen in screen_text(pilot.app))


class FivePasswords:
    """A session and client that always return the same passwords."""

    password_options: dict[str, Any] = {}  # noqa: RUF012
    read_only = False

    def __init__(self) -> None:
        self._passwords = iter((
            "kT7#mvQ2 )xR9$wL4;bN8^hJ5&cF3!pZ", "Yw3(dG6~tB1*zX8@rK5%qM2_sV9-nH4+", "c9<Pf5>Ju2[Ey7]Wa4{Lo8}Ti1|Dk6=Z",
            "5gR.2hU,8jI/4kO?7lA:1zS;3xD'6cF\"", "N^v0Q&b4M*s8T(e2Y)w6K_u1X+p5J-i9",
        ))

    def client(self) -> FivePasswords:
        return self

    def get_random_password(self, **_: Any) -> dict[str, str]:
        return {"RandomPassword": next(self._passwords)}


@SIZES
def test_unlock(snap_compare: Any, locked: SmtuiApp, size: tuple[int, int]) -> None:
    """The passphrase prompt."""
    assert snap_compare(locked, terminal_size=size)


def test_unlock_after_a_wrong_passphrase(snap_compare: Any, locked: SmtuiApp) -> None:
    """The message is below the prompt."""

    async def wrong(pilot: Pilot[None]) -> None:
        await paste(pilot, "wrong")
        await pilot.press("enter")
        await until(pilot, lambda: "Wrong" in screen_text(locked))

    assert snap_compare(locked, terminal_size=SMALL, run_before=wrong)


@SIZES
def test_first_run(snap_compare: Any, size: tuple[int, int]) -> None:
    """The screen explains itself and offers generated words."""
    assert snap_compare(SmtuiApp(PATH), terminal_size=size)


def test_first_run_with_a_weak_passphrase(snap_compare: Any) -> None:
    """The strength is shown in the colour of a warning."""
    app = SmtuiApp(PATH)

    async def weak(pilot: Pilot[None]) -> None:
        await paste(pilot, "Summer2025!")
        await until(pilot, lambda: "25 bits" in screen_text(app))

    assert snap_compare(app, terminal_size=SMALL, run_before=weak)


def test_first_run_with_six_words(snap_compare: Any) -> None:
    """The words are between the two fields."""
    app = SmtuiApp(PATH)

    async def take(pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "78 bits" in screen_text(app))

    assert snap_compare(app, terminal_size=SMALL, run_before=take)


def test_recovery_code(snap_compare: Any) -> None:
    """The code is large enough to copy by hand, and its button does not have the focus."""

    async def show(pilot: Pilot[None]) -> None:
        await lay_over(pilot, RecoveryScreen(CODE), "ABCDEF")

    assert snap_compare(SmtuiApp(PATH), terminal_size=SMALL, run_before=show)


@SIZES
def test_generator(snap_compare: Any, size: tuple[int, int]) -> None:
    """All options, the password, and its entropy; spaces are visible."""

    async def show(pilot: Pilot[None]) -> None:
        await lay_over(pilot, GeneratorScreen(FivePasswords(), for_form=True), " bits")

    assert snap_compare(SmtuiApp(PATH), terminal_size=size, run_before=show)


def test_help(snap_compare: Any) -> None:
    """The keys of the first-run screen."""

    async def ask(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "Create a vault" in screen_text(pilot.app))
        await pilot.press("f1")
        await until(pilot, lambda: "Keys of this screen" in screen_text(pilot.app))

    assert snap_compare(SmtuiApp(PATH), terminal_size=SMALL, run_before=ask)


def test_commands(snap_compare: Any) -> None:
    """The command palette shows each action with its key."""

    async def ask(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "Create a vault" in screen_text(pilot.app))
        await pilot.press("ctrl+p")
        await palette_is_ready(pilot)

    assert snap_compare(SmtuiApp(PATH), terminal_size=SMALL, run_before=ask)


def test_a_question(snap_compare: Any) -> None:
    """Cancel has the focus."""

    async def ask(pilot: Pilot[None]) -> None:
        question = sanitize("Use this weak passphrase?")
        await lay_over(pilot, Confirm(question, sanitize(Strength(25).sentence), "Use passphrase"), "Cancel")

    assert snap_compare(SmtuiApp(PATH), terminal_size=SMALL, run_before=ask)


def test_too_small(snap_compare: Any, locked: SmtuiApp) -> None:
    """The message names the minimum size."""
    assert snap_compare(locked, terminal_size=(50, 12))


@pytest.mark.parametrize("theme", ["smtui-light", "smtui-hc"])
def test_themes(snap_compare: Any, theme: str) -> None:
    """The first-run screen in the other themes."""
    assert snap_compare(SmtuiApp(PATH, Settings(theme=theme)), terminal_size=SMALL)


def test_without_colours(snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR, all elements remain distinguishable."""
    monkeypatch.setitem(os.environ, "NO_COLOR", "1")
    app = SmtuiApp(PATH)

    async def show(pilot: Pilot[None]) -> None:
        await lay_over(pilot, GeneratorScreen(FivePasswords()), " bits")

    assert snap_compare(app, terminal_size=SMALL, run_before=show)
