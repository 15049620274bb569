"""Tests of the lock by key and after inactivity, and of what remains in memory."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

import smtui
from smtui.system.settings import Settings
from smtui.text.sanitize import sanitize
from smtui.tui.app import SmtuiApp
from smtui.tui.bridge import call
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.health.screen import HealthScreen
from smtui.tui.policy.screen import PolicyScreen
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret.value_form import ValueForm
from smtui.tui.secret.version_list import VersionList
from smtui.tui.secret_list.screen import SecretsScreen
from smtui.tui.unlock.return_place import find_return_place
from smtui.tui.unlock.screen import UnlockScreen
from smtui.tui.widgets.table import Table
from tests.conftest import PASSPHRASE, Clock
from tests.tui.conftest import MakeApp, Steady, paste, said, screen_text, types, unfreeze, until
from tests.tui.secret_list.driver import get_list_screen, read_list
from tests.tui.test_read_states import SCREENS


async def test_the_key_locks_from_anywhere(app: MakeApp, vault: smtui.Vault) -> None:
    """Ctrl+L works in dialogs too; it closes the vault and all screens."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        running.push_screen(Confirm(sanitize("Sure?"), sanitize("Really."), "Do it"))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: vault.locked)

        assert [type(screen) for screen in running.screen_stack[1:]] == [UnlockScreen]


async def test_a_secret_that_is_just_being_opened_does_not_hinder_the_lock(app: MakeApp, database: Any) -> None:
    """The lock first stores the position, although the screen's widgets are not mounted yet."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(running.screen, SecretsScreen) and running.screen.has_read)
        assert running.session is not None
        running.push_screen(SecretScreen(running.session, secret_id="prod/db"))
        place = find_return_place(running, running.session)
        await until(pilot, lambda: "Value of" in screen_text(running))

        assert place is not None and place.secret == "prod/db"


async def test_idleness_locks(app: MakeApp, vault: smtui.Vault, monotonic: Steady) -> None:
    """After the timeout without a key, the vault is locked, and the screen says why."""
    running = app(settings=Settings(idle_lock=300))
    async with running.run_test(size=(80, 24)) as pilot:
        monotonic.seconds += 299
        await running.tick()
        assert not vault.locked
        monotonic.seconds += 1
        await running.tick()
        await pilot.pause()

        assert vault.locked
        assert "Locked: no key was pressed for 5 minutes." in screen_text(running)


async def test_a_key_counts_as_being_there(app: MakeApp, vault: smtui.Vault, monotonic: Steady) -> None:
    """Each key restarts the timeout."""
    running = app(settings=Settings(idle_lock=300))
    async with running.run_test(size=(80, 24)) as pilot:
        monotonic.seconds += 299
        await pilot.press("j")
        monotonic.seconds += 299
        await running.tick()

        assert not vault.locked


async def test_a_key_after_suspend_does_not_save_the_session(
    app: MakeApp, vault: smtui.Vault, monotonic: Steady
) -> None:
    """After a suspend of an hour, the next key locks the vault and has no other effect."""
    running = app(settings=Settings(idle_lock=300))
    async with running.run_test(size=(80, 24)) as pilot:
        monotonic.seconds += 3600
        await pilot.press("p")
        await pilot.pause()

        assert vault.locked
        assert isinstance(running.screen, UnlockScreen)


async def test_zero_means_never(app: MakeApp, vault: smtui.Vault, monotonic: Steady) -> None:
    """With idle_lock = 0, the vault is never locked for inactivity."""
    running = app(settings=Settings(idle_lock=0))
    async with running.run_test(size=(80, 24)):
        monotonic.seconds += 10**9
        await running.tick()

        assert not vault.locked


def held(kind: type) -> int:
    """Returns the number of objects of a type in memory.

    The event loop keeps the owner of a timer until the timer's time.
    """
    gc.collect()
    return sum(isinstance(found, kind) for found in gc.get_objects())


async def test_no_screen_and_no_vault_outlive_the_lock(app: MakeApp) -> None:
    """The screens of the session are removed from memory."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        session_screen = type(running.screen)
        await pilot.press("ctrl+l")

        await until(pilot, lambda: not held(session_screen))


async def test_unlocking_again_after_a_lock(app: MakeApp) -> None:
    """The session opens again with a new connection to the same vault."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+l")
        await paste(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: running.session is not None)

        assert running.session is not None
        assert not running.session.vault.locked
        await call(running.session.vault.lock)


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_leaving_locks_first(app: MakeApp, vault: smtui.Vault, key: str) -> None:
    """Both quit keys close the vault and exit with 0."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session is not None)
        await pilot.press(key)
        await until(pilot, lambda: running.return_code is not None)

    assert vault.locked
    assert running.return_code == 0


