"""Tests of marks: set by key, range and mouse, kept through sorting, filtering and refreshing, and used by actions."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.base_screen import READ_ONLY
from smtui.tui.secret_list.bulk_tags import TagsPlan
from smtui.tui.secret_list.export import ExportPlan
from smtui.tui.secret_list.list_widget import SecretList
from smtui.tui.secret_list.restore import RestorePlan
from tests.conftest import PASSPHRASE
from tests.tui.conftest import SAMPLES, FakeTool, MakeApp, said, screen_text, types, until
from tests.tui.driver import get_screen
from tests.tui.secret_list.driver import get_list_screen, read_list

SMALL = (80, 24)
NAMES = sorted(name for name, _, _ in SAMPLES)

pytestmark = pytest.mark.usefixtures("one_time_and_place")


def marked(app: SmtuiApp) -> list[str]:
    return [entry["Name"] for entry in get_list_screen(app).secrets.selection.entries]


def signed(app: SmtuiApp) -> list[str]:
    """Returns the names of the rows with the sign of a mark."""
    return [line.split()[1] for line in read_list(app) if line.startswith("✓")]


async def ready(pilot: Pilot[None], words: str = "5 secrets") -> None:
    await until(pilot, lambda: words in screen_text(pilot.app))


def tags(client: Any, name: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in client.describe_secret(SecretId=name).get("Tags", ())}


# Marking.


async def test_space_marks_and_goes_on(app: MakeApp, filled: Any) -> None:
    """Space marks a row and moves on; the status counts the marks, and Esc clears them."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("space", "space", "space")
        await ready(pilot, "✓ 3 marked")
        assert signed(running) == marked(running) == NAMES[:3]
        await pilot.press("k", "space")
        assert marked(running) == NAMES[:2]
        await pilot.press("escape")
        await pilot.pause()

        assert marked(running) == []
        assert "marked" not in screen_text(running)


async def test_a_range(app: MakeApp, filled: Any) -> None:
    """`V` starts a range and shows it, a second `V` marks it; Esc cancels only the range."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("space", "j", "V", "j", "j")
        assert signed(running) == [NAMES[0], *NAMES[2:5]]
        await pilot.press("escape")
        assert marked(running) == NAMES[:1]
        await pilot.press("V", "k", "V", "g")
        await pilot.pause()

        assert marked(running) == [NAMES[0], *NAMES[3:5]]


async def test_inverting(app: MakeApp, filled: Any) -> None:
    """Only listed rows are inverted; rows outside of the filter keep their state."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("space", "asterisk")
        assert sorted(marked(running)) == NAMES[1:]
        get_list_screen(running).filter.value = "name:prod/"
        await ready(pilot, "3 of ")
        await pilot.press("asterisk")

        assert marked(running) == ["shared/wifi"]
        await ready(pilot, "✓ 1 marked (1 not in this list)")


async def test_marks_stay_with_their_secrets(app: MakeApp, vault: smtui.Vault, filled: Any) -> None:
    """Marks survive sorting, filtering and changes of other sessions."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("space", "j", "space")
        before = marked(running)
        await pilot.press("S")
        await until(pilot, lambda: get_list_screen(running).secrets.entries[0]["Name"] == NAMES[-1])
        assert sorted(signed(running)) == before
        with smtui.open_vault(vault.path, PASSPHRASE) as other:
            other.client().create_secret(Name="prod/a", SecretString="x")
        await get_list_screen(running).look_for_changes().wait()
        await ready(pilot, "6 secrets")

        assert sorted(signed(running)) == before


async def test_a_range_goes_on_after_a_change(app: MakeApp, vault: smtui.Vault, filled: Any) -> None:
    """After another session adds a secret above it, the range contains the same secrets."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("j", "V", "j")
        with smtui.open_vault(vault.path, PASSPHRASE) as other:
            other.client().create_secret(Name="aaa", SecretString="x")
        await get_list_screen(running).look_for_changes().wait()
        await ready(pilot, "6 secrets")

        assert marked(running) == NAMES[1:3]


async def test_marking_with_the_mouse(app: MakeApp, filled: Any) -> None:
    """A click on the sign, or with Ctrl on the row, toggles the mark without moving the cursor."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.click(SecretList, offset=(0, 2))
        await pilot.click(SecretList, offset=(10, 4), control=True)
        assert marked(running) == [NAMES[1], NAMES[3]]
        await pilot.click(SecretList, offset=(0, 2))

        assert marked(running) == [NAMES[3]]
        assert get_list_screen(running).secrets.cursor == 0


# Actions.


async def test_tags_of_several(app: MakeApp, filled: Any) -> None:
    """The plan shows the added and removed tags of each secret, and one `u` undoes it."""
    running = app()
    async with running.run_test(size=(120, 36)) as pilot:
        await ready(pilot)
        await pilot.press("space", "space", "t")
        await until(pilot, lambda: isinstance(running.screen, TagsPlan))
        assert "keys, separated by commas: env, team" in screen_text(running)
        await types(pilot, "team")
        await pilot.press("tab")
        await types(pilot, "pay")
        running.screen.query_one("#removed").focus()
        await types(pilot, "env, nosuch")
        await until(pilot, lambda: "Tags will change on 2 secrets of 2." in screen_text(running))
        assert "~ team: web → pay  - env" in screen_text(running)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: said(running) == ["Tags of 2 secrets changed."])
        assert tags(filled, "dev/web/flags") == tags(filled, "prod/payments/db") == {"team": "pay"}
        assert marked(running) == []
        await pilot.press("u")
        await ready(pilot, "Undo?")
        await pilot.press("enter")

        await until(pilot, lambda: tags(filled, "dev/web/flags") == {"team": "web", "env": "dev"})
        assert tags(filled, "prod/payments/db") == {"team": "pay", "env": "prod"}


async def test_what_stays_as_it_is_is_left_out(app: MakeApp, filled: Any) -> None:
    """Unchanged tags, and keys that are both added and removed, are left out."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("space", "space", "t")
        await until(pilot, lambda: isinstance(running.screen, TagsPlan))
        await types(pilot, "team")
        await pilot.press("tab")
        await types(pilot, "web")
        await until(pilot, lambda: "– skipped: unchanged" in screen_text(running))
        assert screen_text(running).count("unchanged") == 1
        running.screen.query_one("#removed").focus()
        await types(pilot, "team")

        await until(pilot, lambda: "team cannot be both added and removed." in screen_text(running))


