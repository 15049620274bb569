"""A whole older file: nothing in it tells, but this machine remembers how far the vault was."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import smtui
from smtui.vault import digest, kdf, opening
from smtui.vault.seen import Seen
from tests.conftest import PASSPHRASE
from tests.vault.conftest import read_all


@pytest.fixture
def older(path: Path) -> bytes:
    """The file as it was before three changes; the newest state is in its place."""
    before = path.read_bytes()
    change(path)
    return before


def change(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        for number in range(3):
            vault.client().create_secret(Name=f"new-{number}")


def behind(path: Path, passphrase: str = PASSPHRASE) -> int:
    with smtui.open_vault(path, passphrase) as vault:
        assert bool(vault.behind) == any("older than what this machine last saw" in each for each in vault.notices)
        return vault.behind


def notes(machine: Path) -> list[Path]:
    return list((machine / "seen").iterdir())


def test_the_newest_file_is_none_older(path: Path, older: bytes) -> None:
    assert [behind(path) for _ in range(2)] == [0, 0]


def test_an_older_file_in_its_place_is_noticed(path: Path, older: bytes) -> None:
    """Each time, until somebody says that it is meant. It is whole in itself, and can be read."""
    path.write_bytes(older)

    assert [behind(path) for _ in range(2)] == [3, 3]
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert "3 changes are missing" in vault.older
        assert read_all(vault) and vault.check().clean


def test_a_restored_backup_is_accepted_once(path: Path, older: bytes) -> None:
    path.write_bytes(older)
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.accept_older()
        assert not vault.behind and not vault.notices

    assert behind(path) == 0
    change(path)
    path.write_bytes(older)
    assert behind(path) == 3


def test_a_copy_elsewhere_is_as_old_as_it_is(path: Path, tmp_path: Path) -> None:
    """The note is about the vault, wherever its file lies. A fresh backup is not behind."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.backup(tmp_path / "copy")
    assert behind(tmp_path / "copy") == 0
    change(path)

    assert behind(tmp_path / "copy") == 3


def test_what_is_changed_in_an_older_file_hides_nothing(path: Path, older: bytes) -> None:
    path.write_bytes(older)
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="another")

    assert behind(path) == 2


def test_reading_is_no_change(path: Path, older: bytes) -> None:
    """What was read last may be lost with the power: that must not look like an older file."""
    before = path.read_bytes()
    with smtui.open_vault(path, PASSPHRASE) as vault:
        read_all(vault)
        vault.client().list_secrets()
    assert path.read_bytes() != before
    path.write_bytes(before)

    assert behind(path) == 0


def test_what_was_undone_or_refused_is_not_ahead_of_the_file(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        client = vault.client()
        with pytest.raises(ZeroDivisionError), vault.all_or_nothing():
            client.create_secret(Name="undone")
            raise ZeroDivisionError
        with pytest.raises(smtui.ClientError):
            client.create_secret(Name="prod/db")

    assert behind(path) == 0


def test_a_change_is_noted_once_it_is_in_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks when it is noted finds it there."""
    real, seen = Seen.note, []
    with smtui.open_vault(path, PASSPHRASE) as vault:
        keys = kdf.FileKeys.from_key(vault.unlock_key())

    def noted(self: Seen, commits: int, **more: bool) -> None:
        file = opening.open_file(path, keys, read_only=True)
        seen.append((commits, digest.commits(file)))
        file.close()
        real(self, commits, **more)

    monkeypatch.setattr(Seen, "note", noted)
    with smtui.open_vault(path, PASSPHRASE) as vault:
        seen.clear()
        vault.client().create_secret(Name="a")
        with vault.all_or_nothing():
            vault.client().create_secret(Name="b")
            vault.client().create_secret(Name="c")

    assert len(seen) == 2
    assert all(commits == there for commits, there in seen)


def test_the_new_passphrase_changes_nothing_about_it(path: Path, older: bytes) -> None:
    """The note stays the vault's; the older file, with its older passphrase, is noticed too."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.change_passphrase("new")
    assert behind(path, "new") == 0

    path.write_bytes(older)
    assert behind(path) == 4


def test_another_machine_knows_nothing(path: Path, older: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(older)
    monkeypatch.setenv("SMTUI_STATE", str(path.parent / "elsewhere"))

    assert behind(path) == 0


def test_two_sessions_at_once(path: Path, older: bytes) -> None:
    with smtui.open_vault(path, PASSPHRASE) as one, smtui.open_vault(path, PASSPHRASE) as two:
        for number in range(4):
            for vault in (one, two):
                vault.client().put_secret_value(SecretId="prod/api", SecretString=str(number))
        assert one.check().clean and two.check().clean
    assert behind(path) == 0

    path.write_bytes(older)
    assert behind(path) == 11


def test_the_note_is_private_and_tells_little(path: Path, older: bytes, machine: Path) -> None:
    note, = notes(machine)

    assert note.stat().st_mode & 0o777 == 0o600
    assert note.parent.stat().st_mode & 0o777 == 0o700
    assert path.name not in note.name and note.stat().st_size == 40


@pytest.mark.parametrize("harm", [
    lambda note: note.unlink(),
    lambda note: note.write_bytes(b""),
    lambda note: note.write_bytes(b"\xff" * 40),
    lambda note: note.write_bytes(note.read_bytes()[:-1]),
    lambda note: note.write_bytes(note.read_bytes() + b"1"),
    lambda note: note.write_bytes(bytes([1]) + note.read_bytes()[1:]),
    lambda note: (note.unlink(), note.mkdir()),
    lambda note: os.mkfifo(note.with_name("pipe")) or note.unlink() or note.with_name("pipe").rename(note),
], ids=["removed", "empty", "forged", "cut", "grown", "raised", "folder", "pipe"])
def test_a_note_that_is_none_counts_for_nothing(
    path: Path, older: bytes, machine: Path, harm: Callable[[Path], object]
) -> None:
    """No false alarm, and no obstacle."""
    harm(notes(machine)[0])

    assert behind(path) == 0


def test_the_note_of_another_vault_counts_for_nothing(path: Path, older: bytes, machine: Path, tmp_path: Path) -> None:
    mine, = notes(machine)
    with smtui.create_vault(tmp_path / "other", PASSPHRASE) as other:
        for number in range(50):
            other.client().create_secret(Name=str(number))
    theirs, = {*notes(machine)} - {mine}
    shutil.copyfile(theirs, mine)

    assert behind(path) == 0


def test_a_link_is_not_followed(path: Path, older: bytes, machine: Path, tmp_path: Path) -> None:
    note, = notes(machine)
    target = tmp_path / "target"
    target.write_text("mine")
    for plant in (note.symlink_to, note.hardlink_to):
        note.unlink()
        plant(target)
        change_something(path)
        assert target.read_text() == "mine"


def change_something(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.client().put_secret_value(SecretId="prod/api", SecretString="other")


@pytest.mark.parametrize("place", ["/proc/none/here", "/dev/null", ""])
def test_a_machine_that_cannot_remember_opens_it(path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.chdir("/proc")
    monkeypatch.setenv("SMTUI_STATE", place)
    change_something(path)

    assert behind(path) == 0


def test_the_platform_says_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from smtui.config import state_path

    monkeypatch.delenv("SMTUI_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    if os.name == "posix" and os.uname().sysname == "Linux":
        assert state_path() == tmp_path / "smtui"
    assert state_path({"SMTUI_STATE": "there"}) == Path("there")
