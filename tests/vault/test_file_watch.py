"""Tests of an open vault whose file another program overwrites in place: it says so, and writes nothing on top."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import smtui
from tests.conftest import PASSPHRASE

RUN = "import shutil, sys; "
COPY = RUN + "shutil.copyfile(*sys.argv[1:])"
COPY_WITH_TIMES = RUN + "shutil.copyfile(*sys.argv[1:]); shutil.copystat(*sys.argv[1:])"
OVERWRITE = RUN + "file = open(sys.argv[2], 'r+b'); file.write(open(sys.argv[1], 'rb').read()); file.truncate()"
USES: dict[str, Callable[[smtui.Vault], object]] = {
    "look for changes": lambda vault: vault.change_count(),
    "read": lambda vault: vault.client().get_secret_value(SecretId="prod/db"),
    "list": lambda vault: vault.client(record_reads=False).list_secrets(),
    "write": lambda vault: vault.client().put_secret_value(SecretId="prod/db", SecretString="on top"),
    "audit log": lambda vault: list(vault.audit_log()),
    "count": lambda vault: vault.count_secrets(),
    "check": lambda vault: vault.maintenance.check(),
    "backup": lambda vault: vault.maintenance.backup(vault.path.with_name("backup.vault")),
    "new passphrase": lambda vault: vault.maintenance.change_passphrase("another passphrase of six words"),
}


def run(program: str, *paths: Path) -> None:
    """Runs a program in a process of its own, because closing a file drops the locks that this process has on it."""
    subprocess.run([sys.executable, "-c", program, *map(str, paths)], check=True)


def create(vault: smtui.Vault, *names: str) -> None:
    for name in names:
        vault.client().create_secret(Name=name, SecretString="v")


def checkpoint(vault: smtui.Vault) -> None:
    vault._state.database.checkpoint()


@pytest.fixture
def session(path: Path) -> Iterator[smtui.Vault]:
    """Yields an open vault of which an older copy lies in `old.vault`; the newest change is only in its log."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        create(vault, "before")
        checkpoint(vault)
        run(COPY, path, path.with_name("old.vault"))
        create(vault, *(f"after/{number}" for number in range(20)))
        checkpoint(vault)
        create(vault, "in-the-log")
        yield vault


@pytest.fixture
def old(path: Path) -> Path:
    return path.with_name("old.vault")


@pytest.mark.parametrize("use", USES)
def test_every_use_says_so(session: smtui.Vault, path: Path, old: Path, use: str) -> None:
    run(COPY, old, path)

    for _ in range(2):
        with pytest.raises(smtui.VaultError) as caught:
            USES[use](session)
        assert "An older copy of this vault was written into its file while it was open." in str(caught.value)
        assert "21 changes are missing" in str(caught.value)
        assert "Lock, and unlock" in caught.value.hint


@pytest.mark.parametrize("program", [COPY, COPY_WITH_TIMES, OVERWRITE], ids=["cp", "cp -p", "without truncating"])
def test_nothing_is_written_on_top(session: smtui.Vault, path: Path, old: Path, program: str) -> None:
    with smtui.open_vault(path, PASSPHRASE) as other:
        run(program, old, path)
        for vault in (session, other):
            for use in USES.values():
                with pytest.raises(smtui.VaultError):
                    use(vault)
            vault.close()
    assert path.read_bytes() == old.read_bytes()

    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert "21 changes are missing" in vault.maintenance.rollback_warning
        assert vault.maintenance.check().clean
        vault.maintenance.accept_rollback()
        create(vault, "after-all")
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert not vault.maintenance.missing_commits


def test_the_log_of_the_former_file_is_kept_and_not_applied(session: smtui.Vault, path: Path, old: Path) -> None:
    run(COPY, old, path)
    with pytest.raises(smtui.VaultError) as caught:
        session.change_count()
    assert "kept as v.vault-wal.replaced" in caught.value.hint
    assert path.with_name("v.vault-wal.replaced").stat().st_size
    session.close()

    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert "in-the-log" not in {each["Name"] for each in vault.client().list_secrets()["SecretList"]}


