"""Opens the screen of a secret, and looks at its labels."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from smtui.tui.app import SmtuiApp
from smtui.tui.secret.label_moves import collect_version_labels
from smtui.tui.secret.screen import SecretScreen
from tests.tui.conftest import screen_text, types, until, version_id
from tests.tui.driver import ID, get_screen, see

SMALL, LARGE = (80, 24), (120, 36)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
FIRST, SECOND = version_id(1), version_id(2)


@asynccontextmanager
async def open_first_secret(running: SmtuiApp, size: tuple[int, int] = SMALL) -> AsyncIterator[Pilot[None]]:
    """Opens the first secret of the list."""
    async with running.run_test(size=size) as pilot:
        await until(pilot, lambda: "1 secret ·" in screen_text(running))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, SecretScreen) and running.screen.secret is not None)
        yield pilot


def screen(app: SmtuiApp) -> SecretScreen:
    found = app.screen_stack[2]
    assert isinstance(found, SecretScreen)
    return found


async def go_to_versions(pilot: Pilot[None]) -> None:
    await pilot.press("v")
    await until(pilot, lambda: get_screen(pilot.app, SecretScreen).versions.has_focus)


async def type_new_label(pilot: Pilot[None], label: str) -> None:
    """Types a label for the second version, on which the cursor is, and accepts it."""
    await pilot.press("plus")
    await see(pilot, "Attach label to version 00000002")
    await types(pilot, label)
    await pilot.press("enter")


def read_labels(client: Any) -> dict[str, str]:
    return collect_version_labels(client.list_secret_version_ids(**ID, IncludeDeprecated=True)["Versions"])
