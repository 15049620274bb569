"""Tests of going back: to one of the secrets opened last, and to the one before."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from smtui.tui.secret.tabs import SecretTab
from tests.tui.conftest import FakeTool, MakeApp, screen_text, until
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
        await hear(pilot, "prod/payments/db added to favourites.")
        await see(pilot, "★ prod/payments/db")
        await open_secret(pilot, "G", "shared/wifi")
        await pilot.press("I")
        await hear(pilot, "shared/wifi added to favourites.")
        await pilot.press("escape", "apostrophe")
        await see(pilot, "Favourite secrets")
        await pilot.press("enter")
        await see_secret(pilot, "prod/payments/db")
        await pilot.press("I")
        await hear(pilot, "prod/payments/db removed from favourites.")
        assert running.session is not None and len(running.session.vault.favorites.list_arns()) == 1
        await pilot.press("escape")
        await see(pilot, "★ shared/wifi")
        assert screen_text(running).count("★") == 1


async def test_a_secret_that_was_copied_is_recent_too(app: MakeApp, filled: Any, tool: FakeTool) -> None:
    """Copying from the list is how many secrets are used."""
    async with app().run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("end", "ctrl+y")
        await hear(pilot, "shared/wifi")
        await pilot.press("H")
        await see(pilot, "Recent secrets")
        await pilot.press("enter")
        await see_secret(pilot, "shared/wifi")
