"""Tests of the dialog of an export, for chosen secrets and for those with a prefix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smtui.transfer.export import FORMATS, ExportFormat
from smtui.tui.secret_list.export import FORMAT_LIST, ExportPlan
from tests.tui.conftest import MakeApp, said, screen_text, until
from tests.tui.driver import SMALL, get_screen, hear, see, wait_for_screen

pytestmark = pytest.mark.usefixtures("one_time_and_place")


async def test_both_places_offer_the_formats_of_the_one_table(app: MakeApp, filled: Any) -> None:
    """The list and the screen "Vault" open the same dialog, with every format and what it is for."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        for keys, title in (("W", "Export 1 secret in plain"), ("ov", "Export secrets of us-east-1 in plain")):
            await pilot.press(*keys)
            if keys == "ov":
                await see(pilot, "to a file, in plain text")
                await pilot.press("down", "down", "down", "enter")
            await wait_for_screen(pilot, ExportPlan)
            await see(pilot, title)
            for format in FORMAT_LIST:
                assert f"{format:<12}{FORMATS[format].description}" in screen_text(running)
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(running.screen, ExportPlan))


@pytest.mark.parametrize("path", ["~nobody-of-this-name/out", "/" + "x" * 300, "/" + "x/" * 3000 + "out", " "])
async def test_a_path_that_no_file_can_have(
    app: MakeApp, filled: Any, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each path gets a sentence, and no file is written."""
    monkeypatch.chdir(tmp_path)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("W")
        await wait_for_screen(pilot, ExportPlan)
        dialog: Any = running.screen
        dialog.path_field.value = path
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "✗ " in screen_text(running) or said(running))

        assert isinstance(running.screen, ExportPlan)


async def test_a_file_that_is_gone_is_no_longer_in_the_way(app: MakeApp, filled: Any, tmp_path: Path) -> None:
    """Storing looks at the path again, without a change of it."""
    path = tmp_path / "out.json"
    path.write_text("theirs")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("W")
        await wait_for_screen(pilot, ExportPlan)
        get_screen(running, ExportPlan).path_field.value = str(path)
        await see(pilot, "File already exists")
        await pilot.press("ctrl+s")
        assert path.read_text() == "theirs"
        path.unlink()
        await pilot.press("ctrl+s")
        await hear(pilot, "exported to")

        assert path.exists()


async def test_a_refused_export_keeps_what_was_typed(app: MakeApp, client: Any, tmp_path: Path) -> None:
    """If no secret has a value, no file is written, and the dialog has path and format as before."""
    client.create_secret(Name="prod/db")
    path = tmp_path / "out.env"
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "1 secret")
        await pilot.press("W")
        await wait_for_screen(pilot, ExportPlan)
        first: Any = running.screen
        first.path_field.value = str(path)
        await pilot.press("tab", "down")
        await see(pilot, "● dotenv")
        await pilot.press("ctrl+s")
        await see(pilot, "Nothing to export.")
        await until(pilot, lambda: isinstance(running.screen, ExportPlan) and running.screen is not first)
        await see(pilot, "● dotenv")

        assert get_screen(running, ExportPlan).target.path == str(path)
        assert not path.exists()
        await pilot.press("escape")
        await see(pilot, "Discard changes?")


async def test_secrets_that_are_all_left_out_do_not_become_the_whole_region(
    app: MakeApp, filled: Any, tmp_path: Path
) -> None:
    """The deletion of the only chosen secret is planned, so there is nothing to export."""
    filled.delete_secret(SecretId="prod/payments/db")
    path = tmp_path / "out.json"
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "4 secrets")
        await pilot.press("x")
        await see(pilot, "deleted:only")
        await pilot.press("W")
        await wait_for_screen(pilot, ExportPlan)
        dialog: Any = running.screen
        dialog.path_field.value = str(path)
        await see(pilot, "Nothing to do.")
        await pilot.press("ctrl+s", "enter")
        await pilot.pause()

        assert isinstance(running.screen, ExportPlan)
        assert not path.exists()


async def test_tab_completes_the_path(app: MakeApp, filled: Any, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("W")
        await wait_for_screen(pilot, ExportPlan)
        dialog: Any = running.screen
        dialog.path_field.value = f"{tmp_path}/ba"
        await pilot.press("tab")

        await until(pilot, lambda: dialog.path_field.value == f"{tmp_path}/backups/")


def test_each_format_has_a_row() -> None:
    assert set(FORMATS) == set(ExportFormat)
