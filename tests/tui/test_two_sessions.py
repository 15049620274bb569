"""Tests of two programs on one vault: each shows the other's changes and ignores its reads."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.audit.events import EventsScreen
from smtui.tui.base_screen import SessionScreen
from smtui.tui.help.places import PLACES, SECRETS
from smtui.tui.screens import make_place_screen, make_tab_screen
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret.tabs import HISTORY, POLICY, REPLICATION, ROTATION
from smtui.tui.secret_list.screen import SecretsScreen
from smtui.tui.session import Session
from tests.conftest import PASSPHRASE, Clock
from tests.tui.conftest import MakeApp, screen_text, types, until
from tests.tui.driver import run_cases

POLLS = 4
OVERWRITE = "import shutil, sys; shutil.copyfile(*sys.argv[1:])"
SECRET = "prod/payments/db"
Make = Callable[[Session], "SessionScreen[Any] | None"]


def _part(number: int) -> Make:
    return lambda session: make_tab_screen(number, session, SECRET)


SCREENS: dict[str, Make] = {
    "list": lambda session: None,
    "secret": lambda session: SecretScreen(session, SECRET),
    "policy": _part(POLICY), "rotation": _part(ROTATION), "replication": _part(REPLICATION), "history": _part(HISTORY),
    **{place.words.lower(): (lambda session, place=place: make_place_screen(place, session))
       for place in PLACES if place is not SECRETS},
}
OPENING = {
    "list": "ListSecrets", "secret": "DescribeSecret", "policy": "GetResourcePolicy", "rotation": "DescribeRotation",
    "replication": "DescribeSecret", "history": "DescribeSecret", "keys": "ListKeys", "functions": "ListFunctions",
    "health": "ListSecrets",
}
LARGE = (120, 36)


@pytest.fixture
def other(vault: smtui.Vault, clock: Clock) -> Iterator[smtui.Vault]:
    """Yields another session of the vault."""
    with smtui.open_vault(vault.path, PASSPHRASE, clock=clock) as other:
        yield other


def names(vault: smtui.Vault) -> list[str]:
    return [event["eventName"] for event in vault.audit_log()]


async def settle(pilot: Pilot[None]) -> None:
    """Waits until all workers are finished."""
    await pilot.pause()
    await until(pilot, lambda: all(worker.is_finished for worker in pilot.app.workers))


async def show(app: SmtuiApp, pilot: Pilot[None], place: str) -> SessionScreen[Any]:
    await until(pilot, lambda: isinstance(app.screen, SecretsScreen) and app.screen.secrets.count)
    assert app.session is not None
    if (screen := SCREENS[place](app.session)) is not None:
        await app.push_screen(screen)
    await settle(pilot)
    return cast("SessionScreen[Any]", app.screen)


async def poll(pilot: Pilot[None], screen: SessionScreen[Any], times: int = POLLS) -> None:
    """Polls for changes as often as given."""
    for _ in range(times):
        screen.look_for_changes()
        await settle(pilot)


def count(screen: SessionScreen[Any], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Returns a list that collects the reloads of the screen."""
    noted: list[str] = []
    load_and_tell: Callable[[Callable[[], Awaitable[None]]], Awaitable[None]] = screen.load_and_tell

    async def count_load(load: Callable[[], Awaitable[None]]) -> None:
        noted.append("reload" if load == screen.load or not isinstance(screen, EventsScreen) else "newer events")
        await load_and_tell(load)

    monkeypatch.setattr(screen, "load_and_tell", count_load)
    return noted


