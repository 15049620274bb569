"""Tests of screens before their first read, after a failed read, and of keys that arrive meanwhile."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import Input

import smtui
from smtui.api.errors import AccessDeniedException, VaultBusyError
from smtui.backends.local import Vault
from smtui.engine.client import LocalClient
from smtui.text.sanitize import SafeText
from smtui.tui import workarounds
from smtui.tui.app import SmtuiApp
from smtui.tui.base_screen import SessionScreen
from smtui.tui.bridge import call
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.help.places import PLACES, SECRETS
from smtui.tui.help.screen import HelpScreen
from smtui.tui.screens import make_place_screen, make_tab_screen
from smtui.tui.secret.compare import CompareScreen
from smtui.tui.secret.copy_dialog import CopyDialog
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret.tabs import HISTORY, POLICY, REPLICATION, ROTATION
from smtui.tui.secret.value_form import ValueForm
from smtui.tui.secret_list.screen import SecretsScreen
from smtui.tui.session import Session
from tests.tui.conftest import FakeTool, MakeApp, said, screen_text, until, version_id
from tests.tui.driver import run_cases, wait_for_screen

LARGE = (120, 36)
SECRET = "prod/db"
Make = Callable[[Session], SessionScreen[Any]]
# Statements that only a read can confirm, without the labels in the footer and fixed titles.
NOTHING_THERE = re.compile(
    r"There is no|There are no|\bNo (KMS key|policy|rotation|function|secret|value|vault|deletion|issues|events)|"
    r"Nothing|Rotation is off|not configured|no such|nobody|never|r to reveal|\b0 |none|0\+",
)


def _part(number: int) -> Make:
    return lambda session: make_tab_screen(number, session, SECRET)


def _place(place: Any) -> Make:
    return lambda session: make_place_screen(place, session)


def _compared(session: Session) -> SessionScreen[Any]:
    labels = {"AWSPREVIOUS": version_id(1), "AWSCURRENT": version_id(2)}
    return CompareScreen(session, SECRET, SafeText(SECRET), labels, version_id(1), version_id(2))


SCREENS: dict[str, Make] = {
    "secret": lambda session: SecretScreen(session, SECRET),
    "policy": _part(POLICY), "rotation": _part(ROTATION), "replication": _part(REPLICATION), "history": _part(HISTORY),
    "compare": _compared,
    **{place.words.lower(): _place(place) for place in PLACES if place is not SECRETS},
}  # fmt: skip
READING_PLACES = [place for place in SCREENS if place != "manual"]
"""Screens that read from the vault."""


@pytest.fixture
def kept(database: Any, vault: smtui.Vault) -> smtui.Vault:
    """Returns a vault with `prod/db`, another secret and a function."""
    vault.rotations().create_function(FunctionName="maker", Password={})
    database.create_secret(Name="other", SecretString='{"a": "1", "b": "2"}')
    return vault


class Held:
    """Blocks the vault's thread until `release`."""

    def __init__(self) -> None:
        self._gate = threading.Event()
        self._blocked: asyncio.Task[bool] | None = None

    async def hold(self) -> None:
        self._gate.clear()
        begun = threading.Event()

        def wait() -> bool:
            begun.set()
            return self._gate.wait()

        self._blocked = asyncio.create_task(call(wait))
        while not begun.is_set():
            await asyncio.sleep(0)

    async def release(self) -> None:
        self._gate.set()
        if self._blocked is not None:
            await self._blocked
            self._blocked = None


@asynccontextmanager
async def holding() -> AsyncIterator[Held]:
    held = Held()
    try:
        yield held
    finally:
        await held.release()


async def settle(pilot: Pilot[None]) -> None:
    await pilot.pause()
    await until(pilot, lambda: all(worker.is_finished for worker in pilot.app.workers))


async def listed(app: SmtuiApp, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(app.screen, SecretsScreen) and app.screen.secrets.count)
    await settle(pilot)


def make(app: SmtuiApp, place: str) -> SessionScreen[Any]:
    assert app.session is not None
    return SCREENS[place](app.session)


def body(app: SmtuiApp) -> str:
    """Returns the text of the screen without the footer."""
    return "\n".join(screen_text(app).splitlines()[:-1])


async def test_nothing_is_said_to_be_missing_before_it_was_looked_for(app: MakeApp, kept: smtui.Vault) -> None:
    async with run_cases(app(), LARGE) as cases:
        running, pilot = cases.app, cases.pilot
        for place in READING_PLACES:
            async with cases.case(place), holding() as held:
                await held.hold()
                await running.push_screen(make(running, place))
                await until(pilot, lambda: "Reading…" in body(running))

                assert not NOTHING_THERE.search(body(running)), body(running)

                await held.release()
                await settle(pilot)
                assert "Reading…" not in body(running)


