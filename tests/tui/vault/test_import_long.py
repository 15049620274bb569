"""Tests of importing a file that is too long for memory from the screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from smtui.transfer import json_stream, long_file
from smtui.tui.base_screen import SessionScreen
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.undo.preview import UndoPreview
from smtui.tui.vault import import_long
from smtui.tui.vault.import_form import ImportForm
from smtui.tui.vault.import_plan import ImportPlan
from smtui.tui.widgets.button import Button
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
        assert "Space" in screen_text(running)
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


async def open_plan(running: Any, pilot: Any, file: Path, words: str) -> ImportPlan:
    await ask_to_import(pilot, running, file)
    await until(pilot, lambda: isinstance(running.screen, ImportPlan))
    await until(pilot, lambda: words in join_screen_text(running))
    assert isinstance(running.screen, ImportPlan)
    return running.screen


async def test_secrets_of_a_long_file_are_excluded_and_renamed(app: MakeApp, file: Path, client: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        plan = await open_plan(running, pilot, file, "Recognised as output of AWS Secrets Manager.")
        assert not plan.query_one("#switches").display
        await pilot.press("e")
        await until(pilot, lambda: isinstance(running.screen, OneLine))
        running.screen.query_one(Input).value = "other/first"
        await pilot.press("enter")
        await until(pilot, lambda: running.screen is plan and "other/first" in screen_text(running))
        await pilot.press("home", "down", "space")
        await until(pilot, lambda: "new secrets 7, unchanged 1, skipped 2" in screen_text(running))
        await pilot.press("tab", "enter")
        await hear(pilot, "Imported 7 secrets")

    names = {secret["Name"] for secret in client.list_secrets()["SecretList"]}
    assert {"other/first", "dev/s2", "dev/s7"} <= names
    assert not {"dev/s0", "dev/s1"} & names
    assert client.get_secret_value(SecretId="dev/s9")["SecretString"] == "other"


async def test_a_new_name_that_an_unseen_secret_has_refuses_the_import(app: MakeApp, file: Path, client: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        plan = await open_plan(running, pilot, file, "10 secrets")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(running.screen, OneLine))
        running.screen.query_one(Input).value = "dev/s7"
        await pilot.press("enter")
        await until(pilot, lambda: running.screen is plan and "dev/s7" in screen_text(running))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(running.screen, ImportForm))
        await until(pilot, lambda: "dev/s7 is given twice" in join_screen_text(running))

    assert len(client.list_secrets()["SecretList"]) == 2


async def test_a_conflict_of_a_long_file_is_excluded(app: MakeApp, file: Path, client: Any) -> None:
    file.write_text(file.read_text() + json.dumps({"Name": "large", "SecretString": "x" * 70_000}))
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        plan = await open_plan(running, pilot, file, "conflicts 1")
        assert plan.query_one("#go", Button).disabled
        await pilot.press("home", "space")
        await until(pilot, lambda: not plan.query_one("#go", Button).disabled)
        await pilot.press("tab", "enter")
        await hear(pilot, "Imported 8 secrets")


async def test_the_switches_of_a_long_table(app: MakeApp, tmp_path: Path, client: Any) -> None:
    rows = "".join(f"Site {number},https://s.example,ann,pw{number},,,{number == 4}\n" for number in range(5))
    (tmp_path / "long.csv").write_text(f"title,url,username,password,otpauth,favorite,archived\n{rows}")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await open_plan(running, pilot, tmp_path / "long.csv", "Recognised as CSV export of 1Password.")
        await pilot.press("f5")
        await until(pilot, lambda: "5 secrets, of which 3" in join_screen_text(running))
        await pilot.press("f6")
        await until(pilot, lambda: "15 secrets, of which 3" in join_screen_text(running))
        await pilot.press("tab", "enter")
        await hear(pilot, "Imported 15 secrets")

    assert client.get_secret_value(SecretId="dev/Site-4/password")["SecretString"] == "pw4"


async def test_the_switches_of_long_variables(app: MakeApp, tmp_path: Path, client: Any) -> None:
    """Also of those with several values."""
    (tmp_path / "long.env").write_text("host=a\nURL=https://${host}/\nA=1\nB=2\n")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await open_plan(running, pilot, tmp_path / "long.env", "Recognised as .env file.")
        for key, words in (("dollar_sign", "[✓] expand"), ("f8", "[✓] capitals")):
            await pilot.press(key)
            await until(pilot, lambda words=words: words in join_screen_text(running))
        await pilot.press("tab", "enter")
        await hear(pilot, "Imported 4 secrets")
        (tmp_path / "long.env").write_text("KEY=1\nKEY=2\n")
        await open_plan(running, pilot, tmp_path / "long.env", "has several values")

    assert client.get_secret_value(SecretId="dev/HOST")["SecretString"] == "a"
    assert client.get_secret_value(SecretId="dev/URL")["SecretString"] == "https://a/"