def test_the_newest_file_can_be_written_back(session: smtui.Vault, path: Path, old: Path, tmp_path: Path) -> None:
    """Not if the log of the former file was renamed: the session would write to that log."""
    newest = tmp_path / "newest"
    checkpoint(session)
    run(COPY, path, newest)
    for number in range(2):
        run(COPY, old, path)
        with pytest.raises(smtui.VaultError, match=r"2\d changes are missing"):
            session.change_count()
        run(COPY, newest, path)
        assert session.client().describe_secret(SecretId="in-the-log")["Name"] == "in-the-log"
        create(session, f"last/{number}")
        checkpoint(session)
        run(COPY, path, newest)
    assert session.maintenance.check().clean

    create(session, "in-the-log-again")
    run(COPY, old, path)
    with pytest.raises(smtui.VaultError, match="are missing"):
        session.change_count()
    run(COPY, newest, path)
    with pytest.raises(smtui.VaultError, match="are missing"):
        session.change_count()


def test_a_reader_notices_what_others_have_made_since(path: Path, tmp_path: Path) -> None:
    """The copy holds all that the reader has read; only the note of this machine knows of more."""
    copy = tmp_path / "copy.vault"
    with smtui.open_vault(path, PASSPHRASE) as reader:
        reader.change_count()
        run(COPY, path, copy)
        with smtui.open_vault(path, PASSPHRASE) as writer:
            create(writer, *(f"after/{number}" for number in range(20)))
            checkpoint(writer)
        reader.change_count()
        run(COPY, copy, path)

        with pytest.raises(smtui.VaultError, match="20 changes are missing"):
            reader.change_count()


def test_checkpoints_and_copies_of_the_same_are_no_alarm(session: smtui.Vault, path: Path, tmp_path: Path) -> None:
    for number in range(3):
        with smtui.open_vault(path, PASSPHRASE) as other:
            create(other, f"other/{number}")
        create(session, f"own/{number}")
        path.touch()
        session.change_count()
    same = tmp_path / "same.vault"
    run(COPY, path, same)
    create(session, "in-the-log-again")
    run(COPY, same, path)

    create(session, "last")
    assert session.maintenance.check().clean


def test_a_checkpoint_that_was_interrupted_is_no_alarm(session: smtui.Vault, path: Path, tmp_path: Path) -> None:
    """A killed process leaves some pages of its checkpoint in the file; the log still holds them all."""
    create(session, *(f"more/{number}" for number in range(20)))
    before, after, torn = (tmp_path / name for name in ("before", "after", "torn"))
    for copy in (before, after):
        run(COPY, path, copy)
    run(COPY, path.with_name("v.vault-wal"), tmp_path / "after-wal")
    with smtui.open_vault(after, PASSPHRASE):
        pass  # closing it completes the checkpoint
    old, new = ([file.read_bytes()[at:at + 4096] for at in range(0, file.stat().st_size, 4096)]
                for file in (before, after))
    assert old != new
    torn.write_bytes(b"".join(old[at] if at % 2 and at < len(old) else page for at, page in enumerate(new)))
    session.change_count()
    run(OVERWRITE, torn, path)

    session.change_count()
    create(session, "last")
    assert session.maintenance.check().clean


def test_a_copy_that_is_under_way_is_no_older_file(session: smtui.Vault, path: Path, tmp_path: Path) -> None:
    """`cp` empties the file first. Nothing can be read meanwhile, and nothing is written."""
    checkpoint(session)
    newest, half = tmp_path / "newest", tmp_path / "half"
    run(COPY, path, newest)
    half.write_bytes(newest.read_bytes()[:8 * 4096])
    run(OVERWRITE, half, path)
    for name, use in USES.items():
        with pytest.raises(smtui.VaultDamagedError, match=None if name == "check" else "cannot be read"):
            use(session)
    assert path.read_bytes() == half.read_bytes()

    run(OVERWRITE, newest, path)
    create(session, "last")
    assert session.maintenance.check().clean
