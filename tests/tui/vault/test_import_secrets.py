"""Tests of a large import file: it is parsed beside the screens, and Esc stops that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.text.interruption import check_interruption
from smtui.transfer import formats
from smtui.transfer.source_file import SourceFile
from smtui.tui.bridge import call
from smtui.tui.dialogs.job import JobDialog
from smtui.tui.secret_list.screen import SecretsScreen
from smtui.tui.vault import import_secrets
from smtui.tui.vault.import_form import ImportForm, Names
from smtui.tui.vault.import_plan import ImportPlan
from tests.tui.conftest import MakeApp, said, until


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes every file one that is never read to its end."""
    def read(path: Path, *_: object) -> Any:
        while True:
            check_interruption()

    monkeypatch.setattr(formats, "read_file", read)


@pytest.mark.usefixtures("endless", "never_idle")
async def test_a_large_file_holds_back_nothing_and_esc_stops_it(
    app: MakeApp, vault: smtui.Vault, tmp_path: Path
) -> None:
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        running.run_task(import_secrets.import_secrets)
        await until(pilot, lambda: isinstance(running.screen, ImportForm))
        running.screen.dismiss(Names(path=str(tmp_path / "large.env")))
        await until(pilot, lambda: isinstance(running.screen, JobDialog))
        assert await call(vault.count_secrets) == 0
        await pilot.press("f9", "slash", "m")
        await until(pilot, lambda: isinstance(running.screen, SecretsScreen) and running.screen.filter.value == "m")
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(running.screen, JobDialog))
        await pilot.press("escape")
        await until(pilot, lambda: said(running) == ["Cancelled. Nothing was changed."])


@pytest.mark.parametrize("content", [
    "".join(f"NAME_{number}=v\n" for number in range(2000)),
    "{{{}}}".format(", ".join(f'"name/{number}": "v"' for number in range(2000))),
    "[{}]".format(", ".join(f'{{"Name": "n{number}", "SecretString": "v"}}' for number in range(2000))),
    "title,password\n" + "".join(f"n{number},v\n" for number in range(2000)),
    "".join(f"---\nkind: Secret\nmetadata: {{name: n{number}}}\nstringData: {{a: v}}\n" for number in range(2000)),
], ids=["env", "json", "aws", "csv", "yaml"])
def test_every_parser_can_be_interrupted(tmp_path: Path, content: str) -> None:
    from smtui.text.interruption import interrupt_with

    file = tmp_path / "file"
    file.write_text(content)
    checks: list[None] = []
    with interrupt_with(lambda: checks.append(None)):
        assert len(formats.read_file(file).entries) == 2000

    def stop() -> None:
        raise KeyError

    sources = len([source for source in formats.SOURCES if not source.is_general])
    assert len(checks) > sources, "also while it is parsed, not only before each recogniser"
    with interrupt_with(stop), pytest.raises(KeyError):
        formats.read_file(file)


@pytest.mark.parametrize("content", ["---\na: 1\n" * 2000, '{"a": 1}\n' * 2000], ids=["yaml", "json"])
def test_the_look_at_a_long_file_can_be_interrupted(content: str) -> None:
    """A recogniser parses all of it before any source says that it is its own."""
    from smtui.text.interruption import interrupt_with

    file = SourceFile(content.encode(), "file")
    checks: list[None] = []
    with interrupt_with(lambda: checks.append(None)):
        assert len(file.records) == 2000
    assert len(checks) >= 4


async def test_a_file_is_read_and_planned(app: MakeApp, vault: smtui.Vault, tmp_path: Path) -> None:
    file = tmp_path / "small.env"
    file.write_text("NAME=value\n")
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: running.session)
        running.run_task(import_secrets.import_secrets)
        await until(pilot, lambda: isinstance(running.screen, ImportForm))
        running.screen.dismiss(Names(path=str(file)))
        await until(pilot, lambda: isinstance(running.screen, ImportPlan))
