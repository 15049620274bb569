"""Settings, and which vault is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from smtui.config import Settings, SettingsError, load_settings, save_settings, settings_path, vault_path


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    """Idle lock after 5 minutes, clipboard and reveal for 30 seconds."""
    settings = load_settings(tmp_path / "none.toml")

    assert (settings.idle_lock, settings.clipboard_clear, settings.reveal) == (300, 30, 30)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    """All kinds of settings survive, and the folder is made."""
    chosen = Settings(idle_lock=60, theme="smtui-hc", osc52=False, keys={"everywhere.lock": "f12"}, vault="~/x.vault")
    save_settings(chosen, tmp_path / "new" / "config.toml")

    assert load_settings(tmp_path / "new" / "config.toml") == chosen


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("idle_lock = ", "Invalid value"),
        ('idle_lock = "soon"', "idle_lock must be a whole number"),
        ("idle_lock = true", "idle_lock must be a whole number"),
        ("reveal = -1", "reveal cannot be negative"),
        ("ide_lock = 3", "there is no setting called 'ide_lock'"),
        ('keys = "q"', "keys must be a table"),
        ("[keys]\n'everywhere.lock' = 3", "gives each action id a key"),
    ],
)
def test_a_slip_is_told(tmp_path: Path, text: str, says: str) -> None:
    """The sentence names the file and what is wrong in it."""
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as refused:
        load_settings(path)

    assert says in str(refused.value)
    assert str(path) in str(refused.value)


def test_the_vault_that_is_meant() -> None:
    """The option before the environment before the settings before the platform's folder."""
    settings = Settings(vault="/set.vault")
    environ = {"SMTUI_VAULT": "/env.vault"}

    assert vault_path("/opt.vault", settings, environ) == Path("/opt.vault")
    assert vault_path(None, settings, environ) == Path("/env.vault")
    assert vault_path(None, settings, {}) == Path("/set.vault")
    assert vault_path(None, None, {}).name == "default.vault"
    assert vault_path("~/x.vault") == Path.home() / "x.vault"


def test_another_settings_file() -> None:
    """`$SMTUI_CONFIG` names it."""
    assert settings_path({"SMTUI_CONFIG": "/c.toml"}) == Path("/c.toml")
