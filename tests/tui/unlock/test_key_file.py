"""Tests of the key file on the screens: first run, unlock, change of passphrase, recovery."""

from __future__ import annotations

from pathlib import Path

import pytest

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.unlock.create import CreateScreen
from smtui.tui.unlock.new_passphrase import NewPassphrase
from smtui.tui.unlock.recover import RecoverScreen
from smtui.tui.unlock.recovery_code import RecoveryScreen
from smtui.tui.unlock.screen import UnlockScreen
from smtui.tui.vault.change_passphrase import ChangePassphrase
from tests.conftest import PASSPHRASE
from tests.tui.conftest import MakeApp, paste, screen_text, types, until

NEW = "tableware unsubtle sauna getaway armory hush"


@pytest.fixture
def key_file(vault: smtui.Vault, tmp_path: Path) -> Path:
    """The key file of the vault, which is locked."""
    path = tmp_path / "team.key"
    path.write_bytes(b"a key file")
    path.chmod(0o600)
    vault.maintenance.change_passphrase(PASSPHRASE, key_file=path)
    vault.close()
    return path


async def test_the_unlock_screen_asks_for_the_path(app: MakeApp, vault: smtui.Vault, key_file: Path) -> None:
    """Without a path, nothing is derived and the passphrase stays; the path of the last unlock is offered again."""
    running = app(locked=True)
    async with running.run_test(size=(80, 24)) as pilot:
        screen = running.screen
        assert isinstance(screen, UnlockScreen)
        await until(pilot, lambda: screen.key_file.is_shown)
        await types(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: "needs its key file" in screen_text(running))
        assert screen.passphrase.count == len(PASSPHRASE) and screen.key_file.has_focus
        await paste(pilot, str(key_file))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: running.session)
        assert running.key_file == str(key_file)


async def test_a_given_path_needs_no_typing(app: MakeApp, vault: smtui.Vault, key_file: Path) -> None:
    running = app(locked=True)
    running.key_file = str(key_file)
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: str(key_file)[:30] in screen_text(running))
        await types(pilot, "wrong")
        await pilot.press("enter")
        await until(pilot, lambda: "Wrong passphrase or key file" in screen_text(running))
        await types(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: running.session)


async def test_a_file_open_to_others_is_refused(app: MakeApp, vault: smtui.Vault, key_file: Path) -> None:
    key_file.chmod(0o644)
    running = app(locked=True)
    running.key_file = str(key_file)
    async with running.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: str(key_file)[:30] in screen_text(running))
        await types(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: "chmod 600" in screen_text(running))


async def test_a_vault_without_a_key_file_has_no_field(app: MakeApp, vault: smtui.Vault) -> None:
    vault.close()
    running = app(locked=True)
    running.key_file = "/somewhere"
    async with running.run_test(size=(80, 24)) as pilot:
        await types(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: running.session)


async def test_the_first_run_makes_a_vault_with_a_key_file(app: MakeApp, vault: smtui.Vault, tmp_path: Path) -> None:
    """F5 adds the key file, which is created, and F6 the more expensive derivation."""
    vault.close()
    vault.path.unlink()
    path = tmp_path / "new.key"
    running = app(locked=True)
    async with running.run_test(size=(80, 24)) as pilot:
        assert isinstance(running.screen, CreateScreen)
        await pilot.press("f5")
        await until(pilot, lambda: "Key file, needed" in screen_text(running))
        await paste(pilot, str(path))
        await pilot.press("enter", "f6")
        await until(pilot, lambda: "256 MiB" in screen_text(running))
        for _ in range(2):
            await paste(pilot, NEW)
            await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, RecoveryScreen))
        assert path.stat().st_mode & 0o077 == 0
        assert vault.path.read_bytes()[0] == 0x82
    smtui.open_vault(vault.path, NEW, key_file=path).close()


async def test_an_empty_path_is_told(app: MakeApp, vault: smtui.Vault) -> None:
    vault.close()
    vault.path.unlink()
    running = app(locked=True)
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("f5", "enter")
        for _ in range(2):
            await paste(pilot, NEW)
            await pilot.press("enter")
        await until(pilot, lambda: "Enter the path of the key file" in screen_text(running))
        assert not vault.path.exists()


async def _open_dialog(running: SmtuiApp, vault: smtui.Vault) -> ChangePassphrase:
    dialog = ChangePassphrase(vault)
    await running.push_screen(dialog)
    return dialog


@pytest.mark.parametrize("choice", ["keep", "remove", "replace"])
async def test_a_change_keeps_removes_or_replaces_it(
    app: MakeApp, vault: smtui.Vault, tmp_path: Path, choice: str
) -> None:
    old, new = tmp_path / "old.key", tmp_path / "new.key"
    for each in (old, new):
        each.write_bytes(each.name.encode())
        each.chmod(0o600)
    vault.maintenance.change_passphrase(PASSPHRASE, key_file=old)
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        dialog = await _open_dialog(running, vault)
        await until(pilot, lambda: "empty keeps the current one" in screen_text(running))
        form = dialog.query_one(NewPassphrase)
        if choice == "remove":
            await pilot.press("f5")
            await until(pilot, lambda: "No key file from now on" in screen_text(running))
        elif choice == "replace":
            form.key_file.value = str(new)
        form.first.type(NEW)
        change = form.take_change()
    change.apply(vault)
    change.wipe()
    assert not any(change.passphrase)
    assert vault.maintenance.has_key_file == (choice != "remove")
    vault.close()
    used = {"keep": old, "remove": None, "replace": new}[choice]
    smtui.open_vault(vault.path, NEW, key_file=used).close()


async def test_recovery_asks_for_the_key_file_or_removes_it(
    app: MakeApp, vault: smtui.Vault, key_file: Path
) -> None:
    with smtui.open_vault(vault.path, PASSPHRASE, key_file=key_file) as opened:
        opened.maintenance.change_passphrase(PASSPHRASE)
        code = opened.maintenance.take_recovery_code()
    running = app(locked=True)
    async with running.run_test(size=(80, 30)) as pilot:
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(running.screen, RecoverScreen))
        await paste(pilot, code)
        await pilot.press("enter")
        await until(pilot, lambda: "enter the path of the current one" in screen_text(running))
        for _ in range(2):
            await paste(pilot, NEW)
            await pilot.press("enter")
        await until(pilot, lambda: "press F5 to use none" in screen_text(running))
        await pilot.press("f5")
        screen = running.screen
        assert isinstance(screen, RecoverScreen)
        screen.form.again.focus()
        await until(pilot, lambda: screen.form.again.has_focus)
        screen.form.again.clear()
        await paste(pilot, NEW)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, RecoveryScreen))
    smtui.open_vault(vault.path, NEW).close()


async def test_a_passphrase_typed_before_the_file_was_examined(
    app: MakeApp, vault: smtui.Vault, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The field of the key file appears all the same."""
    monkeypatch.setattr(UnlockScreen, "look", lambda self: None)
    running = app(locked=True)
    running.key_file = str(key_file)
    async with running.run_test(size=(80, 24)) as pilot:
        await types(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: running.session)
