"""Tests of the command line on the screens: what `:` runs, completes, remembers and refuses."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

import smtui
from smtui.backends.local import Vault
from smtui.system import recent_vaults
from smtui.tui.app import SmtuiApp
from smtui.tui.audit.screen import AuditLogScreen
from smtui.tui.command_line.screen import CommandLine
from smtui.tui.command_line.secret_names import find_similar_names
from smtui.tui.generator.screen import GeneratorScreen
from smtui.tui.health.screen import HealthScreen
from smtui.tui.help.screen import HelpScreen
from smtui.tui.policy.screen import PolicyScreen
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret_list.screen import SecretsScreen
from smtui.tui.settings.screen import SettingsScreen
from smtui.tui.unlock.screen import UnlockScreen
from smtui.tui.vault.screen import VaultScreen
from tests.conftest import PASSPHRASE
from tests.tui.conftest import MakeApp, screen_text, types, until
from tests.tui.driver import SMALL, get_screen, join_screen_text, see, wait_for_screen


async def command(pilot: Pilot[None], line: str) -> None:
    """Types a command and presses Enter."""
    await pilot.press("colon")
    await types(pilot, line)
    await pilot.press("enter")


async def test_commands_go_to_places_and_do_what_keys_do(app: MakeApp, filled: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        places: tuple[tuple[str, type[Screen[Any]]], ...] = (
            ("health", HealthScreen), ("aud", AuditLogScreen), ("settings", SettingsScreen), ("vault", VaultScreen),
            ("secret prod/web/session", SecretScreen), ("policy", PolicyScreen), ("secrets", SecretsScreen),
            ("password", GeneratorScreen),
        )
        for line, kind in places:
            await command(pilot, line)
            await wait_for_screen(pilot, kind)
        await pilot.press("escape")
        await command(pilot, "region eu-west-1")
        await until(pilot, lambda: "eu-west-1" in screen_text(running).splitlines()[0])
        await command(pilot, "help")
        await wait_for_screen(pilot, HelpScreen)
        await command(pilot, "lock")
        await wait_for_screen(pilot, UnlockScreen)


async def test_a_secret_that_never_existed(app: MakeApp, filled: Any) -> None:
    """The command line stays open with what was typed, says that there is no such secret, and suggests names."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await command(pilot, "secret nope")
        await see(pilot, "There is no secret named nope in us-east-1.")
        assert "no longer" not in screen_text(running) and isinstance(running.screen, CommandLine)
        await pilot.press(*["backspace"] * 4)
        await types(pilot, "prod/web/sesion")
        await pilot.press("enter")
        await until(pilot, lambda: "Did you mean prod/web/session?" in join_screen_text(running))
        await pilot.press(*["backspace"] * 6)
        await types(pilot, "session")
        await pilot.press("enter")
        await wait_for_screen(pilot, SecretScreen)


@pytest.mark.parametrize(("typed", "found"), [
    ("db", ["prod/db", "prod/payments/db"]), ("prdo/db", ["prod/db"]), ("ppdb", ["prod/payments/db"]), ("zzz", []),
])
def test_names_like_one_that_does_not_exist(typed: str, found: list[str]) -> None:
    assert find_similar_names(typed, ["prod/payments/db", "prod/db", "shared/wifi"]) == found


async def test_a_secret_by_characters_of_its_name(app: MakeApp, filled: Any, vault: smtui.Vault) -> None:
    """Tab inserts the best match, then the next one. Reading the names is no access that the audit log records."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        events = len(list(vault.audit_log()))
        await pilot.press("colon")
        await types(pilot, "secret websess")
        matches = running.screen.query_one("#matches", Static)
        await until(pilot, lambda: str(matches.render()).strip() == "prod/web/session")
        assert len(list(vault.audit_log())) == events
        await pilot.press("tab", "enter")
        await wait_for_screen(pilot, SecretScreen)
        await see(pilot, "prod/web/session")


async def test_read_only_and_back(app: MakeApp, filled: Any) -> None:
    """`:ro` refuses changes at once, without leaving the screen; `:rw` asks first. Undo survives both."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        session = running.session
        await command(pilot, "settings")
        await wait_for_screen(pilot, SettingsScreen)
        await command(pilot, "ro")
        await until(pilot, lambda: "read-only" in screen_text(running).splitlines()[0])
        assert isinstance(running.screen, SettingsScreen)
        await command(pilot, "secrets")
        await wait_for_screen(pilot, SecretsScreen)
        assert "read-only" in screen_text(running).splitlines()[0]
        await pilot.press("a")
        await pilot.pause()
        assert isinstance(running.screen, SecretsScreen)
        await command(pilot, "ro")
        await see(pilot, "This session is already read-only.")
        await pilot.press("escape")
        await command(pilot, "rw")
        await see(pilot, "Leave read-only mode?")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "read-only" not in screen_text(running).splitlines()[0])
        assert running.session is session


