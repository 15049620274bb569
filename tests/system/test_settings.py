"""Settings, and which vault is meant."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from smtui.system import renamed_settings
from smtui.system.recent_vaults import list_recent_vaults
from smtui.system.settings import (
    Settings,
    SettingsError,
    change_settings,
    get_settings_path,
    get_vault_path,
    load_settings,
)
from smtui.tui import keys


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    """Idle lock after 5 minutes, clipboard and reveal for 30 seconds."""
    settings = load_settings(tmp_path / "none.toml")

    assert (settings.idle_lock, settings.clipboard_timeout, settings.reveal_timeout) == (300, 30, 30)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    """All kinds of settings survive, and the folder is made."""
    chosen = Settings(idle_lock=60, theme="smtui-hc", osc52=False, keys={"everywhere.lock": "f12"}, vault="~/x.vault")
    change_settings(lambda settings: chosen, tmp_path / "new" / "config.toml")

    assert load_settings(tmp_path / "new" / "config.toml") == chosen


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("idle_lock = ", "Invalid value"),
        ('idle_lock = "soon"', "idle_lock must be a whole number"),
        ("idle_lock = true", "idle_lock must be a whole number"),
        ("reveal_timeout = -1", "reveal_timeout cannot be negative"),
        ("reveal = -1", "reveal cannot be negative"),
        ("ide_lock = 3", "unknown setting 'ide_lock'"),
        ('keys = "q"', "keys must be a table"),
        ("[keys]\n'everywhere.lock' = 3", "must give each action ID a key"),
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
    with pytest.raises(SettingsError):
        change_settings(lambda settings: replace(settings, theme="x"), path)
    assert path.read_text() == text, "what cannot be understood is not overwritten"


def test_what_is_no_file_is_told_in_words(tmp_path: Path) -> None:
    """Without the number that the system gives to the error."""
    with pytest.raises(SettingsError) as refused:
        load_settings(tmp_path)

    assert str(refused.value) == f"The settings in {tmp_path} cannot be used: Is a directory"


def test_only_what_is_changed_is_written(tmp_path: Path) -> None:
    """What another session has stored since stays; so does a value that was written though it is the default."""
    path = tmp_path / "config.toml"
    path.write_text('idle_lock = 300\nclipboard_timeout = 5\n\n[filters]\ntheirs = "tag:team"\n')
    change_settings(lambda settings: replace(settings, theme="smtui-hc"), path)
    change_settings(lambda settings: replace(settings, filters={**settings.filters, "ours": "prod/"}), path)
    change_settings(lambda settings: replace(settings, clipboard_timeout=30), path)

    assert path.read_text().splitlines() == [
        "idle_lock = 300", 'theme = "smtui-hc"', "", "[filters]", 'theirs = "tag:team"', 'ours = "prod/"',
    ]


def test_former_names_are_understood(tmp_path: Path) -> None:
    """A file of an earlier version keeps its meaning; the next change writes the present names in the same places."""
    path = tmp_path / "config.toml"
    path.write_text("clipboard_clear = 5\nidle_lock = 60\nreveal = 7\n")

    settings = load_settings(path)
    assert (settings.clipboard_timeout, settings.idle_lock, settings.reveal_timeout) == (5, 60, 7)
    assert path.read_text().startswith("clipboard_clear"), "reading changes nothing"

    change_settings(lambda settings: replace(settings, reveal_timeout=8), path)
    assert path.read_text().splitlines() == ["clipboard_timeout = 5", "idle_lock = 60", "reveal_timeout = 8"]


def test_a_present_name_wins_over_a_former_one(tmp_path: Path) -> None:
    """Wherever it stands."""
    path = tmp_path / "config.toml"
    for text in ("reveal = 7\nreveal_timeout = 9\n", "reveal_timeout = 9\nreveal = 7\n"):
        path.write_text(text)

        assert load_settings(path).reveal_timeout == 9


def test_former_action_ids_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that somebody chose stays with its action."""
    monkeypatch.setattr(renamed_settings, "ACTIONS", {"everywhere.former": "everywhere.lock"})
    path = tmp_path / "config.toml"
    path.write_text('[keys]\n"everywhere.former" = "f12"\n"everywhere.undo" = "f11"\n')

    assert load_settings(path).keys == {"everywhere.lock": "f12", "everywhere.undo": "f11"}

    change_settings(lambda settings: replace(settings, idle_lock=9), path)
    assert "everywhere.former" not in path.read_text()
    assert load_settings(path).keys["everywhere.lock"] == "f12"


