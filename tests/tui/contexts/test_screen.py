"""Tests of the Regions and vaults screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.system import recent_vaults
from smtui.system.settings import Settings
from smtui.tui.app import SmtuiApp
from smtui.tui.contexts.screen import RegionsScreen
from smtui.tui.secret_list.screen import SecretsScreen
from smtui.tui.unlock.create import CreateScreen
from smtui.tui.unlock.screen import UnlockScreen
from tests.conftest import PASSPHRASE
from tests.tui.conftest import MakeApp, paste, said, screen_text, types, until

SMALL = (80, 24)


@pytest.fixture
def other_region(vault: smtui.Vault, filled: Any) -> None:
    """Creates a secret in another Region."""
    vault.client(region_name="eu-central-1").create_secret(Name="abroad", SecretString="x")


@pytest.fixture
def other(tmp_path: Path, cheap_kdf: None) -> Path:
    smtui.create_vault(tmp_path / "other.vault", PASSPHRASE).close()
    recent_vaults.remember_vault(tmp_path / "other.vault")
    return tmp_path / "other.vault"


async def test_another_region_is_looked_at(app: MakeApp, other_region: None) -> None:
    """The list shows the number of secrets per Region. The header shows the Region if it is not the home Region."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "5 secrets" in screen_text(running))
        await pilot.press("c")
        await until(pilot, lambda: "eu-central-1" in screen_text(running))
        lines = screen_text(running).splitlines()
        assert [line.strip("│").split() for line in lines if line.startswith(("│ eu-", "│ us-"))] == [
            ["eu-central-1", "1"], ["us-east-1", "5", "here,", "home"],
        ]
        await pilot.press("up", "enter")
        await until(pilot, lambda: "abroad" in screen_text(running))

        assert isinstance(running.screen, SecretsScreen)
        assert screen_text(running).splitlines()[0].endswith("eu-central-1")


async def test_a_region_without_secrets_can_be_named(app: MakeApp, filled: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        await pilot.press("c")
        await until(pilot, lambda: "us-east-1" in screen_text(running))
        await pilot.press("a")
        await until(pilot, lambda: "Go to Region" in screen_text(running))
        await types(pilot, "nowhere")
        await pilot.press("enter")
        await until(pilot, lambda: "Enter a Region such as us-east-1." in screen_text(running))
        assert "nowhere" in screen_text(running), "what is typed stays"
        await pilot.press("ctrl+u")
        await types(pilot, "us-west-2")
        await pilot.press("enter")

        await until(pilot, lambda: running.session and running.session.region == "us-west-2")
        assert "No secrets yet" in screen_text(running)
        assert said(running) == []
        await pilot.press("c", "a")
        await until(pilot, lambda: "Go to Region" in screen_text(running))
        await types(pilot, "mars-1")
        await pilot.press("enter")
        await until(pilot, lambda: said(running) == ["No AWS Region named mars-1 is known."])


async def test_another_vault_keeps_this_one_open(app: MakeApp, vault: smtui.Vault, other: Path) -> None:
    """The open vault is remembered; the other one asks for its passphrase. A key returns to the first."""
    running = app(locked=True)
    vault.close()
    async with running.run_test(size=SMALL) as pilot:
        await paste(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: running.session)
        session = running.session
        await pilot.press("o", "c")
        await until(pilot, lambda: isinstance(running.screen, RegionsScreen))
        await pilot.press("tab")
        await until(pilot, lambda: "other.vault" in screen_text(running))
        assert "open" in next(line for line in screen_text(running).splitlines() if line.startswith("│ test.vault"))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(running.screen, UnlockScreen) and running.session is None)
        assert session is not None and not session.vault.locked
        assert "other.vault" in "".join(screen_text(running).replace("│", " ").split()), "a long path is wrapped"
        await paste(pilot, PASSPHRASE)
        await pilot.press("enter")

        await until(pilot, lambda: running.session and running.session.vault.path == other)
        await pilot.press("0")
        await until(pilot, lambda: running.session is session)
    assert recent_vaults.list_recent_vaults() == [other, vault.path]


async def test_a_vault_can_be_forgotten(app: MakeApp, other: Path) -> None:
    """The vault is removed only from the list."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        await pilot.press("c", "tab")
        await until(pilot, lambda: "other.vault" in screen_text(running))
        await pilot.press("f8")
        await until(pilot, lambda: "No recent vaults" in screen_text(running))

    assert other.exists()
    assert recent_vaults.list_recent_vaults() == []


async def test_who_does_not_want_it_is_not_remembered(app: MakeApp, vault: smtui.Vault) -> None:
    vault.close()
    running = app(locked=True, settings=Settings(remember_vaults=False))
    async with running.run_test(size=SMALL) as pilot:
        await paste(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: running.session)

    assert recent_vaults.list_recent_vaults() == []


# Without an open vault.


async def test_a_vault_by_its_path(app: MakeApp, other: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """→ completes the path from the file system."""
    recent_vaults.forget_vaults()
    monkeypatch.chdir(other.parent)
    running = app(locked=True)
    async with running.run_test(size=SMALL) as pilot:
        await pilot.press("f3")
        await until(pilot, lambda: "Path of the vault" in screen_text(running))
        await types(pilot, "oth")
        await until(pilot, lambda: "other.vault" in screen_text(running))
        await pilot.press("right", "enter")

        await until(pilot, lambda: isinstance(running.screen, UnlockScreen) and running.path.absolute() == other)


async def test_where_there_is_no_file_one_is_made(app: MakeApp, tmp_path: Path) -> None:
    running = app(locked=True)
    async with running.run_test(size=SMALL) as pilot:
        await pilot.press("f3")
        await until(pilot, lambda: "Path of the vault" in screen_text(running))
        await paste(pilot, str(tmp_path / "new.vault"))
        await pilot.press("enter")

        await until(pilot, lambda: isinstance(running.screen, CreateScreen))
        assert not (tmp_path / "new.vault").exists()


@pytest.mark.parametrize(("harm", "title", "keys"), [
    (lambda path: path.unlink(), "No vault found", ("Retry", "Create vault")),
    (lambda path: path.write_bytes(path.read_bytes()[:-1]), "This vault is damaged", ("Retry", "Recover")),
    (lambda path: path.write_text("x"), "Cannot read this file", ("Retry", "Recover")),
    (lambda path: path.rename(path.with_name("x")) and path.symlink_to(path.with_name("x")), "File not opened",
     ("Retry",)),
], ids=["missing", "damaged", "no-vault", "link"])  # fmt: skip
async def test_what_is_wrong_is_said_before_anybody_types(
    vault: smtui.Vault, harm: Any, title: str, keys: tuple[str, ...],
) -> None:
    """A card shows the problem, the remedies, and their keys."""
    vault.close()
    whole = vault.path.read_bytes()
    running = SmtuiApp(vault.path, Settings(), vault=None)
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "Passphrase" in screen_text(running))
        harm(vault.path)
        await running.show_only(UnlockScreen(vault.path))
        await until(pilot, lambda: title in screen_text(running))
        for key in (*keys, "Another vault"):
            assert key in screen_text(running)
        assert "Passphrase" not in screen_text(running)
        vault.path.unlink(missing_ok=True)
        vault.path.write_bytes(whole)
        await pilot.press("enter")
        await until(pilot, lambda: "Passphrase" in screen_text(running))
        await paste(pilot, PASSPHRASE)
        await pilot.press("enter")

        await until(pilot, lambda: running.session)
