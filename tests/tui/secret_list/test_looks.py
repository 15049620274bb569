"""Snapshots of the secrets list. Review each snapshot before you accept it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from smtui.system.settings import change_settings
from smtui.tui.secret_list.deletion import DeletionPlan
from smtui.tui.secret_list.screen import SecretsScreen
from tests.conftest import Clock
from tests.tui.conftest import SAMPLES, MakeApp, types
from tests.tui.driver import get_screen, see

SMALL, LARGE = (80, 24), (120, 36)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
ALL_SIZES = pytest.mark.parametrize(
    "size", [(60, 16), SMALL, LARGE, (200, 50)], ids=["60x16", "80x24", "120x36", "200x50"])

pytestmark = pytest.mark.usefixtures("one_time_and_place")


@pytest.fixture
def suffix(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes ARNs the same in every run."""
    monkeypatch.setattr("smtui.engine.names.generate_suffix", lambda ambient: "AbCdEf")


@ALL_SIZES
def test_list(snap_compare: Any, app: MakeApp, filled: Any, size: tuple[int, int]) -> None:
    """With the preview, if there is room for it."""

    async def down(pilot: Pilot[None]) -> None:
        await see(pilot, f"{len(SAMPLES)} secrets")
        await pilot.press("j")

    assert snap_compare(app(), terminal_size=size, run_before=down)


@ALL_SIZES
def test_tree(snap_compare: Any, app: MakeApp, filled: Any, size: tuple[int, int]) -> None:
    """Groups with counts, the place of the cursor below, and a marked group."""

    async def expand(pilot: Pilot[None]) -> None:
        await see(pilot, "5 secrets")
        await pilot.press("j", "T")
        await see(pilot, "prod/ › payments/")
        await pilot.press("j", "j", "space", "k", "k")
        await see(pilot, "✓ 1 marked")

    assert snap_compare(app(), terminal_size=size, run_before=expand)


def test_filtered_list(snap_compare: Any, app: MakeApp, filled: Any) -> None:
    """The filter has the focus, found characters are underlined, and a message shows an invalid word."""

    async def find(pilot: Pilot[None]) -> None:
        await types(pilot, "/tag:team=pay paydb !a[b]")
        await see(pilot, "1 of ")

    assert snap_compare(app(), terminal_size=SMALL, run_before=find)


def test_nothing_found(snap_compare: Any, app: MakeApp, filled: Any) -> None:
    async def find(pilot: Pilot[None]) -> None:
        await types(pilot, "/nosuch")
        await see(pilot, "No matches.")

    assert snap_compare(app(), terminal_size=SMALL, run_before=find)


@SIZES
def test_empty_vault(snap_compare: Any, app: MakeApp, size: tuple[int, int]) -> None:
    """The empty list says what to do."""

    async def wait(pilot: Pilot[None]) -> None:
        await see(pilot, "No secrets yet.")

    assert snap_compare(app(), terminal_size=size, run_before=wait)


@SIZES
def test_planned_deletions(snap_compare: Any, app: MakeApp, filled: Any, size: tuple[int, int]) -> None:
    """The next deletion comes first, with the remaining days; the header says that the session is read-only."""
    filled.delete_secret(SecretId="dev/web/flags", RecoveryWindowInDays=30)
    filled.delete_secret(SecretId="shared/wifi", RecoveryWindowInDays=7)

    async def show(pilot: Pilot[None]) -> None:
        await see(pilot, "3 secrets")
        await pilot.press("x")
        await see(pilot, "▲ deleted in 30 d")

    assert snap_compare(app(read_only=True), terminal_size=size, run_before=show)


def test_no_planned_deletions(snap_compare: Any, app: MakeApp, filled: Any) -> None:
    """The empty list says what to do."""

    async def show(pilot: Pilot[None]) -> None:
        await see(pilot, "5 secrets")
        await pilot.press("x")
        await see(pilot, "No secrets scheduled for deletion.")

    assert snap_compare(app(), terminal_size=SMALL, run_before=show)


@SIZES
def test_marks(snap_compare: Any, app: MakeApp, filled: Any, size: tuple[int, int]) -> None:
    """Marked rows have a sign, and the status counts them; the sort column is shown."""

    async def mark(pilot: Pilot[None]) -> None:
        await see(pilot, "5 secrets")
        await pilot.press("space", "j", "V", "j")
        get_screen(pilot.app, SecretsScreen).sort_by("tags")
        await see(pilot, "Tags ↑")

    assert snap_compare(app(), terminal_size=size, run_before=mark)


