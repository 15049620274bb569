"""Tests of the unlock screen."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.backends import keyring_store, opening
from smtui.system.settings import Settings
from smtui.tui.app import SmtuiApp
from smtui.tui.unlock.screen import UnlockScreen
from tests.conftest import PASSPHRASE
from tests.tui.conftest import MakeApp, paste, screen_text, types, until


async def test_the_passphrase_opens_the_vault(app: MakeApp, vault: smtui.Vault) -> None:
    """The passphrase and Enter open the session."""
    vault.close()
    running = app(locked=True)
    async with running.run_test(size=(80, 24)) as pilot:
        assert str(vault.path)[:40] in screen_text(running)
        await types(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: running.session)

        assert not isinstance(running.screen, UnlockScreen)


async def test_a_wrong_passphrase_says_so_and_lets_one_retry(app: MakeApp, vault: smtui.Vault) -> None:
    """The message disappears when the next attempt starts."""
    vault.close()
    running = app(locked=True)
    async with running.run_test(size=(80, 24)) as pilot:
        await types(pilot, "wrong")
        await pilot.press("enter")
        await until(pilot, lambda: "Wrong passphrase" in screen_text(running))
        await paste(pilot, PASSPHRASE)
        assert "Wrong passphrase" not in screen_text(running)
        await pilot.press("enter")

        await until(pilot, lambda: running.session)


async def test_nothing_typed_opens_nothing(app: MakeApp, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter in the empty prompt gives a message, without a key derivation."""
    monkeypatch.setattr(smtui, "open_vault", None, raising=False)
    running = app(locked=True)
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")

        await until(pilot, lambda: "Enter the passphrase" in screen_text(running))


async def test_the_bytes_typed_are_wiped(app: MakeApp, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """The buffer of the passphrase is wiped, whether the vault opened or not."""
    vault.close()
    given: list[bytearray] = []

    def watched(path: Path, passphrase: bytearray, **more: Any) -> smtui.Vault:
        given.append(passphrase)
        return opening.open_vault(path, passphrase, **more)

    monkeypatch.setattr(smtui, "open_vault", watched, raising=False)
    running = app(locked=True)
    async with running.run_test(size=(80, 24)) as pilot:
        for typed in ("wrong", PASSPHRASE):
            await paste(pilot, typed)
            await pilot.press("enter")
            await until(pilot, lambda: not running.screen.query("#passphrase:disabled"))

        assert [len(each) for each in given] == [5, len(PASSPHRASE)]
        assert not any(map(any, given))


async def test_the_screen_lives_while_the_key_is_derived(
    app: MakeApp, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is derived in a thread; meanwhile, the screen shows the progress and the prompt is disabled."""
    go_on = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(*_: Any, **__: Any) -> smtui.Vault:
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(20)
        return vault

    monkeypatch.setattr(smtui, "open_vault", slow, raising=False)
    running = app(locked=True)
    async with running.run_test(size=(80, 24)) as pilot:
        await types(pilot, "x")
        await pilot.press("enter")
        await until(pilot, lambda: "Deriving the key…" in screen_text(running))
        assert running.screen.passphrase.disabled
        go_on.set()

        await until(pilot, lambda: running.session)


def truncate(path: Path) -> None:
    os.truncate(path, 700)


def vanish(path: Path) -> None:
    path.unlink()


def become_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("harm", [truncate, vanish, become_a_folder])
async def test_a_vault_that_cannot_be_opened_says_why(app: MakeApp, vault: smtui.Vault, harm: Any) -> None:
    """For every error of the file, the screen shows its message and stays open."""
    vault.close()
    running = app(locked=True)
    async with running.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        harm(vault.path)
        with pytest.raises(smtui.VaultError) as refused:
            opening.open_vault(vault.path, PASSPHRASE)
        await paste(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: running.screen.said.has_class("-error"))
        beginning = str(refused.value)[:15]

        assert beginning in screen_text(running)
        assert isinstance(running.screen, UnlockScreen)


async def test_read_only_is_passed_on(app: MakeApp, vault: smtui.Vault) -> None:
    """`--read-only` opens the vault read-only, with a message that reads are not recorded."""
    vault.close()
    running = app(locked=True, read_only=True)
    async with running.run_test(size=(80, 24)) as pilot:
        await paste(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: running.session)

        assert running.session is not None and running.session.vault.read_only
        assert any("will not be recorded" in toast.message for toast in running._notifications)


@pytest.mark.parametrize("opted_in", [True, False])
async def test_the_keyring_is_offered_to_who_wants_it(
    app: MakeApp, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch, opted_in: bool
) -> None:
    """With the setting and a stored key, Ctrl+K unlocks; without the setting, the keyring is not accessed."""
    key = vault.unlock_key()
    vault.close()
    asked: list[Path] = []
    monkeypatch.setattr(keyring_store, "load", lambda path: asked.append(path) or key)
    running = app(locked=True, settings=Settings(keyring=opted_in))
    async with running.run_test(size=(80, 24)) as pilot:
        if not opted_in:
            await pilot.press("ctrl+k")
            assert not asked and running.session is None
            return
        await until(pilot, lambda: "^K Use keyring" in screen_text(running))
        await pilot.press("ctrl+k")

        await until(pilot, lambda: running.session)


async def test_the_title_of_the_window_holds_no_secret(app: MakeApp) -> None:
    """The window title is always the program's name."""
    running: SmtuiApp = app()
    async with running.run_test(size=(80, 24)):
        assert (running.title, running.sub_title) == ("smtui", "")


@pytest.mark.parametrize("key", ["f1", "ctrl+p", "f3"])
@pytest.mark.parametrize("there", [True, False], ids=["unlock", "first run"])
async def test_what_lies_over_a_card_has_the_screen_to_itself(
    app: MakeApp, tmp_path: Path, key: str, there: bool
) -> None:
    """The card below is not visible around the upper one."""
    running = app(locked=True)
    if not there:
        running.path = tmp_path / "none.vault"
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "╰" in screen_text(running))
        await pilot.press(key)
        await until(pilot, lambda: len(running.screen_stack) == 3)
        await pilot.pause()

        assert screen_text(running).count("╰") <= 1
