"""Snapshots of a secret. Review each snapshot before you accept it."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from smtui.system.settings import Settings
from smtui.text.sanitize import SafeText
from smtui.tui.secret.screen import SecretScreen
from tests.tui.conftest import MakeApp, types, until, version_id
from tests.tui.driver import get_screen, get_session, see

SMALL, LARGE = (80, 24), (120, 36)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
ALL_SIZES = pytest.mark.parametrize(
    "size", [(60, 16), SMALL, LARGE, (200, 50)], ids=["60x16", "80x24", "120x36", "200x50"])

pytestmark = pytest.mark.usefixtures("one_time_and_place")


async def open_it(pilot: Pilot[None]) -> None:
    await see(pilot, "1 secret ·")
    await pilot.press("enter")
    await see(pilot, "r to reveal")


async def to_versions(pilot: Pilot[None]) -> None:
    await open_it(pilot)
    await pilot.press("v")
    await until(pilot, lambda: get_screen(pilot.app, SecretScreen).versions.has_focus)


@SIZES
def test_hidden(snap_compare: Any, app: MakeApp, database: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app(), terminal_size=size, run_before=open_it)


@ALL_SIZES
def test_one_key_revealed(snap_compare: Any, app: MakeApp, database: Any, size: tuple[int, int]) -> None:
    """The port is revealed without a timeout, so that the snapshot contains no countdown."""

    async def reveal(pilot: Pilot[None]) -> None:
        await open_it(pilot)
        await pilot.press("r")
        await see(pilot, "port")
        await pilot.press("j", "r")
        await see(pilot, "5432")

    assert snap_compare(app(settings=Settings(reveal_timeout=0)), terminal_size=size, run_before=reveal)


@ALL_SIZES
def test_a_label_in_the_hand(snap_compare: Any, app: MakeApp, database: Any, size: tuple[int, int]) -> None:
    """The label is struck through at its version, and between arrows at the target."""
    database.put_secret_value(SecretId="prod/db", SecretString="x", VersionStages=["AWSPENDING"],
                              ClientRequestToken=version_id(3))

    async def carry(pilot: Pilot[None]) -> None:
        await to_versions(pilot)
        await pilot.press("j", "m", "j")
        await see(pilot, "◂ AWSCURRENT ▸")

    assert snap_compare(app(), terminal_size=size, run_before=carry)


def test_what_a_move_will_do(snap_compare: Any, app: MakeApp, database: Any) -> None:
    """A version loses its last label."""
    database.put_secret_value(SecretId="prod/db", SecretString="x", VersionStages=["blue"],
                              ClientRequestToken=version_id(3))

    async def preview(pilot: Pilot[None]) -> None:
        await to_versions(pilot)
        await pilot.press("m", "j", "enter")
        await see(pilot, "Move")
        await until(pilot, lambda: pilot.app.focused is not None and pilot.app.focused.id == "go")

    assert snap_compare(app(), terminal_size=SMALL, run_before=preview)


def test_form_of_a_value(snap_compare: Any, app: MakeApp, database: Any) -> None:
    """All values are hidden."""

    async def edit(pilot: Pilot[None]) -> None:
        await open_it(pilot)
        await pilot.press("e")
        await see(pilot, "New value of prod/db")

    assert snap_compare(app(), terminal_size=SMALL, run_before=edit)


def test_what_a_new_value_changes(snap_compare: Any, app: MakeApp, database: Any) -> None:
    """The preview shows keys without values."""

    async def store(pilot: Pilot[None]) -> None:
        await open_it(pilot)
        await pilot.press("e")
        await see(pilot, "New value of prod/db")
        await types(pilot, "x")
        await pilot.press("ctrl+s")
        await see(pilot, "~ user changed")

    assert snap_compare(app(), terminal_size=SMALL, run_before=store)


def test_form_of_tags(snap_compare: Any, app: MakeApp, database: Any) -> None:
    async def tag(pilot: Pilot[None]) -> None:
        await open_it(pilot)
        await pilot.press("t")
        await see(pilot, "Tags of prod/db")
        await pilot.press("tab")
        await types(pilot, "web")
        await see(pilot, "~ team: pay → ")

    assert snap_compare(app(), terminal_size=SMALL, run_before=tag)


def test_new_secret(snap_compare: Any, app: MakeApp) -> None:
    async def add(pilot: Pilot[None]) -> None:
        await see(pilot, "No secrets yet.")
        await pilot.press("a")
        await see(pilot, "New secret")
        await types(pilot, "prod/api")

    assert snap_compare(app(), terminal_size=SMALL, run_before=add)


def test_what_undo_will_send(snap_compare: Any, app: MakeApp, database: Any) -> None:
    """The descriptions come first, then the calls."""

    async def undo(pilot: Pilot[None]) -> None:
        await to_versions(pilot)
        await pilot.press("b")
        await see(pilot, "Roll back")
        await pilot.press("enter")
        await until(pilot, lambda: type(pilot.app.screen).__name__ == "SecretScreen")
        pilot.app.clear_notifications()
        await pilot.press("u")
        await see(pilot, "Requests:")

    assert snap_compare(app(), terminal_size=SMALL, run_before=undo)


@SIZES
def test_what_can_be_undone(snap_compare: Any, app: MakeApp, database: Any, size: tuple[int, int]) -> None:
    """Newest first; actions that cannot be undone say why."""

    async def undo(pilot: Pilot[None]) -> None:
        await to_versions(pilot)
        await pilot.press("b")
        await see(pilot, "Roll back")
        await pilot.press("enter")
        await until(pilot, lambda: type(pilot.app.screen).__name__ == "SecretScreen")
        await pilot.press("i")
        await see(pilot, "Description of")
        await types(pilot, ".")
        await pilot.press("enter")
        await until(pilot, lambda: type(pilot.app.screen).__name__ == "SecretScreen")
        get_session(pilot.app).record_undo(
            SafeText("prod/old: permanently deleted"), note="It was deleted without recovery.")
        pilot.app.clear_notifications()
        await pilot.press("o")
        await see(pilot, "Go to")
        await pilot.press("u")
        await see(pilot, "newest first")
        await see(pilot, "AWSCURRENT moved")

    assert snap_compare(app(), terminal_size=size, run_before=undo)


@SIZES
def test_two_versions_compared(snap_compare: Any, app: MakeApp, database: Any, size: tuple[int, int]) -> None:
    """Differences come first, one row per side, with hidden values."""

    async def compare(pilot: Pilot[None]) -> None:
        await to_versions(pilot)
        await pilot.press("equals_sign")
        await see(pilot, "same in both")

    assert snap_compare(app(), terminal_size=size, run_before=compare)