async def test_two_that_are_idle_read_nothing_and_leave_no_event(
    app: MakeApp, vault: smtui.Vault, other: smtui.Vault, filled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_cases(app(), LARGE) as one, run_cases(SmtuiApp(vault.path, vault=other), LARGE) as two:
        for place in SCREENS:
            async with one.case(place), two.case(place):
                screens = [await show(each.app, each.pilot, place) for each in (one, two)]
                before, reloads = names(vault), [count(screen, monkeypatch) for screen in screens]
                for _ in range(POLLS):
                    await poll(one.pilot, screens[0], 1)
                    await poll(two.pilot, screens[1], 1)

                assert names(vault) == before
                assert reloads == [[], []]
        await two.app.lock()
        await one.app.lock()


async def test_who_reads_beside_a_screen_does_not_make_it_read(
    app: MakeApp, vault: smtui.Vault, other: smtui.Vault, filled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_cases(app(), LARGE) as cases:
        for place in SCREENS:
            async with cases.case(place):
                screen = await show(cases.app, cases.pilot, place)
                reloads = count(screen, monkeypatch)
                for _ in range(POLLS):
                    other.client().list_secrets()
                    other.client().get_secret_value(SecretId=SECRET)
                    await poll(cases.pilot, screen, 1)

                assert reloads == []


async def test_who_writes_beside_a_screen_is_seen_and_that_leaves_no_event(
    app: MakeApp, vault: smtui.Vault, other: smtui.Vault, filled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_cases(app(), LARGE) as cases:
        for place in SCREENS:
            async with cases.case(place):
                screen = await show(cases.app, cases.pilot, place)
                reloads = count(screen, monkeypatch)
                other.client().update_secret(SecretId=SECRET, Description=f"by somebody else, beside {place}")
                before = names(vault)
                await poll(cases.pilot, screen)

                assert reloads == (["newer events"] if isinstance(screen, EventsScreen) else ["reload"])
                assert names(vault) == before


async def test_two_looks_at_once_reload_once(
    app: MakeApp, vault: smtui.Vault, other: smtui.Vault, filled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second look may begin before the first one knows the answer."""
    running = app()
    async with running.run_test(size=(120, 36)) as pilot:
        screen = await show(running, pilot, "secret")
        reloads = count(screen, monkeypatch)
        other.client().update_secret(SecretId=SECRET, Description="by somebody else")
        screen.look_for_changes()
        screen.look_for_changes()
        await settle(pilot)

        assert reloads == ["reload"]


async def test_who_opens_a_screen_leaves_one_event(app: MakeApp, vault: smtui.Vault, filled: Any) -> None:
    before = len(names(vault))
    async with run_cases(app(), LARGE) as cases:
        assert names(vault)[:-before] == [OPENING["list"]]
        for place, event in OPENING.items():
            if place != "list":
                async with cases.case(place):
                    before = len(names(vault))
                    await show(cases.app, cases.pilot, place)
                    assert names(vault)[:-before] == [event]


async def test_filter_order_pages_and_returning_are_no_further_accesses(
    app: MakeApp, vault: smtui.Vault, filled: Any
) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await show(running, pilot, "list")
        before = names(vault)
        await pilot.press("slash")
        await types(pilot, "prod/web")
        await until(pilot, lambda: "1 of " in screen_text(running))
        await pilot.press("escape", "s", "S", "x", "x")
        await settle(pilot)
        assert names(vault) == before
        await pilot.press("enter")
        await until(pilot, lambda: "r to reveal" in screen_text(running))
        await pilot.press("escape")
        await settle(pilot)

        assert names(vault) == ["DescribeSecret", *before]


async def test_to_look_at_versions_is_recorded_once(app: MakeApp, vault: smtui.Vault, filled: Any) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await show(running, pilot, "secret")
        before = names(vault)
        for _ in range(3):
            await pilot.press("2")
            await settle(pilot)
            await pilot.press("1")
            await settle(pilot)

        assert names(vault) == ["ListSecretVersionIds", *before]


async def test_what_was_recorded_comes_on_top_of_the_audit_log_while_the_cursor_stays(
    app: MakeApp, vault: smtui.Vault, other: smtui.Vault, filled: Any
) -> None:
    running = app()
    async with running.run_test(size=(120, 36)) as pilot:
        screen = await show(running, pilot, "audit log")
        assert isinstance(screen, EventsScreen)
        await pilot.press("j", "j")
        at, shown = screen.table.current, screen.table.count
        for value in "123":
            other.client().tag_resource(SecretId=SECRET, Tags=[{"Key": "a", "Value": value}])
        await poll(pilot, screen)

        assert screen.table.count == shown + 3
        assert screen.table.current == at
        ids = [event["eventID"] for event in screen._events]
        assert len(ids) == len(set(ids))
        assert ids == [event["eventID"] for event in vault.audit_log(changes_only=True)]


async def test_a_list_stays_as_it_was_left_while_somebody_writes(
    app: MakeApp, vault: smtui.Vault, other: smtui.Vault, filled: Any
) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        screen = await show(running, pilot, "list")
        assert isinstance(screen, SecretsScreen)
        await pilot.press("slash")
        await types(pilot, "prod")
        await until(pilot, lambda: "3 of " in screen_text(running))
        await pilot.press("escape", "space", "j")
        await settle(pilot)
        current = screen.secrets.current
        assert current is not None
        for number in range(3):
            other.client().create_secret(Name=f"prod/another-{number}", SecretString="x")
            await poll(pilot, screen, 1)

        assert screen.secrets.current is not None
        assert screen.secrets.current["ARN"] == current["ARN"]
        assert screen.list_query.text == "prod"
        assert len(screen.secrets.selection.entries) == 1
        assert "prod/another-2" in screen_text(running)


async def test_an_older_copy_in_the_file_is_announced_at_the_next_refresh(
    app: MakeApp, vault: smtui.Vault, filled: Any, tmp_path: Path
) -> None:
    """Another process writes it, because closing a file here would drop the locks that this process has on it."""
    old = tmp_path / "old.vault"
    vault.maintenance.backup(old)
    with smtui.open_vault(vault.path, PASSPHRASE) as brief:
        brief.client().create_secret(Name="newer", SecretString="v")
    async with run_cases(app(), LARGE) as cases:
        for place in [each for each in SCREENS if each != "manual"]:  # it reads nothing of the vault
            async with cases.case(place):
                screen = await show(cases.app, cases.pilot, place)
                if place == next(iter(SCREENS)):
                    subprocess.run([sys.executable, "-c", OVERWRITE, old, vault.path], check=True)
                await poll(cases.pilot, screen, 1)

                assert "An older copy of this vault" in " ".join(screen_text(cases.app).split())
        await cases.app.lock()
    assert vault.path.read_bytes() == old.read_bytes()