async def test_completion_and_suggestions(app: MakeApp, filled: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("colon")
        await types(pilot, "he")
        await see(pilot, "health  Go to Health")
        await see(pilot, "help    Show the keys of this screen")
        await pilot.press("tab")
        assert get_screen(running, CommandLine).line.value == "health"
        await pilot.press("tab")
        assert get_screen(running, CommandLine).line.value == "help"
        await pilot.press("ctrl+u")
        await types(pilot, "region us-e")
        await see(pilot, "us-east-2")
        await pilot.press("tab", "tab", "tab")
        assert get_screen(running, CommandLine).line.value == "region us-east-2"


async def test_history_holds_what_ran_until_the_lock(app: MakeApp, filled: Any) -> None:
    """A line that did not run, such as a pasted password, is not remembered; nothing is after the lock."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await command(pilot, "region eu-west-1")
        await until(pilot, lambda: "eu-west-1" in screen_text(running).splitlines()[0])
        await command(pilot, "hunter2")
        await see(pilot, "Unknown command “hunter2”")
        await pilot.press("escape")
        await command(pilot, "health")
        await wait_for_screen(pilot, HealthScreen)
        await pilot.press("colon", "a", "up", "up")
        line = get_screen(running, CommandLine).line
        assert line.value == "region eu-west-1"
        await pilot.press("up")
        assert line.value == "region eu-west-1"
        await pilot.press("down", "down")
        assert line.value == "a"
        await pilot.press("escape", "ctrl+l")
        await wait_for_screen(pilot, UnlockScreen)
        await types(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: running.session)
        assert running.session is not None and running.session.commands == []


async def test_what_cannot_run_is_told_in_the_line(app: MakeApp, filled: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        for line, sentence in (
            ("helth", "Did you mean “health”?"), ("roll-back", "“roll-back” does not work on this screen."),
            ("rw", "This session can already change secrets."), ("region mars", "“mars” is not a Region."),
            ("vault nowhere", "No recent vault is called “nowhere”."),
        ):
            await command(pilot, line)
            await see(pilot, sentence)
            assert isinstance(running.screen, CommandLine)
            await pilot.press("escape")
        await pilot.press("colon", "backspace")
        await wait_for_screen(pilot, SecretsScreen)


async def test_a_vault_by_its_name(app: MakeApp, vault: Vault, filled: Any, tmp_path: Any) -> None:
    """`:vault NAME` shows the other vault, and the one before stays open."""
    other = tmp_path / "team.vault"
    smtui.create_vault(other, PASSPHRASE).close()
    recent_vaults.remember_vault(other)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("colon")
        await types(pilot, "vault t")
        await see(pilot, " team")
        await pilot.press("tab", "enter")
        await wait_for_screen(pilot, UnlockScreen)
        assert get_screen(running, UnlockScreen)._path == other
        assert not vault.locked and [each.session.vault for each in running.parked] == [vault]


async def test_a_policy_that_is_edited_is_not_lost(app: MakeApp, database: Any) -> None:
    """A command that leaves asks before it discards what was typed."""
    running: SmtuiApp = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "1 secret ·")
        await command(pilot, "secret prod/db")
        await wait_for_screen(pilot, SecretScreen)
        await command(pilot, "policy")
        await wait_for_screen(pilot, PolicyScreen)
        await see(pilot, "attached")
        await pilot.press("e", "{")
        await pilot.press("colon")
        await pilot.pause()
        assert isinstance(running.screen, PolicyScreen), "a colon in the editor is text"
        running.set_focus(None)
        await command(pilot, "health")
        await see(pilot, "Discard changes?")
        await pilot.press("enter")
        await wait_for_screen(pilot, PolicyScreen)


@pytest.mark.parametrize("size", [SMALL, (120, 36)], ids=["80x24", "120x36"])
@pytest.mark.usefixtures("one_time_and_place")
def test_looks(snap_compare: Any, app: MakeApp, filled: Any, size: tuple[int, int]) -> None:
    async def there(pilot: Pilot[None]) -> None:
        await see(pilot, "5 secrets")
        await pilot.press("colon")
        await types(pilot, "re")

    assert snap_compare(app(), terminal_size=size, run_before=there)
