"""Tests of importing a file that is too long for memory from the screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smtui.transfer import json_stream, long_file
from smtui.tui.base_screen import SessionScreen
from smtui.tui.undo.preview import UndoPreview
from smtui.tui.vault import import_long
from smtui.tui.vault.import_form import ImportForm
from smtui.tui.vault.import_plan import ImportPlan
from tests.tui.conftest import MakeApp, screen_text, until
from tests.tui.driver import hear, join_screen_text
from tests.tui.vault.test_screen import ask_to_import

SMALL = (80, 24)


@pytest.fixture(autouse=True)
def short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treats every file as a long one, and shows few secrets of each kind."""
    monkeypatch.setattr(long_file.find_long_kind, "__defaults__", (0,))
    monkeypatch.setattr(json_stream, "CHUNK", 64)
    monkeypatch.setattr(import_long, "BATCH", 2)
    monkeypatch.setattr(import_long, "SHOWN", 3)


@pytest.fixture
def file(tmp_path: Path, client: Any) -> Path:
    """A file of ten secrets: one exists with the same value, and one with another."""
    client.create_secret(Name="dev/s8", SecretString="value-8")
    client.create_secret(Name="dev/s9", SecretString="other")
    lines = (json.dumps({"Name": f"s{number}", "SecretString": f"value-{number}"}) for number in range(10))
    (tmp_path / "long.jsonl").write_text("\n".join(lines))
    return tmp_path / "long.jsonl"


@pytest.mark.parametrize("update", [False, True])
async def test_a_long_file_is_planned_imported_and_undone(
    app: MakeApp, file: Path, client: Any, update: bool
) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ask_to_import(pilot, running, file)
        await until(pilot, lambda: isinstance(running.screen, ImportPlan))
        await until(pilot, lambda: "10 secrets, of which 5 are shown" in join_screen_text(running))
        assert "new secrets 8, unchanged 1, skipped 1" in screen_text(running)
        assert "Space" not in screen_text(running)
        if update:
            await pilot.press("shift+tab", "space")
            await until(pilot, lambda: "new secrets 8, new versions 1, unchanged 1" in screen_text(running))
            await pilot.press("tab")
        await pilot.press("tab", "enter")
        await hear(pilot, "Imported 8 secrets")
        assert client.get_secret_value(SecretId="dev/s7")["SecretString"] == "value-7"
        assert client.get_secret_value(SecretId="dev/s9")["SecretString"] == ("value-9" if update else "other")
        await until(pilot, lambda: isinstance(running.screen, SessionScreen))
        await pilot.press("u")
        await until(pilot, lambda: isinstance(running.screen, UndoPreview))
        await pilot.press("enter")
        await until(pilot, lambda: "DeletedDate" in client.describe_secret(SecretId="dev/s7"))
        await until(pilot, lambda: client.get_secret_value(SecretId="dev/s9")["SecretString"] == "other")


async def test_a_file_that_changes_after_its_plan_is_not_imported(app: MakeApp, file: Path, client: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ask_to_import(pilot, running, file)
        await until(pilot, lambda: isinstance(running.screen, ImportPlan))
        file.write_text(file.read_text() + '{"Name": "more", "SecretString": "x"}')
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(running.screen, ImportForm))
        await until(pilot, lambda: "has changed since the preview" in join_screen_text(running))

    assert {secret["Name"] for secret in client.list_secrets()["SecretList"]} == {"dev/s8", "dev/s9"}


async def test_a_long_file_that_is_not_valid_says_where(app: MakeApp, file: Path, client: Any) -> None:
    file.write_text(file.read_text() + "\nx")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ask_to_import(pilot, running, file)
        await until(pilot, lambda: isinstance(running.screen, ImportForm) and "secret 11" in screen_text(running))

    assert len(client.list_secrets()["SecretList"]) == 2


async def test_a_long_table_of_logins_is_planned_and_imported(app: MakeApp, tmp_path: Path, client: Any) -> None:
    rows = "".join(f"Site {number},https://s.example,ann,pw{number},,,{number == 4}\n" for number in range(5))
    (tmp_path / "long.csv").write_text(f"title,url,username,password,otpauth,favorite,archived\n{rows}")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ask_to_import(pilot, running, tmp_path / "long.csv")
        await until(pilot, lambda: isinstance(running.screen, ImportPlan))
        await until(pilot, lambda: "4 secrets, of which 3 are shown" in join_screen_text(running))
        assert "Not imported: 1 archived item" in join_screen_text(running)
        await pilot.press("tab", "enter")
        await hear(pilot, "Imported 4 secrets")

    assert '"pw2"' in client.get_secret_value(SecretId="dev/Site-2")["SecretString"]