async def test_tags_of_the_one_under_the_cursor(app: MakeApp, filled: Any) -> None:
    """Without marks, the form edits the tags of the secret under the cursor."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("t")
        await ready(pilot, "Tags of dev/web/flags")
        await pilot.press("end")
        await types(pilot, "s")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: said(running))

        assert set(tags(filled, "dev/web/flags")) == {"teams", "env"}


async def test_restoring_several(app: MakeApp, filled: Any) -> None:
    """Secrets without a planned deletion are left out."""
    for name in NAMES[:2]:
        filled.delete_secret(SecretId=name, RecoveryWindowInDays=10)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot, "3 secrets")
        get_list_screen(running).filter.value = "deleted:too"
        await ready(pilot, "5 of ")
        await pilot.press("space", "space", "space", "U")
        await until(pilot, lambda: isinstance(running.screen, RestorePlan))
        assert "– skipped: not scheduled for deletion" in screen_text(running)
        assert "▲ deleted in 10 d, on 2026-03-12" in screen_text(running)
        await pilot.press("enter")
        await until(pilot, lambda: said(running) == ["2 secrets restored."])

        assert len(filled.list_secrets()["SecretList"]) == 5


@pytest.mark.parametrize(("keys", "start"), [((), "dev/web/flags\nprod/payments/db"), (("down",), "arn:aws:")])
async def test_copying_names(app: MakeApp, filled: Any, tool: FakeTool, keys: tuple[str, ...], start: str) -> None:
    """Names or ARNs are copied one per line, never values."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("space", "space", "n")
        await ready(pilot, "Copy names or ARNs of 2 secrets")
        await pilot.press(*keys, "enter")
        await until(pilot, lambda: tool.held)

        assert tool.held.decode().startswith(start)
        assert len(tool.held.decode().splitlines()) == 2


async def test_exporting(app: MakeApp, filled: Any, tmp_path: Path) -> None:
    """The form asks for the path, says that the file is plain text, and writes a private file."""
    path = tmp_path / "out.json"
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("space", "space", "W")
        await until(pilot, lambda: isinstance(running.screen, ExportPlan))
        assert "Export 2 secrets in plain text" in screen_text(running)
        get_screen(running, ExportPlan).path_field.value = str(path)
        await until(pilot, lambda: "▲ Anyone who can read" in screen_text(running))
        get_screen(running, ExportPlan).path_field.focus()
        await pilot.press("enter", "enter")
        await until(pilot, lambda: said(running))

        assert said(running) == [f"2 secrets exported to {path} in plain text."]
        assert [each["Name"] for each in json.loads(path.read_text())] == NAMES[:2]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_an_export_never_takes_the_place_of_a_file(app: MakeApp, filled: Any, tmp_path: Path) -> None:
    path = tmp_path / "there"
    path.write_text("mine")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("W")
        await until(pilot, lambda: isinstance(running.screen, ExportPlan))
        get_screen(running, ExportPlan).path_field.value = str(path)
        await until(pilot, lambda: "File already exists" in screen_text(running))
        await pilot.press("enter")
        assert isinstance(running.screen, ExportPlan)

        assert path.read_text() == "mine"


@pytest.mark.parametrize("format", ["dotenv", "aws"])
async def test_the_format_of_an_export(app: MakeApp, filled: Any, tmp_path: Path, format: str) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("W")
        await until(pilot, lambda: isinstance(running.screen, ExportPlan))
        get_screen(running, ExportPlan).path_field.value = str(tmp_path / "out")
        await pilot.press("tab", *["down"] * (1 if format == "dotenv" else 2))
        await until(pilot, lambda: f"● {format}" in screen_text(running))
        get_screen(running, ExportPlan).go.focus()
        await pilot.press("enter")
        await until(pilot, lambda: said(running))

        assert (tmp_path / "out").read_text().startswith("DEV_WEB" if format == "dotenv" else '{"SecretValues"')


@pytest.mark.parametrize("key", ["t", "d", "U"])
async def test_nothing_is_changed_where_one_only_reads(app: MakeApp, filled: Any, key: str) -> None:
    running = app(read_only=True)
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("space", "space", key)
        await until(pilot, lambda: said(running))

        assert said(running) == [READ_ONLY]


async def test_keys_that_change_are_letters_while_one_types(app: MakeApp, filled: Any) -> None:
    """In the filter, the keys of actions are text."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await types(pilot, "/dtUWx* V")
        await pilot.pause()

        assert running.screen is get_list_screen(running)
        assert get_list_screen(running).filter.value == "dtUWx* V"
        assert marked(running) == []