HALVES = ("shown-Kq7wo", "mbatZx93fjord")


def held_anywhere() -> list[str]:
    """Returns the types of all objects that refer to a text with both halves in sequence."""
    gc.collect()
    found = []
    for holder in gc.get_objects():
        for each in gc.get_referents(holder):
            text = each if isinstance(each, str) else each.decode("latin-1") if isinstance(each, bytes) else ""
            if "".join(HALVES) in text:
                found.append(type(holder).__name__)
    return found


def test_nothing_refers_to_a_value_that_was_shown() -> None:
    """Runs in its own interpreter, without objects of other tests."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider",
               "-o", "python_functions=check_*", __file__]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1800)
    assert done.returncode == 0, done.stdout


async def check_nothing_refers_to_a_value_that_was_shown(app: MakeApp, client: Any) -> None:
    """Covers widgets, notifications and the text caches of libraries."""
    unfreeze()  # the lock finds the caches of libraries among the objects that are collected
    client.create_secret(Name="db", SecretString="".join(HALVES))
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "1 secret" in screen_text(running))
        await pilot.press("enter")
        await until(pilot, lambda: "r to reveal" in screen_text(running))
        await pilot.press("r")
        await until(pilot, lambda: "".join(HALVES) in screen_text(running))
        assert held_anywhere()
        await pilot.press("ctrl+l")

        await until(pilot, lambda: not held_anywhere())


async def unlock_again(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, UnlockScreen))
    await paste(pilot, PASSPHRASE)
    await pilot.press("enter")
    await until(pilot, lambda: get_app(pilot).session)


def get_app(pilot: Pilot[None]) -> SmtuiApp:
    return cast("SmtuiApp", pilot.app)


async def test_after_unlocking_one_is_where_one_was(app: MakeApp, filled: Any, clock: Clock) -> None:
    """Filter, cursor, open secret and tab are restored."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "5 secrets" in screen_text(running))
        await types(pilot, "/prod")
        await until(pilot, lambda: "3 of " in screen_text(running))
        await pilot.press("escape", "j", "enter")
        await until(pilot, lambda: "r to reveal" in screen_text(running))
        await pilot.press("3")
        await until(pilot, lambda: isinstance(running.screen, PolicyScreen) and "Who can" in screen_text(running))
        where = running.screen.secret_id
        await pilot.press("ctrl+l")
        await until(pilot, lambda: "Locked by Ctrl+L." in screen_text(running))
        await unlock_again(pilot)
        await until(pilot, lambda: isinstance(running.screen, PolicyScreen) and "Who can" in screen_text(running))

        assert running.screen.secret_id == where
        await pilot.press("escape")
        await until(pilot, lambda: "r to reveal" in screen_text(running))
        await pilot.press("escape")
        await until(pilot, lambda: "3 of " in screen_text(running))
        assert running.screen.secrets.current["ARN"] == where
        await pilot.press("escape")
        await until(pilot, lambda: "5 secrets" in screen_text(running))


async def test_after_unlocking_the_tree_is_as_it_was(app: MakeApp, vault: smtui.Vault) -> None:
    """Groups stay expanded, and the cursor stays on its group, also far behind the first page of the list."""
    vault.create_secrets([{"Name": f"dev/{number:03}", "SecretString": "x"} for number in range(150)]
                         + [{"Name": f"prod/{each}/db", "SecretString": "x"} for each in ("mail", "pay", "web")])
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "153 secrets" in screen_text(running))
        await pilot.press("T")
        await until(pilot, lambda: "dev/  150" in screen_text(running))
        await pilot.press("home", "left", "down", "right", "down", "down")
        await until(pilot, lambda: get_list_screen(running).secrets.current_key == "prod/pay/")
        before = read_list(running)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: "Locked by Ctrl+L." in screen_text(running))
        await unlock_again(pilot)

        await until(pilot, lambda: isinstance(running.screen, SecretsScreen))
        await until(pilot, lambda: get_list_screen(running).secrets.current_key == "prod/pay/")
        await until(pilot, lambda: read_list(running) == before)


async def test_after_unlocking_one_is_in_the_same_region_and_place(
    app: MakeApp, vault: smtui.Vault, monotonic: Steady
) -> None:
    vault.client(region_name="eu-west-1").create_secret(Name="abroad", SecretString="x")
    running = app(settings=Settings(idle_lock=300))
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        running.session.region = "eu-west-1"
        await running.show_only(SecretsScreen(running.session))
        await until(pilot, lambda: "abroad" in screen_text(running))
        await pilot.press("o", "h")
        await until(pilot, lambda: isinstance(running.screen, HealthScreen))
        monotonic.seconds += 3600
        await running.tick()
        await until(pilot, lambda: "Locked: the machine was suspended for 60 minutes." in screen_text(running))
        await unlock_again(pilot)
        await until(pilot, lambda: isinstance(running.screen, HealthScreen))

        assert running.session.region == "eu-west-1"
        await pilot.press("escape")
        await until(pilot, lambda: "abroad" in screen_text(running))


