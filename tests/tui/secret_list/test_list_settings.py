"""Tests of list settings that two sessions change: what the other one stored meanwhile is said and stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from smtui.system.settings import SettingsError, change_settings, load_settings
from smtui.tui.secret_list.list_settings import remove_filter, replace_columns
from tests.tui.conftest import MakeApp


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config" / "config.toml"
    monkeypatch.setenv("SMTUI_CONFIG", str(path))
    return path


async def test_columns_that_others_changed_are_not_replaced(app: MakeApp, config: Path) -> None:
    running = app()
    async with running.run_test(size=(80, 24)):
        await replace_columns(running, [], ["changed"])
        change_settings(lambda settings: replace(settings, columns=["owner"], idle_lock=77), config)
        with pytest.raises(SettingsError, match=r"has changed the columns to owner\."):
            await replace_columns(running, ["changed"], ["tags"])
        assert load_settings(config).columns == ["owner"]

        await replace_columns(running, ["owner"], ["tags"])
        assert load_settings(config).columns == ["tags"]
        assert load_settings(config).idle_lock == 77


async def test_a_filter_that_others_changed_is_not_removed(app: MakeApp, config: Path) -> None:
    running = app()
    async with running.run_test(size=(80, 24)):
        change_settings(lambda settings: replace(settings, filters={"mine": "prod"}), config)
        with pytest.raises(SettingsError, match=r"Another session has changed mine to prod\. No changes made\."):
            await remove_filter(running, "mine", "dev")
        assert load_settings(config).filters == {"mine": "prod"}

        await remove_filter(running, "mine", "prod")
        assert load_settings(config).filters == {}
