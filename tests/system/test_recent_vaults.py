"""The list of vaults that were opened lately."""

from __future__ import annotations

from pathlib import Path

from smtui.system import recent_vaults
from smtui.system.settings import get_settings_path


def test_the_newest_comes_first_and_none_twice() -> None:
    for name in ("a", "b", "a"):
        recent_vaults.remember_vault(Path(f"/vaults/{name}.vault"))

    assert recent_vaults.list_recent_vaults() == [Path("/vaults/a.vault"), Path("/vaults/b.vault")]


def test_it_does_not_grow_for_ever() -> None:
    for number in range(20):
        recent_vaults.remember_vault(Path(f"/{number}"))

    assert recent_vaults.list_recent_vaults() == [Path(f"/{number}") for number in range(19, 9, -1)]


def test_what_is_forgotten_is_in_no_file() -> None:
    recent_vaults.remember_vault(Path("/a"))
    recent_vaults.remember_vault(Path("/b"))
    recent_vaults.forget_vaults(Path("/a"))
    assert recent_vaults.list_recent_vaults() == [Path("/b")]
    recent_vaults.forget_vaults()

    assert recent_vaults.list_recent_vaults() == []
    assert not list(get_settings_path().parent.iterdir())


def test_a_broken_list_is_none(tmp_path: Path) -> None:
    recent_vaults.remember_vault(Path("/a"))
    for text in ("vaults = ", "vaults = 3", "vaults = [1, 2]", "x = 1"):
        get_settings_path().with_name(recent_vaults.FILE).write_text(text)

        assert recent_vaults.list_recent_vaults() == []


def test_where_it_cannot_be_written_nothing_is_remembered(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    environ = {"SMTUI_CONFIG": str(tmp_path / "file" / "config.toml")}
    recent_vaults.remember_vault(Path("/a"), environ)

    assert recent_vaults.list_recent_vaults(environ) == []
