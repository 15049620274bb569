"""Tests of the tables `[contexts.NAME]` in the settings file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from smtui.system.context_settings import ContextSettings, parse_context, split_region
from smtui.system.settings import Settings, SettingsError, change_settings, load_settings

PROD = ContextSettings("prod", profile="prod", account="222222222222", regions=("eu-west-1", "us-east-1"),
                       protect="ask", colour="red", index="keep",
                       bookmarks=("arn:aws:secretsmanager:eu-west-1:333333333333:secret:shared/db-AbCdEf",))


def test_a_context_survives_the_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    change_settings(lambda settings: replace(settings, contexts={"prod": PROD.to_table()}), path)

    assert "[contexts.prod]" in path.read_text()
    assert load_settings(path).list_contexts() == {"prod": PROD}


def test_changing_another_setting_keeps_the_contexts(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[contexts.team]\nvault = "~/team.vault"\n\n[contexts.prod]\nprofile = "prod"\n')
    change_settings(lambda settings: replace(settings, theme="smtui-hc"), path)

    assert [*load_settings(path).list_contexts()] == ["team", "prod"]
    assert Settings().list_contexts() == {}


def test_an_account_is_protected_unless_told_otherwise() -> None:
    assert parse_context("a", {"profile": "a"}).protection == "read"
    assert parse_context("a", {"profile": "a", "protect": "no"}).protection == "no"
    assert parse_context("a", {"vault": "a.vault"}).protection == "no"


@pytest.mark.parametrize(("text", "says"), [
    ("contexts = 3", "contexts must be a table"),
    ("[contexts]\nprod = 3", "[contexts.prod] must be a table"),
    ("[contexts.prod]", "[contexts.prod] needs either profile or vault"),
    ('[contexts.prod]\nprofile = "a"\nvault = "b"', "needs either profile or vault"),
    ('[contexts.prod]\nprofile = "a"\naccount = 222222222222', "account must be text in quotes"),
    ('[contexts.prod]\nprofile = "a"\naccount = "2222"', "account must be 12 digits"),
    ('[contexts.prod]\nvault = "a"\naccount = "222222222222"', "account belongs to a profile"),
    ('[contexts.prod]\nprofile = "a"\nregions = "eu-west-1"', "regions must be a list of Regions"),
    ('[contexts.prod]\nprofile = "a"\nregions = ["europe"]', "'europe' does not look like a Region"),
    ('[contexts.prod]\nprofile = "a"\nprotect = "yes"', "protect must be one of read, ask, no"),
    ('[contexts.prod]\nvault = "a"\nprotect = "ask"', 'protect = "ask" belongs to a profile'),
    ('[contexts.prod]\nprofile = "a"\ncolour = "loud"', "colour must be one of red"),
    ('[contexts.prod]\nprofile = "a"\nendpoint_url = "x"', "unknown setting 'endpoint_url'"),
    ('[contexts."a@b"]\nprofile = "a"', "the name of a context can contain letters"),
    ('[contexts.""]\nprofile = "a"', "the name of a context can contain letters"),
])
def test_a_mistake_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as refused:
        load_settings(path)

    assert says in str(refused.value)


def test_a_region_stands_behind_the_name() -> None:
    assert split_region("prod") == ("prod", None)
    assert split_region("prod@us-east-1") == ("prod", "us-east-1")
    for word in ("", "@us-east-1", "prod@", "prod@mars", "a/b", "prod@us-east-1@x"):
        with pytest.raises(ValueError, match=r"expected|name of a context"):
            split_region(word)
