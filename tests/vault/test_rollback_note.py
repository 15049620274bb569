"""Tests of rollback detection: a machine remembers the last state of each vault and reports an older file."""

from __future__ import annotations

import hmac
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import smtui
from smtui.vault import digest, kdf, opening
from smtui.vault.lineage import Lineage
from tests.conftest import PASSPHRASE, Clock
from tests.vault.conftest import read_all


@pytest.fixture
def older(path: Path) -> bytes:
    """Returns the content of the file before three changes, and makes these changes."""
    before = path.read_bytes()
    change(path)
    return before


def change(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        for number in range(3):
            vault.client().create_secret(Name=f"new-{number}")


def behind(path: Path, passphrase: str = PASSPHRASE) -> int:
    with smtui.open_vault(path, passphrase) as vault:
        missing = vault.maintenance.missing_commits
        assert bool(missing) == any("the vault last seen on this machine" in each for each in vault.notices)
        return missing


def notes(machine: Path) -> list[Path]:
    return list((machine / "seen").iterdir())


def test_the_newest_file_is_none_older(path: Path, older: bytes) -> None:
    assert [behind(path) for _ in range(2)] == [0, 0]


def test_an_older_file_in_its_place_is_noticed(path: Path, older: bytes) -> None:
    """Each session reports the older file until the user accepts it. The file itself is valid and readable."""
    path.write_bytes(older)

    assert [behind(path) for _ in range(2)] == [3, 3]
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert "3 changes are missing" in vault.maintenance.rollback_warning
        assert read_all(vault) and vault.maintenance.check().clean


def test_a_commit_of_many_changes_is_not_counted_as_the_few_that_are_noted(path: Path) -> None:
    """The note keeps the newest changes; the number that it knows is then a lower bound, and said to be one."""
    before = path.read_bytes()
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.create_secrets([{"Name": f"imported-{number:03}"} for number in range(120)])
    path.write_bytes(before)

    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert "at least 50 changes are missing" in vault.maintenance.rollback_warning


def test_a_restored_backup_is_accepted_once(path: Path, older: bytes) -> None:
    path.write_bytes(older)
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.maintenance.accept_rollback()
        assert not vault.maintenance.missing_commits and not vault.notices

    assert behind(path) == 0
    change(path)
    path.write_bytes(older)
    assert behind(path) == 3


def test_a_copy_elsewhere_is_as_old_as_it_is(path: Path, tmp_path: Path) -> None:
    """The note belongs to the vault, not to the path. A fresh backup is not behind."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.maintenance.backup(tmp_path / "copy")
    assert behind(tmp_path / "copy") == 0
    change(path)

    assert behind(tmp_path / "copy") == 3


def test_what_is_changed_in_an_older_file_hides_nothing(path: Path, older: bytes) -> None:
    path.write_bytes(older)
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="another")

    assert behind(path) == 3
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert "diverged from the vault last seen" in vault.maintenance.rollback_warning


def test_an_older_file_that_overtook_is_noticed(path: Path, older: bytes, machine: Path) -> None:
    """An older file with more changes from another machine is reported, with the fork's time and the lost changes."""
    path.write_bytes(older)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMTUI_STATE", str(path.parent / "elsewhere"))
        for number in range(9):
            with smtui.open_vault(path, PASSPHRASE) as vault:
                vault.client().put_secret_value(SecretId="prod/api", SecretString=f"other-{number}")

    for _ in range(2):
        with smtui.open_vault(path, PASSPHRASE) as vault:
            assert vault.maintenance.missing_commits == 3
            warning = vault.maintenance.rollback_warning
            assert "3 changes are missing, and other changes replaced them" in warning
            assert re.search(r"It diverged between \d{4}-\d\d-\d\d .* UTC and .* UTC\.", warning)
            changes = [line.split()[-2:] for line in vault.maintenance.missing_changes]
            assert changes == [["CreateSecret", f"new-{n}"] for n in (2, 1, 0)]
            assert warning in vault.notices
            vault.client().put_secret_value(SecretId="prod/api", SecretString="here")  # does not hide the rollback
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.maintenance.accept_rollback()
    assert behind(path) == 0


def test_what_is_lost_is_dated_however_long_ago_it_was(path: Path, clock: Clock) -> None:
    """The note keeps the newest 50 changes by name, and older ones by times that are further and further apart."""
    clock.forward(days=3650)
    then = {}
    with smtui.open_vault(path, PASSPHRASE, clock=clock) as vault:
        for number in range(300):
            clock.forward(hours=1)
            vault.client().put_secret_value(SecretId="prod/api" if number % 2 else "prod/db", SecretString=str(number))
            if number in (99, 199, 279):
                vault.maintenance.backup(path.with_name("copy"))
                then[299 - number] = (clock.now, path.with_name("copy").rename(path.with_name(f"{number}")))
    for missing, (moment, file) in then.items():
        shutil.copyfile(file, path)
        with smtui.open_vault(path, PASSPHRASE, clock=clock) as vault:
            sentence = re.search(r"It lacks the changes after (.*) UTC", vault.maintenance.rollback_warning)
            assert sentence and vault.maintenance.missing_commits == missing
            known = datetime.fromisoformat(f"{sentence[1]}+00:00")
            assert timedelta() <= moment - known <= (clock.now - moment) / 2
            assert len(vault.maintenance.missing_changes) == min(missing, 50)
            assert vault.maintenance.missing_changes[0].split()[-2:] == ["PutSecretValue", "prod/api"]


def test_reading_is_no_change(path: Path, older: bytes) -> None:
    """A power loss may undo the record of the last reads. That must not look like an older file."""
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
        with pytest.raises(ZeroDivisionError), vault.transaction():
            client.create_secret(Name="undone")
            raise ZeroDivisionError
        with pytest.raises(smtui.ClientError):
            client.create_secret(Name="prod/db")

    assert behind(path) == 0


def test_a_change_is_noted_once_it_is_in_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The note counts only changes that are already in the file."""
    real, seen = Lineage.record, []
    with smtui.open_vault(path, PASSPHRASE) as vault:
        keys = kdf.FileKeys.from_key(vault.unlock_key())

    def recorded(self: Lineage) -> None:
        file = opening.open_file(path, keys, read_only=True)
        seen.append((digest.count_commits(self._database), digest.count_commits(file)))
        file.close()
        real(self)

    monkeypatch.setattr(Lineage, "record", recorded)
    with smtui.open_vault(path, PASSPHRASE) as vault:
        seen.clear()
        vault.client().create_secret(Name="a")
        with vault.transaction():
            vault.client().create_secret(Name="b")
            vault.client().create_secret(Name="c")

    assert len(seen) == 2
    assert all(commits == there for commits, there in seen)


def test_the_new_passphrase_changes_nothing_about_it(path: Path, older: bytes) -> None:
    """The note remains valid after the passphrase changes. A file with the older passphrase is reported too."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.maintenance.change_passphrase("new")
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
        assert one.maintenance.check().clean and two.maintenance.check().clean
    assert behind(path) == 0

    path.write_bytes(older)
    assert behind(path) == 11


def test_the_note_is_private_and_tells_little(path: Path, older: bytes, machine: Path) -> None:
    note, = notes(machine)

    assert note.stat().st_mode & 0o777 == 0o600
    assert note.parent.stat().st_mode & 0o777 == 0o700
    assert path.name not in note.name and b"new-1" not in note.read_bytes()


def test_the_note_of_an_earlier_version_counts(path: Path, older: bytes, machine: Path) -> None:
    """The earlier note contains only the number of changes. An upgrade causes no false alarm and misses no rollback."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        commits = digest.count_commits(vault._state.database).to_bytes(8, "big")
        key = vault._state.key_store.derive("smtui seen")
    note, = notes(machine)
    newest = path.read_bytes()
    note.write_bytes(commits + hmac.digest(key, commits, "sha256"))
    path.write_bytes(older)
    assert behind(path) == 3

    path.write_bytes(newest)
    assert behind(path) == 0
    path.write_bytes(older)
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert len(vault.maintenance.missing_changes) == 3


def test_events_that_were_dropped_on_purpose_are_no_alarm(path: Path, clock: Clock) -> None:
    """Another machine with a retention of one day removed the events that this machine last saw. One notice says so."""
    clock.forward(days=3650)
    with smtui.open_vault(path, PASSPHRASE, clock=clock) as vault:
        vault.client().create_secret(Name="a")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMTUI_STATE", str(path.parent / "elsewhere"))
        with smtui.open_vault(path, PASSPHRASE, clock=clock) as vault:
            vault.audit.set_retention(1)
        for _ in range(4):
            clock.forward(days=2)
            with smtui.open_vault(path, PASSPHRASE, clock=clock) as vault:
                vault.client().put_secret_value(SecretId="prod/api", SecretString="x")
        with smtui.open_vault(path, PASSPHRASE, clock=clock) as vault:
            assert len(list(vault.audit_log())) < 5

    for is_told in (True, False):
        with smtui.open_vault(path, PASSPHRASE, clock=clock) as vault:
            assert not vault.maintenance.missing_commits
            assert any("no longer reaches back" in each for each in vault.notices) == is_told


def test_who_notes_late_hides_nothing(path: Path, older: bytes) -> None:
    """With several concurrent writers, the last note contains the newest change, no matter which process made it."""
    sessions = [subprocess.Popen(
        [sys.executable, "-c", "import smtui, sys\n"
         "with smtui.open_vault(sys.argv[1], key=bytes.fromhex(sys.argv[2])) as vault:\n"
         "    for number in range(20): vault.client().create_secret(Name=f'{sys.argv[3]}-{number}')\n",
         str(path), unlock_key(path), name]) for name in "abc"]
    assert [session.wait() for session in sessions] == [0, 0, 0]

    assert behind(path) == 0
    path.write_bytes(older)
    assert behind(path) == 63


def test_long_names_in_refused_requests_hide_nothing(path: Path) -> None:
    """The next change is noted, even after refused requests with very long names."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        for number in range(60):
            with pytest.raises(smtui.ClientError):
                vault.client().delete_secret(SecretId=f"{number}\n" + "\U0001f511" * 200)
    before = path.read_bytes()
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="new")
    path.write_bytes(before)

    assert behind(path) == 1
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert vault.maintenance.missing_changes[0].split()[-2:] == ["CreateSecret", "new"]


