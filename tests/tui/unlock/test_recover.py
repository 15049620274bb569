"""Tests of unlocking with the recovery code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import smtui
from smtui.passphrase import strength
from smtui.passphrase.strength import Strength
from smtui.tui.help.screen import HelpScreen
from smtui.tui.leaving_app import CONFIRM_CODE
from smtui.tui.unlock.recover import RecoverScreen
from smtui.tui.unlock.recovery_code import RecoveryScreen
from smtui.tui.unlock.screen import UnlockScreen
from tests.conftest import PASSPHRASE
from tests.prepared_vault import PreparedVault
from tests.tui.conftest import MakeApp, paste, said, screen_text, types, until
from tests.tui.driver import get_screen
from tests.tui.test_read_states import holding

SMALL = (80, 24)
NEW = "tableware unsubtle sauna getaway armory hush"


@pytest.fixture
def code(vault: smtui.Vault, new_vault: PreparedVault, monkeypatch: pytest.MonkeyPatch) -> str:
    """Returns the recovery code of a closed vault."""
    monkeypatch.setattr(strength, "estimate_strength", lambda typed: Strength(78))
    vault.client().create_secret(Name="kept", SecretString="x")
    vault.close()
    return new_vault.recovery_code


async def test_the_code_opens_the_vault_and_a_passphrase_is_set(app: MakeApp, vault: smtui.Vault, code: str) -> None:
    """Lower case without dashes is accepted. Afterwards, the old passphrase and the old code are invalid."""
    running = app(locked=True)
    async with running.run_test(size=SMALL) as pilot:
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(running.screen, RecoverScreen))
        await types(pilot, code.replace("-", "").lower())
        assert "84 of 84" in screen_text(running)
        assert code[:6] not in screen_text(running)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: code[:6] in screen_text(running))
        await pilot.press("enter")
        await until(pilot, lambda: "Choose a new passphrase" in screen_text(running))
        for _ in range(2):
            await paste(pilot, NEW)
            await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, RecoveryScreen))
        new_code = str(running.screen.query_one("#code").render())
        await pilot.press("tab", "enter")
        await until(pilot, lambda: running.session and "kept" in screen_text(running))

    smtui.open_vault(vault.path, NEW).close()
    smtui.open_vault(vault.path, recovery_code=new_code).close()
    for old in ({"passphrase": PASSPHRASE}, {"recovery_code": code}):
        with pytest.raises(smtui.WrongPassphraseError):
            smtui.open_vault(vault.path, **old)


async def test_the_new_code_is_shown_above_whatever_was_opened_meanwhile(
    app: MakeApp, vault: smtui.Vault, code: str
) -> None:
    """The passphrase is changed by then, and no other code opens the vault."""
    running = app(locked=True)
    async with running.run_test(size=SMALL) as pilot, holding() as held:
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(running.screen, RecoverScreen))
        await paste(pilot, code)
        await pilot.press("enter")
        await until(pilot, lambda: "Choose a new passphrase" in screen_text(running))
        await paste(pilot, NEW)
        await pilot.press("enter")
        await paste(pilot, NEW)
        await until(pilot, lambda: running.input.is_idle)
        await held.hold()
        await pilot.press("enter")
        running.action_help()
        await until(pilot, lambda: isinstance(running.screen, HelpScreen))
        await held.release()
        await until(pilot, lambda: isinstance(running.screen, RecoveryScreen))


@pytest.mark.parametrize(("wrong", "sentence"), [
    (lambda last: "A" if last != "A" else "Q", "a letter or digit of it is wrong"),
    (lambda last: "9", "Group 14 of the recovery code is mistyped"),
    (lambda last: "", "mistyped or incomplete: 83 of 84"),
])  # fmt: skip
async def test_a_mistyped_code_stays_to_be_corrected(
    app: MakeApp, code: str, wrong: Callable[[str], str], sentence: str
) -> None:
    """The last letter is corrected, and the code opens the vault."""
    running = app(locked=True)
    async with running.run_test(size=SMALL) as pilot:
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(running.screen, RecoverScreen))
        await types(pilot, code[:-1] + wrong(code[-1]))
        await pilot.press("enter")
        await until(pilot, lambda: sentence in " ".join(screen_text(running).split()))
        await pilot.press(*["backspace"] * len(wrong(code[-1])), code[-1].lower(), "enter")

        await until(pilot, lambda: "Choose a new passphrase" in screen_text(running))
        assert get_screen(running, RecoverScreen).code.count == 0


async def test_a_code_of_another_vault_stays_too(app: MakeApp, code: str, tmp_path: Path) -> None:
    with smtui.create_vault(tmp_path / "other.vault", PASSPHRASE) as other:
        other_code = other.maintenance.take_recovery_code()
    running = app(locked=True)
    async with running.run_test(size=SMALL) as pilot:
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(running.screen, RecoverScreen))
        await paste(pilot, other_code)
        await pilot.press("enter")
        await until(pilot, lambda: "This recovery code does not open this vault" in screen_text(running))

        assert "84 of 84" in screen_text(running)


async def test_left_before_the_end_nothing_is_changed(app: MakeApp, vault: smtui.Vault, code: str) -> None:
    running = app(locked=True)
    async with running.run_test(size=SMALL) as pilot:
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(running.screen, RecoverScreen))
        await paste(pilot, code)
        await pilot.press("enter")
        await until(pilot, lambda: "Choose a new passphrase" in screen_text(running))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(running.screen, UnlockScreen))
        await until(pilot, lambda: [path.name for path in vault.path.parent.glob("*vault*")] == ["test.vault"])

    smtui.open_vault(vault.path, PASSPHRASE).close()


async def test_reading_only_it_opens_and_keeps_its_passphrase(app: MakeApp, vault: smtui.Vault, code: str) -> None:
    running = app(locked=True, read_only=True)
    async with running.run_test(size=SMALL) as pilot:
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(running.screen, RecoverScreen))
        await paste(pilot, code)
        await pilot.press("enter")

        await until(pilot, lambda: running.session and running.session.read_only)
    smtui.open_vault(vault.path, PASSPHRASE).close()


async def test_the_lock_leaves_a_vault_that_the_code_has_opened(
    app: MakeApp, vault: smtui.Vault, code: str
) -> None:
    """Ctrl+L on the form of the new passphrase closes the vault, which is unchanged."""
    running = app(locked=True)
    async with running.run_test(size=SMALL) as pilot:
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(running.screen, RecoverScreen))
        await paste(pilot, code)
        await pilot.press("enter")
        await until(pilot, lambda: "Choose a new passphrase" in screen_text(running))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(running.screen, UnlockScreen))

        assert "Locked by Ctrl+L." in screen_text(running)
        await until(pilot, lambda: [path.name for path in vault.path.parent.glob("*vault*")] == ["test.vault"])

    smtui.open_vault(vault.path, PASSPHRASE).close()


async def test_the_lock_waits_for_the_new_code_to_be_noted(app: MakeApp, code: str) -> None:
    """Ctrl+L on the card of the new code says what to do first, and the code stays."""
    running = app(locked=True)
    async with running.run_test(size=SMALL) as pilot:
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(running.screen, RecoverScreen))
        await paste(pilot, code)
        await pilot.press("enter")
        await until(pilot, lambda: "Choose a new passphrase" in screen_text(running))
        for _ in range(2):
            await paste(pilot, NEW)
            await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, RecoveryScreen))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: said(running) == [CONFIRM_CODE])
        assert isinstance(running.screen, RecoveryScreen)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: running.session)
