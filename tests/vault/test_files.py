"""Tests of file permissions and links: every file is private under any umask, and no planted link is followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import smtui
from smtui.system import recent_vaults
from smtui.system import settings as system_settings
from smtui.transfer.private_file import write_private_file
from smtui.vault import kdf, migrate, opening
from tests.conftest import PASSPHRASE

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes and links as POSIX has them")


@pytest.fixture
def careless_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def for_others(folder: Path) -> list[str]:
    """Returns the files and folders below a folder that other users can access."""
    modes = {path: path.lstat().st_mode for path in folder.rglob("*")}
    return [f"{path} {stat.filemode(mode)}" for path, mode in modes.items() if mode & 0o77]


def migrated(path: Path) -> None:
    """Opens the vault with one more migration, as a later version of smtui does."""
    keys = kdf.FileKeys.from_passphrase(PASSPHRASE, path.read_bytes()[:16])
    file = opening.open_file(path, keys)
    try:
        migrate.bring_up_to_date(file, (*migrate.MIGRATIONS, lambda db: db.run("CREATE TABLE later (x)")))
    finally:
        file.close()


def test_private_under_any_umask(tmp_path: Path, careless_umask: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders and temporary files are private too."""
    monkeypatch.setenv("SMTUI_STATE", str(tmp_path / "state" / "deep"))
    monkeypatch.setenv("SMTUI_CONFIG", str(tmp_path / "config" / "deep" / "config.toml"))
    path, looks = tmp_path / "new" / "deep" / "v.vault", []

    def look(*_: object) -> None:
        looks.append(sorted(each.name for each in tmp_path.rglob("*")))
        assert for_others(tmp_path) == []

    with smtui.create_vault(path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="a", SecretString="s")
        look()
        vault.maintenance.backup(path.with_name("copy"), progress=look)
        vault.maintenance.change_passphrase(PASSPHRASE, progress=look)
        vault.client().put_secret_value(SecretId="a", SecretString="t")
        look()
    migrated(path)
    system_settings.change_settings(lambda settings: replace(settings, theme="x"))
    recent_vaults.remember_vault(path)
    with write_private_file(tmp_path / "export") as file:
        file.write(b"x")
        look()
    look()

    seen = {name for names in looks for name in names}
    assert {"v.vault", "v.vault-wal", "v.vault-shm", "copy", "copy.part", "copy.part-wal", "v.vault.resealing", "seen",
            "config.toml", "recent.toml", "export", "export.part"} <= seen  # fmt: skip
    assert any(name.startswith("v.vault.format-") for name in seen)


def create(path: Path) -> None:
    smtui.create_vault(path.with_name("new"), PASSPHRASE).close()


def backup(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.maintenance.backup(path.with_name("copy"), force=True)


def change(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.maintenance.change_passphrase(PASSPHRASE)


def export(path: Path) -> None:
    with write_private_file(path.with_name("export"), force=True) as file:
        file.write(b"not mine")


def use(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="new")


COMPANIONS = ("", "-wal", "-shm", "-journal")
FORMAT = len(migrate.MIGRATIONS)
PLACES = [
    *((use, f"v.vault{end}") for end in COMPANIONS),
    *((create, f"new{end}") for end in COMPANIONS),
    *((create, f"new.making{end}") for end in COMPANIONS),
    *((backup, f"copy{end}") for end in COMPANIONS),
    *((backup, f"copy.part{end}") for end in COMPANIONS),
    *((change, f"v.vault.resealing{end}") for end in COMPANIONS),
    *((migrated, f"v.vault.format-{FORMAT}.backup{end}") for end in COMPANIONS),
    *((migrated, f"v.vault.format-{FORMAT}.backup.part{end}") for end in COMPANIONS),
    (export, "export"), (export, "export.part"),
]


@pytest.mark.parametrize("plant", [Path.symlink_to, Path.hardlink_to], ids=["link", "second-name"])
@pytest.mark.parametrize(("gesture", "name"), PLACES, ids=[f"{gesture.__name__}-{name}" for gesture, name in PLACES])
def test_no_link_is_followed(
    path: Path, tmp_path: Path, gesture: Callable[[Path], None], name: str, plant: Callable[[Path, Path], None]
) -> None:
    """Each write either is refused or creates a new file; the target of the link is not changed."""
    target = tmp_path / "elsewhere"
    target.write_text("mine")
    place = path.with_name(name)
    if name == path.name:
        target = path.rename(target)
    before = target.read_bytes()
    plant(place, target)
    try:
        gesture(path)
    except smtui.SmtuiError as refusal:
        assert str(refusal).endswith(".")

    assert target.read_bytes() == before


@pytest.mark.parametrize("make", [create, backup])
def test_the_log_of_another_vault_spoils_no_new_one(
    path: Path, make: Callable[[Path], None], tmp_path: Path
) -> None:
    """A new vault ignores the write-ahead log that remains from a removed vault of the same name."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="new")
        log = path.with_name("v.vault-wal").read_bytes()
    for name in ("new-wal", "copy-wal"):
        path.with_name(name).write_bytes(log)

    with pytest.raises(smtui.VaultExistsError, match="-wal exists"):
        make(path)
    assert path.with_name("copy-wal").read_bytes() == log