def unlock_key(path: Path) -> str:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        return vault.unlock_key().hex()


@pytest.mark.parametrize("harm", [
    lambda note: note.unlink(),
    lambda note: note.write_bytes(b""),
    lambda note: note.write_bytes(b"\xff" * 40),
    lambda note: note.write_bytes(b"\xff" * 200_000),
    lambda note: note.write_bytes(note.read_bytes()[:1000]),
    lambda note: note.write_bytes(note.read_bytes()[1:]),
    lambda note: (note.unlink(), note.mkdir()),
    lambda note: os.mkfifo(note.with_name("pipe")) or note.unlink() or note.with_name("pipe").rename(note),
], ids=["removed", "empty", "short", "forged", "cut", "moved", "folder", "pipe"])
def test_a_note_that_is_none_counts_for_nothing(
    path: Path, older: bytes, machine: Path, harm: Callable[[Path], object]
) -> None:
    """A damaged note causes no rollback warning and no error, only a notice."""
    note, = notes(machine)
    harm(note)
    there = note.is_fifo() or note.is_dir() or (note.exists() and note.stat().st_size > 0)

    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert not vault.maintenance.missing_commits
        assert any("record of the vault was damaged" in each for each in vault.notices) == there
    assert behind(path) == 0


def test_a_note_that_was_interrupted_is_the_one_before(path: Path, older: bytes, machine: Path) -> None:
    """If either half of the note is lost, an older file is still reported."""
    note, = notes(machine)
    whole = note.read_bytes()
    path.write_bytes(older)
    for at in (0, 64 * 1024):
        note.write_bytes(whole[:at] + bytes(1000) + whole[at + 1000 :])
        assert behind(path) in (2, 3)


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
    from smtui.system.settings import get_state_path

    monkeypatch.delenv("SMTUI_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    if os.name == "posix" and os.uname().sysname == "Linux":
        assert get_state_path() == tmp_path / "smtui"
    assert get_state_path({"SMTUI_STATE": "there"}) == Path("there")