LISTS = {
    "regions": (("c",), "", 1), "versions": (("enter", "2"), "", 1), "replicas": (("enter", "5"), "", 1),
    "history": (("enter", "6"), "secret", 1),
}
"""The keys that open each list from the list of secrets, a filter if it has one, and how far the cursor goes down."""


def get_list(running: SmtuiApp) -> Any:
    """The first table or list of versions of the screen; None if it is not shown yet."""
    return next((each for each in running.screen.query(Widget) if isinstance(each, Table | VersionList)), None)


def find_row(running: SmtuiApp) -> object:
    """What identifies the row under the cursor; None if there is none."""
    shown = get_list(running)
    if isinstance(shown, VersionList):
        return shown.version.id if shown.version else None
    return None if shown is None else shown.current_key


def add_rows(vault: smtui.Vault, filled: Any) -> None:
    """Gives the lists a few rows."""
    for name in ("one", "two"):
        filled.create_secret(Name=f"plain/{name}", SecretString="x")
    vault.client(region_name="eu-west-1").create_secret(Name="abroad", SecretString="x")
    first = min(entry["Name"] for entry in filled.list_secrets()["SecretList"])
    filled.replicate_secret_to_regions(SecretId=first, AddReplicaRegions=[{"Region": "us-west-2"}])
    filled.put_secret_value(SecretId=first, SecretString='{"a": "2"}')


@pytest.mark.parametrize("place", LISTS)
async def test_after_unlocking_the_next_key_acts_on_the_same_row(
    app: MakeApp, filled: Any, vault: smtui.Vault, place: str
) -> None:
    """The tabs of a secret and the Regions have their filter and the row of their cursor again."""
    add_rows(vault, filled)
    keys, filter_text, down = LISTS[place]
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "7 secrets" in screen_text(running))
        await pilot.press(*keys)
        await until(pilot, lambda: not isinstance(running.screen, SecretsScreen)
                    and find_row(running) is not None)
        opened = type(running.screen)
        if filter_text:
            await types(pilot, f"/{filter_text}")
            await pilot.press("enter")
        await until(pilot, lambda: running.focused is get_list(running))
        first = find_row(running)
        await pilot.press(*["down"] * down)
        await until(pilot, lambda: find_row(running) not in (None, first))
        key = find_row(running)

        await pilot.press("ctrl+l")
        await until(pilot, lambda: "Locked by Ctrl+L." in screen_text(running))
        await unlock_again(pilot)
        await until(pilot, lambda: type(running.screen) is opened and find_row(running) is not None)
        await until(pilot, lambda: find_row(running) == key)
        if filter_text:
            assert running.screen.query_one("#filter", Input).value == filter_text
        await until(pilot, lambda: running.focused is get_list(running))


async def test_what_is_gone_meanwhile_is_said(app: MakeApp, filled: Any, vault: smtui.Vault) -> None:
    """The list opens, with a message about the missing secret."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "5 secrets" in screen_text(running))
        await pilot.press("j", "enter")
        await until(pilot, lambda: "r to reveal" in screen_text(running))
        gone = running.screen.secret_id
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(running.screen, UnlockScreen))
        with smtui.open_vault(vault.path, PASSPHRASE, clock=vault.now) as other:
            other.client().delete_secret(SecretId=gone, ForceDeleteWithoutRecovery=True)
        await unlock_again(pilot)
        await until(pilot, lambda: "This secret no longer exists." in said(running))
        await until(pilot, lambda: "4 secrets" in screen_text(running))


async def test_another_vault_begins_at_its_beginning(app: MakeApp, filled: Any, tmp_path: Path) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "5 secrets" in screen_text(running))
        await pilot.press("enter")
        await until(pilot, lambda: "r to reveal" in screen_text(running))
        smtui.create_vault(tmp_path / "other.vault", PASSPHRASE).close()
        running.open_another(tmp_path / "other.vault")
        await unlock_again(pilot)
        await until(pilot, lambda: "No secrets yet." in screen_text(running))


async def test_a_screen_that_the_lock_removes_before_it_is_mounted(
    app: MakeApp, database: Any, vault: smtui.Vault
) -> None:
    """The screen is removed before it has widgets, without an error."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        for place, make_screen in SCREENS.items():
            if running.session is None:
                running._return_place = None
                await running.enter(smtui.open_vault(vault.path, PASSPHRASE, clock=vault.now))
            await until(pilot, lambda: isinstance(running.screen, SecretsScreen) and running.screen.has_read)
            assert running.session is not None
            opened = running.session.vault
            running.push_screen(make_screen(running.session))
            await running.lock()
            await pilot.pause()

            assert opened.locked, place
            assert [type(each) for each in running.screen_stack[1:]] == [UnlockScreen], place
            assert running.return_code in (None, 0), place


