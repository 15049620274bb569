"""Tests of the log of a killed session beside a vault file that was replaced: SQLite must not mix the two."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import smtui
from tests.conftest import PASSPHRASE
from tests.vault.conftest import VALUES

NEW_PASSPHRASE = "another passphrase of six words"
KEPT = "v.vault-wal.replaced"


def create(vault: smtui.Vault, *names: str) -> None:
    for name in names:
        vault.client().create_secret(Name=name, SecretString="v")


def list_names(vault: smtui.Vault) -> set[str]:
    return {each["Name"] for each in vault.client().list_secrets()["SecretList"]} - VALUES.keys()


def find_log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def save_log(vault: smtui.Vault, folder: Path) -> Path:
    """Makes a change, copies the log that has only this change, and returns the copy."""
    vault._state.database.checkpoint()
    create(vault, "in-the-log")
    return Path(shutil.copyfile(find_log(vault.path), folder / "log"))


def put_back(path: Path, file: Path, log: Path) -> None:
    """Moves a copy of `file` to the vault's path, where a log lies that was last written before."""
    shutil.copyfile(log, find_log(path))
    os.utime(find_log(path), (0, 0))
    Path(shutil.copyfile(file, path.with_name("copy"))).replace(path)


@pytest.fixture
def old(path: Path, tmp_path: Path) -> Path:
    """Returns a copy of the vault with one secret."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        create(vault, "before")
    return Path(shutil.copyfile(path, tmp_path / "old"))


@pytest.fixture
def log(path: Path, old: Path, tmp_path: Path) -> Path:
    """Returns the log of a session after 21 more changes, of which it has the last one."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        create(vault, *(f"after/{number}" for number in range(20)))
        return save_log(vault, tmp_path)


def test_it_is_not_applied_to_an_older_file(path: Path, old: Path, log: Path) -> None:
    put_back(path, old, log)
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert any(KEPT in notice for notice in vault.notices)
        assert "21 changes are missing" in vault.maintenance.rollback_warning
        assert list_names(vault) == {"before"}
        assert vault.maintenance.check().clean
    assert path.with_name(KEPT).read_bytes() == log.read_bytes()


def test_nor_to_a_file_with_a_former_passphrase(path: Path, old: Path, tmp_path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.maintenance.change_passphrase(NEW_PASSPHRASE)
        log = save_log(vault, tmp_path)
    put_back(path, old, log)

    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert any(KEPT in notice for notice in vault.notices)
        assert list_names(vault) == {"before"}
        assert vault.maintenance.check().clean


def test_a_session_for_reading_only_refuses_and_changes_nothing(path: Path, old: Path, log: Path) -> None:
    put_back(path, old, log)
    with pytest.raises(smtui.VaultError, match="for another state of the vault file") as caught:
        smtui.open_vault(path, PASSPHRASE, read_only=True)
    assert "without --read-only" in caught.value.hint
    assert path.read_bytes() == old.read_bytes()
    assert find_log(path).read_bytes() == log.read_bytes()


@pytest.mark.parametrize("read_only", [False, True])
def test_a_log_that_belongs_to_the_file_is_applied(path: Path, old: Path, tmp_path: Path, read_only: bool) -> None:
    """A folder that was restored has a newer status of the file, too."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        log = save_log(vault, tmp_path)
    put_back(path, old, log)

    with smtui.open_vault(path, PASSPHRASE, read_only=read_only) as vault:
        assert not any("kept as" in notice for notice in vault.notices)
        assert not vault.maintenance.missing_commits
        assert list_names(vault) == {"before", "in-the-log"}
        assert vault.maintenance.check().clean
    assert not path.with_name(KEPT).exists()


def test_nothing_is_read_twice_if_the_log_was_written_last(
    path: Path, old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill, and beside other sessions: the whole vault is read only on suspicion."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        log = save_log(vault, tmp_path)
    put_back(path, old, log)
    os.utime(find_log(path))
    monkeypatch.setattr("smtui.vault.stray_log.open_with_log", None)

    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert list_names(vault) == {"before", "in-the-log"}


def test_an_older_file_that_nobody_accepts_is_not_changed(path: Path, old: Path, tmp_path: Path) -> None:
    """Nor its own log, although closing a vault otherwise moves the log into the file."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        log = save_log(vault, tmp_path)
        create(vault, "later")
    put_back(path, old, log)

    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert "1 change is missing" in vault.maintenance.rollback_warning
    assert path.read_bytes() == old.read_bytes()
    assert find_log(path).read_bytes() == log.read_bytes()

    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.maintenance.accept_rollback()
        assert list_names(vault) == {"before", "in-the-log"}
    assert not find_log(path).exists()


def test_an_older_file_that_was_used_is_one_file_again_after_closing(path: Path, old: Path) -> None:
    """A backup, for example: also if nobody accepts it, and if it was only read."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        create(vault, "later")
    path.write_bytes(old.read_bytes())

    for name in ("", "new"):
        with smtui.open_vault(path, PASSPHRASE) as vault:
            assert "missing" in vault.maintenance.rollback_warning
            if name:
                create(vault, name)
        assert [each.name for each in path.parent.glob(f"{path.name}*")] == [path.name]
