"""Tests of going back: to one of the secrets opened last, and to the one before."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from smtui.tui.secret.tabs import SecretTab
from tests.tui.conftest import MakeApp, screen_text, until
from tests.tui.driver import hear, see

SMALL = (80, 24)


async def open_secret(pilot: Pilot[None], key: str, name: str) -> None:
    """Opens a secret of the list, and waits until it is read."""
    await pilot.press(key, "enter")
    await see_secret(pilot, name)


async def see_secret(pilot: Pilot[None], name: str) -> None:
    app: Any = pilot.app
    await until(pilot, lambda: isinstance(app.screen, SecretTab) and screen_text(app).splitlines()[2].split()[:1] == [
        name])


async def test_back_to_the_secret_before(app: MakeApp, filled: Any) -> None:
    """J goes to and fro between two secrets, also from the list; H lists the last ones, the newest first."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("J")
        await hear(pilot, "No other secret was opened")
        await open_secret(pilot, "g", "dev/web/flags")
        await pilot.press("escape")
        await open_secret(pilot, "j", "prod/payments/db")
        await pilot.press("J")
        await see_secret(pilot, "dev/web/flags")
        await pilot.press("J")
        await see_secret(pilot, "prod/payments/db")
        await pilot.press("escape", "J")
        await see_secret(pilot, "prod/payments/db")

        await pilot.press("escape", "H")
        await see(pilot, "Recent secrets")
        await pilot.press("j", "enter")
        await see_secret(pilot, "dev/web/flags")


async def test_recent_secrets_end_with_the_session(app: MakeApp, filled: Any) -> None:
    """Their names are secret too."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await open_secret(pilot, "g", "dev/web/flags")
        assert running.session is not None and len(running.session.recent_secrets) == 1
        await pilot.press("ctrl+l")
        await see(pilot, "Locked by Ctrl+L.")
        assert running.session is None


async def test_favorites_stay_for_the_next_session(app: MakeApp, filled: Any) -> None:
    """I makes the secret under the cursor, or the one that is open, a favorite; ' lists them."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("apostrophe")
        await see(pilot, "No favourites yet.")
        await pilot.press("escape", "j", "I")
        await hear(pilot, "prod/payments/db is a favourite.")
        await see(pilot, "★ prod/payments/db")
        await open_secret(pilot, "G", "shared/wifi")
        await pilot.press("I")
        await hear(pilot, "shared/wifi is a favourite.")
        await pilot.press("escape", "apostrophe")
        await see(pilot, "Favourite secrets")
        await pilot.press("enter")
        await see_secret(pilot, "prod/payments/db")
        await pilot.press("I")
        await hear(pilot, "prod/payments/db is no longer a favourite.")
        assert running.session is not None and len(running.session.vault.favorites.list_arns()) == 1
        await pilot.press("escape")
        await see(pilot, "★ shared/wifi")
        assert screen_text(running).count("★") == 1