async def test_the_list_says_nothing_either(app: MakeApp, kept: smtui.Vault) -> None:
    running = app()
    async with holding() as held:
        await held.hold()
        async with running.run_test(size=LARGE) as pilot:
            await until(pilot, lambda: "Reading…" in body(running))
            assert not NOTHING_THERE.search(body(running)), body(running)
            await held.release()
            await until(pilot, lambda: SECRET in body(running))
            assert "Reading…" not in body(running)


@pytest.mark.parametrize("busy", [True, False], ids=["busy", "refused"])
async def test_what_cannot_be_read_says_why_and_is_read_again_with_one_key(
    app: MakeApp, kept: smtui.Vault, busy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> Any:
        raise VaultBusyError("Another program is at it.") if busy else AccessDeniedException("You may not.")

    async with run_cases(app(), LARGE) as cases:
        running, pilot = cases.app, cases.pilot
        for place in READING_PLACES:
            async with cases.case(place):
                screen = make(running, place)
                with monkeypatch.context() as patch:
                    patch.setattr(*((Vault, "change_count", refuse) if busy else (LocalClient, "_call", refuse)))
                    await running.push_screen(screen)
                    await settle(pilot)
                    if busy or screen.opened_by:
                        why = "Another program is at it." if busy else "You may not."
                        assert f"Could not read: {why} F12 retries." in body(running)
                        assert not NOTHING_THERE.search(body(running)), body(running)
                    assert "Reading…" not in body(running)
                await pilot.press("f12")
                await settle(pilot)

                assert screen.has_read
                assert "Could not read" not in body(running)
                assert "Reading…" not in body(running)


async def test_a_list_that_cannot_be_read_says_why_and_is_read_again(
    app: MakeApp, kept: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> Any:
        raise AccessDeniedException("You may not.")

    running = app()
    with monkeypatch.context() as patch:
        patch.setattr(LocalClient, "_call", refuse)
        async with running.run_test(size=LARGE) as pilot:
            await until(pilot, lambda: "Could not read: You may not. F12 retries." in body(running))
            assert not NOTHING_THERE.search(body(running)), body(running)
            patch.undo()
            await pilot.press("f12")
            await until(pilot, lambda: SECRET in body(running))
            assert "Could not read" not in body(running)


def cut_scrollbar(line: str) -> str:
    """The line without the end of the scrollbar, which is shorter once a failure has a line of its own."""
    return line.rstrip(" │▁▂▃▄▅▆▇█")


async def test_what_was_read_stays_where_it_cannot_be_read_again(
    app: MakeApp, kept: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> Any:
        raise VaultBusyError("Another program is at it.")

    async with run_cases(app(), LARGE) as cases:
        running, pilot = cases.app, cases.pilot
        for place in READING_PLACES:
            async with cases.case(place):
                screen = make(running, place)
                await running.push_screen(screen)
                await settle(pilot)
                before = body(running).splitlines()
                with monkeypatch.context() as patch:
                    patch.setattr(Vault, "change_count", refuse)
                    await pilot.press("f12")
                    await settle(pilot)
                    text = body(running)
                    assert "Could not refresh: Another program is at it. F12 retries." in text
                    assert set(map(cut_scrollbar, before[:6])) <= set(map(cut_scrollbar, text.splitlines()))
                screen.look_for_changes()
                await settle(pilot)

                assert "Could not read" not in body(running)


def bound(screen: SessionScreen[Any]) -> list[tuple[str, str]]:
    """Returns the first key and the action of each binding of the screen that needs its content."""
    bindings = [each for each in screen.BINDINGS if isinstance(each, Binding)]
    return [(each.key.split(",")[0], each.action) for each in bindings
            if each.action.partition("(")[0] not in screen_at_once(screen)]


def screen_at_once(screen: SessionScreen[Any]) -> set[str]:
    return {name for each in type(screen).__mro__ for name in vars(each).get("at_once", ())}


async def test_a_key_waits_for_what_it_is_about(app: MakeApp, kept: smtui.Vault) -> None:
    """A dialog that opens after the read belongs to the screen and knows its secret."""
    async with run_cases(app()) as cases:
        running, pilot = cases.app, cases.pilot
        for place in READING_PLACES:
            for key, action in bound(make(running, place)):
                async with cases.case(f"{place}: {key}, {action}"), holding() as held:
                    screen = make(running, place)
                    await held.hold()
                    await running.push_screen(screen)
                    await pilot.press(key)
                    await pilot.pause()
                    assert running.screen is screen, "something opened before there was anything"
                    await held.release()
                    await settle_unless_asked(running, pilot)
                    assert "arn:aws" not in title(running)


async def test_a_key_that_waits_is_forgotten_with_its_screen(app: MakeApp, kept: smtui.Vault) -> None:
    async with run_cases(app()) as cases:
        running, pilot = cases.app, cases.pilot
        for place in READING_PLACES:
            for key, action in bound(make(running, place)):
                async with cases.case(f"{place}: {key}, {action}"), holding() as held:
                    await held.hold()
                    await running.push_screen(make(running, place))
                    await pilot.press(key, "escape")
                    while not isinstance(running.screen, SecretsScreen):  # keys that need no content act at once
                        await pilot.press("escape")
                        await pilot.pause()
                    await held.release()
                    await settle(pilot)
                    assert isinstance(running.screen, SecretsScreen), running.screen


async def test_no_dialog_opens_over_another_screen(app: MakeApp, kept: smtui.Vault) -> None:
    """The other screen is Help for the first key of each place, and for the others one that opens sooner."""
    async with run_cases(app()) as cases:
        running, pilot = cases.app, cases.pilot
        for place in ("secret", "replication"):
            for number, (key, action) in enumerate(bound(make(running, place))):
                async with cases.case(f"{place}: {key}, {action}"), holding() as held:
                    await held.hold()
                    await running.push_screen(make(running, place))
                    await pilot.press(key)
                    if number == 0:
                        await pilot.press("f1")
                        await wait_for_screen(pilot, HelpScreen)
                    else:
                        await running.push_screen(Confirm(SafeText("Another?"), SafeText("Yes."), "Go on"))
                    other = running.screen
                    await held.release()
                    await settle(pilot)
                    assert running.screen is other, running.screen


async def settle_unless_asked(app: SmtuiApp, pilot: Pilot[None]) -> None:
    """Waits until all work is finished or a dialog is open."""
    session = [each for each in app.screen_stack if isinstance(each, SessionScreen)]
    await until(pilot, lambda: app.screen is not session[-1] or all(worker.is_finished for worker in app.workers))
    await pilot.pause()


def title(app: SmtuiApp) -> str:
    """Returns the title of the open dialog, or an empty string."""
    if isinstance(app.screen, SessionScreen):
        return ""
    return " ".join(str(each.render()) for each in app.screen.query(".title"))


async def test_a_value_is_edited_from_the_list_on_however_fast_one_types(app: MakeApp, kept: smtui.Vault) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot, holding() as held:
        await listed(running, pilot)
        assert isinstance(running.screen, SecretsScreen)
        running.screen.secrets.go(running.screen.secrets.model.find_row(kept.client().describe_secret(SecretId=SECRET)["ARN"]))
        await held.hold()
        await pilot.press("enter", "e")
        await pilot.pause()
        assert not isinstance(running.screen, ValueForm)
        await held.release()
        await until(pilot, lambda: isinstance(running.screen, ValueForm))

        assert f"New value of {SECRET}" in screen_text(running)
        assert "password" in screen_text(running)


async def test_one_key_of_several_waits_and_no_form_lies_on_another(app: MakeApp, kept: smtui.Vault) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot, holding() as held:
        await listed(running, pilot)
        await held.hold()
        await running.push_screen(make(running, "secret"))
        await pilot.press("e", "e", "t", "i")
        await held.release()
        await until(pilot, lambda: isinstance(running.screen, ValueForm))
        await pilot.pause()

        assert sum(not isinstance(each, SessionScreen) for each in running.screen_stack[1:]) == 1


async def test_a_key_that_is_not_possible_then_says_why(app: MakeApp, kept: smtui.Vault) -> None:
    kept.client().delete_secret(SecretId=SECRET)
    running = app()
    async with running.run_test(size=LARGE) as pilot, holding() as held:
        await listed(running, pilot)
        await held.hold()
        await running.push_screen(make(running, "secret"))
        await pilot.press("e")
        await held.release()
        await settle(pilot)

        assert isinstance(running.screen, SecretScreen)
        assert "delet" in " ".join(said(running))


async def test_a_key_that_waits_for_what_cannot_be_read_says_so(
    app: MakeApp, kept: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> Any:
        raise AccessDeniedException("You may not.")

    running = app()
    async with running.run_test(size=LARGE) as pilot, holding() as held:
        await listed(running, pilot)
        await held.hold()
        monkeypatch.setattr(LocalClient, "_call", refuse)
        await running.push_screen(make(running, "secret"))
        await pilot.press("e")
        await held.release()
        await settle(pilot)

        assert isinstance(running.screen, SecretScreen)
        assert said(running) == ["Could not read: You may not. F12 retries."]


async def test_the_choice_of_a_key_does_not_appear_over_another_secret(app: MakeApp, kept: smtui.Vault) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot, holding() as held:
        await listed(running, pilot)
        listing = running.screen
        assert isinstance(listing, SecretsScreen)
        listing.secrets.go(listing.secrets.model.find_row(kept.client().describe_secret(SecretId="other")["ARN"]) or 0)
        await held.hold()
        await pilot.press("y")
        await running.push_screen(make(running, "secret"))
        await held.release()
        await settle(pilot)

        assert isinstance(running.screen, SecretScreen)
        await pilot.press("escape")
        await settle(pilot)
        assert running.screen is listing


async def test_the_choice_of_a_key_says_whose_it_is_though_the_cursor_moved_on(
    app: MakeApp, kept: smtui.Vault
) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot, holding() as held:
        await listed(running, pilot)
        listing = running.screen
        assert isinstance(listing, SecretsScreen)
        listing.secrets.go(listing.secrets.model.find_row(kept.client().describe_secret(SecretId="other")["ARN"]) or 0)
        await held.hold()
        await pilot.press("y")
        listing.secrets.go(0)
        await held.release()
        await until(pilot, lambda: isinstance(running.screen, CopyDialog))

        assert "Copy which key of other?" in screen_text(running)


async def test_a_value_that_cannot_be_read_says_so_where_it_would_be(
    app: MakeApp, kept: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = LocalClient._call

    def refuse(self: LocalClient, operation: str, params: dict[str, Any]) -> Any:
        if operation == "GetSecretValue":
            raise AccessDeniedException("You may not.")
        return real(self, operation, params)

    running = app()
    async with running.run_test(size=(80, 24)) as pilot, holding() as held:
        await listed(running, pilot)
        await running.push_screen(make(running, "secret"))
        await until(pilot, lambda: "r to reveal" in screen_text(running))
        await held.hold()
        await pilot.press("r")
        await until(pilot, lambda: "Reading…" in screen_text(running))
        with monkeypatch.context() as patch:
            patch.setattr(LocalClient, "_call", refuse)
            await held.release()
            await settle(pilot)
            assert "Could not read: You may not. r retries." in screen_text(running)
        await pilot.press("r")
        await settle(pilot)

        assert "Could not read" not in screen_text(running)
        assert "password" in screen_text(running)


@pytest.mark.parametrize(("place", "key"), [
    ("secret", "r"), ("secret", "y"), ("versions", "y"), ("compare", "r"), ("compare", "y"), ("list", "y"),
])
async def test_a_value_that_comes_beneath_a_dialog_is_neither_shown_nor_copied(
    app: MakeApp, kept: smtui.Vault, tool: FakeTool, place: str, key: str
) -> None:
    """A dialog that is not of the action, such as a question about quitting, opens during the read."""
    running = app()
    async with running.run_test(size=LARGE) as pilot, holding() as held:
        await listed(running, pilot)
        if place != "list":
            await running.push_screen(make(running, "secret" if place == "versions" else place))
            await settle(pilot)
        if place == "versions":
            await pilot.press("v")
        if place == "secret":
            await pilot.press("r")
            await settle(pilot)
            await pilot.press("r", "j")
            await settle(pilot)
        beneath = running.screen
        await held.hold()
        await pilot.press(key)
        await running.push_screen(Confirm(SafeText("Quit?"), SafeText("A long work runs."), "Quit"))
        await held.release()
        await settle(pilot)
        assert isinstance(running.screen, Confirm)
        await pilot.press("escape")
        await settle(pilot)

        assert running.screen is beneath
        assert not re.search("first-word|second-word", screen_text(running))
        assert not running.clears_in and not any("Copied" in each for each in said(running))


async def test_no_file_is_written_for_a_screen_that_was_left(
    app: MakeApp, kept: smtui.Vault, tmp_path: Path
) -> None:
    running, path = app(), tmp_path / "value"
    async with running.run_test(size=LARGE) as pilot, holding() as held:
        await listed(running, pilot)
        await running.push_screen(make(running, "secret"))
        await settle(pilot)
        await pilot.press("w")
        await until(pilot, lambda: running.screen.query("Input"))
        running.screen.query_one(Input).value = str(path)
        await held.hold()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, SecretScreen))
        running.screen.dismiss(None)
        await held.release()
        await settle(pilot)

        assert isinstance(running.screen, SecretsScreen)
        assert not path.exists()


def test_one_function_tells_whether_a_screen_is_on_top() -> None:
    """Textual's `is_current` is also true beneath a dialog."""
    folder = Path(workarounds.__file__).parent
    others = [file for file in folder.rglob("*.py") if file.name != "workarounds.py"]
    found = [f"{file.name}: {line.strip()}" for file in others for line in file.read_text(encoding="utf-8").splitlines()
             if re.search(r"\.is_current\b|\.screen is (not )?self\b", line)]
    assert not found