@SIZES
def test_suggestions(snap_compare: Any, app: MakeApp, filled: Any, size: tuple[int, int]) -> None:
    """The first suggestion is after the cursor, the others are below."""

    async def find(pilot: Pilot[None]) -> None:
        await see(pilot, "5 secrets")
        await types(pilot, "/prod rotation:o")
        await see(pilot, "3 of ")
        await see(pilot, "rotation:on  rotation:off")

    assert snap_compare(app(), terminal_size=size, run_before=find)


def test_columns(snap_compare: Any, app: MakeApp, filled: Any) -> None:
    async def choose(pilot: Pilot[None]) -> None:
        await see(pilot, "5 secrets")
        await pilot.press("C", "G", "space")
        await see(pilot, "▐✓▌ Primary")

    assert snap_compare(app(), terminal_size=SMALL, run_before=choose)


def test_saved_filters(snap_compare: Any, app: MakeApp, filled: Any) -> None:
    filters = {"ours": "tag:team=pay", "stale": "older:90d unused:90d", "[bold]": "name:prod/"}

    async def open_them(pilot: Pilot[None]) -> None:
        await types(pilot, "/web")
        await pilot.press("escape", "F")
        await see(pilot, "Saved filters")

    settings = change_settings(lambda settings: replace(settings, filters=filters))
    assert snap_compare(app(settings=settings), terminal_size=SMALL, run_before=open_them)


@pytest.mark.parametrize("force", [False, True], ids=["plan", "at-once"])
def test_deletion(
    snap_compare: Any, suffix: None, app: MakeApp, filled: Any, force: bool
) -> None:
    """Cancel has the focus, and the consequences are above it."""

    async def show(pilot: Pilot[None]) -> None:
        await see(pilot, "5 secrets")
        await pilot.press("j", "d")
        await see(pilot, "Recovery window")
        if force:
            get_screen(pilot.app, DeletionPlan).force.toggle()
            await see(pilot, "This cannot be undone.")

    assert snap_compare(app(), terminal_size=SMALL, run_before=show)


@SIZES
def test_deletion_of_several(
    snap_compare: Any, app: MakeApp, filled: Any, clock: Clock, size: tuple[int, int]
) -> None:
    """Each secret with its details; a primary with replicas is left out."""
    filled.replicate_secret_to_regions(SecretId="prod/payments/db", AddReplicaRegions=[{"Region": "eu-west-1"}])
    clock.forward(days=60)
    filled.get_secret_value(SecretId="prod/web/session")

    async def show(pilot: Pilot[None]) -> None:
        await see(pilot, "5 secrets")
        await pilot.press("asterisk", "d")
        await see(pilot, "eu-west-1")

    assert snap_compare(app(), terminal_size=size, run_before=show)


@SIZES
def test_tags_of_several(snap_compare: Any, app: MakeApp, filled: Any, size: tuple[int, int]) -> None:
    """The added and removed tags of each secret."""

    async def show(pilot: Pilot[None]) -> None:
        await see(pilot, "5 secrets")
        await pilot.press("asterisk", "t", *"team", "tab", *"pay", "tab", *"env")
        await see(pilot, "- env")

    assert snap_compare(app(), terminal_size=size, run_before=show)


def test_export(snap_compare: Any, app: MakeApp, filled: Any) -> None:
    """The form says that the file is plain text, and who can read it."""

    async def show(pilot: Pilot[None]) -> None:
        await see(pilot, "5 secrets")
        await pilot.press("space", "space", "W")
        await see(pilot, "Enter the path of the new file.")

    assert snap_compare(app(), terminal_size=SMALL, run_before=show)


def test_picking_a_member(snap_compare: Any, app: MakeApp, client: Any) -> None:
    """Keys without their values."""
    client.create_secret(Name="prod/db", SecretString='{"host": "db", "port": 5432, "password": "x"}')

    async def show(pilot: Pilot[None]) -> None:
        await see(pilot, "1 secret")
        await pilot.press("y")
        await see(pilot, "entire value")

    assert snap_compare(app(), terminal_size=SMALL, run_before=show)