@pytest.mark.parametrize("how", ["list", "dialog", "action"])
async def test_the_reason_for_a_lock_by_hand_is_one_sentence(app: MakeApp, filled: Any, how: str) -> None:
    """The message is the same for every way to lock."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "5 secrets" in screen_text(running))
        if how == "action":
            await running.action_lock()
        else:
            await pilot.press(*(["a"] if how == "dialog" else []), "ctrl+l")
        await until(pilot, lambda: "Locked by Ctrl+L." in screen_text(running))


async def test_a_lock_while_the_list_is_being_opened(app: MakeApp) -> None:
    """A list that has no widgets yet has no place to return to, and does not stop the lock."""
    running: Any = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        opening: Any = SimpleNamespace(screen_stack=[SecretsScreen(running.session)])

        assert find_return_place(opening, running.session) is None


async def begin_to_type(pilot: Pilot[None]) -> None:
    """Opens the form of the value of the first secret and types into it."""
    running = get_app(pilot)
    await until(pilot, lambda: isinstance(running.screen, SecretsScreen) and running.screen.has_read)
    await pilot.press("enter")
    await until(pilot, lambda: "Value of" in screen_text(running))
    await pilot.press("e")
    await until(pilot, lambda: isinstance(running.screen, ValueForm))
    await types(pilot, "half a value")


DISCARDED = "Locking discarded text that was not stored in: New value of prod/db"


async def test_the_key_asks_before_it_discards_what_is_typed(app: MakeApp, database: Any, vault: smtui.Vault) -> None:
    """The harmless answer has the focus. After "Discard and lock" and unlocking, the screen says what was discarded."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await begin_to_type(pilot)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(running.screen, Confirm))
        assert "▸ Keep editing ◂" in screen_text(running)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, ValueForm))
        assert running.screen.is_dirty
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(running.screen, Confirm))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: vault.locked)
        assert "prod/db" not in screen_text(running)
        await unlock_again(pilot)

        assert said(running) == [DISCARDED]


@pytest.mark.parametrize("question", ["ctrl+l", "ctrl+q"])
async def test_the_key_pressed_again_locks_at_once(
    app: MakeApp, database: Any, vault: smtui.Vault, question: str
) -> None:
    """The lock takes the question with it: the next one is asked again."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await begin_to_type(pilot)
        await pilot.press(question)
        await until(pilot, lambda: isinstance(running.screen, Confirm))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: vault.locked)
        await unlock_again(pilot)
        assert said(running) == [DISCARDED]
        await until(pilot, lambda: "Value of" in screen_text(running))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(running.screen, ValueForm))
        await types(pilot, "again")
        await pilot.press(question)
        await until(pilot, lambda: isinstance(running.screen, Confirm))


async def test_what_the_idle_lock_discards_is_announced_and_said(
    app: MakeApp, database: Any, vault: smtui.Vault, monotonic: Steady
) -> None:
    """A notice counts down; any key withdraws it."""
    running = app(settings=Settings(idle_lock=300))
    async with running.run_test(size=(80, 24)) as pilot:
        await begin_to_type(pilot)
        assert running.session is not None
        monotonic.seconds += running.session.seconds_to_lock - 70
        await running.tick()
        assert said(running) == []
        for left in (60, 15):
            monotonic.seconds += running.session.seconds_to_lock - left
            await running.tick()
            await pilot.pause()
            assert said(running) == [f"The vault locks in {left} seconds: New value of prod/db is not stored. "
                                     "Press any key to continue."]
        await pilot.press("x")
        await running.tick()
        await pilot.pause()
        assert said(running) == []
        monotonic.seconds += 300
        await running.tick()
        await until(pilot, lambda: vault.locked)
        await unlock_again(pilot)

        assert said(running) == [DISCARDED]


async def test_the_idle_lock_announces_nothing_where_nothing_is_lost(app: MakeApp, monotonic: Steady) -> None:
    running = app(settings=Settings(idle_lock=300))
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        monotonic.seconds += 290
        await running.tick()

        assert said(running) == []


async def test_another_vault_is_not_told_what_the_lock_discarded(
    app: MakeApp, database: Any, vault: smtui.Vault, tmp_path: Path
) -> None:
    other = tmp_path / "other.vault"
    smtui.create_vault(other, PASSPHRASE).close()
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await begin_to_type(pilot)
        await running.lock()
        running.open_another(other)
        await until(pilot, lambda: running.path == other and isinstance(running.screen, UnlockScreen))
        await unlock_again(pilot)

        assert said(running) == []