@pytest.mark.parametrize(("former", "present"), [
    ("trail.open", "audit.open"), ("trail.filter", "audit.filter"), ("trail.export", "audit.export"),
    ("columns.turn", "columns.toggle_column"),
    ("saved.keep", "saved.save"), ("secrets.mark", "secrets.select"), ("secrets.range", "secrets.select_range"),
    ("secrets.invert", "secrets.invert_selection"),
    ("trail.back", "audit.back"), ("generator.again", "generator.regenerate"), ("json.lay_out", "json.format"),
    ("parts.value", "tabs.value"), ("parts.versions", "tabs.versions"), ("parts.policy", "tabs.policy"),
    ("parts.rotation", "tabs.rotation"), ("parts.replication", "tabs.replication"), ("parts.history", "tabs.history"),
    ("secret.edit_outside", "secret.edit_in_editor"), ("secret.key", "secret.change_key"),
    ("secret.describe", "secret.edit_description"), ("form.switch", "form.toggle_text"),
    ("kms.switch", "kms.switch_state"), ("replication.again", "replication.retry"),
])  # fmt: skip
def test_a_key_chosen_for_a_former_action_id_stays(tmp_path: Path, former: str, present: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[keys]\n"{former}" = "f11"\n')

    assert load_settings(path).keys == {present: "f11"}
    assert keys.find_key(present, load_settings(path).keys) == "f11"


def test_former_names_lead_to_present_ones() -> None:
    """Each in one step, to a name that exists, from one that does not."""
    present = {each.name for each in fields(Settings)}

    assert set(renamed_settings.SETTINGS.values()) <= present
    assert not present & set(renamed_settings.SETTINGS)
    assert set(renamed_settings.ACTIONS.values()) <= keys.IDS
    assert not keys.IDS & set(renamed_settings.ACTIONS)


def test_sessions_that_change_settings_at_once_lose_nothing(tmp_path: Path) -> None:
    """Four processes keep fifty filters each, and remember vaults."""
    script = (
        "import sys\nfrom dataclasses import replace\nfrom pathlib import Path\n"
        "from smtui.system import recent_vaults as recent\nfrom smtui.system.settings import change_settings\n"
        "environ = {'SMTUI_CONFIG': sys.argv[1]}\n"
        "for number in range(50):\n"
        "    name = f'{sys.argv[2]}{number}'\n"
        "    change_settings(lambda s: replace(s, filters={**s.filters, name: 'x'}), Path(sys.argv[1]))\n"
        "recent.remember_vault(Path('/v') / sys.argv[2], environ)\n"
    )
    path = tmp_path / "config.toml"
    sessions = [subprocess.Popen([sys.executable, "-c", script, str(path), name]) for name in "abcd"]

    assert [session.wait() for session in sessions] == [0, 0, 0, 0]
    assert len(load_settings(path).filters) == 200
    assert {each.name for each in list_recent_vaults({"SMTUI_CONFIG": str(path)})} == set("abcd")


def test_an_unwritable_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be written"):
        change_settings(lambda settings: replace(settings, theme="x"), tmp_path / "file" / "config.toml")


def test_the_vault_that_is_meant() -> None:
    """The option before the environment before the settings before the platform's folder."""
    settings = Settings(vault="/set.vault")
    environ = {"SMTUI_VAULT": "/env.vault"}

    assert get_vault_path("/opt.vault", settings, environ) == Path("/opt.vault")
    assert get_vault_path(None, settings, environ) == Path("/env.vault")
    assert get_vault_path(None, settings, {}) == Path("/set.vault")
    assert get_vault_path(None, None, {}).name == "default.vault"
    assert get_vault_path("~/x.vault") == Path.home() / "x.vault"


def test_another_settings_file() -> None:
    """`$SMTUI_CONFIG` names it."""
    assert get_settings_path({"SMTUI_CONFIG": "/c.toml"}) == Path("/c.toml")
