"""Tests of backups, concurrent access, crashes, and the frozen sample vaults."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.vault import audit_log
from tests.conftest import PASSPHRASE, Clock
from tests.vault.conftest import VALUES, read_all
from tests.vault.test_bad_input import CODE
from tests.waiting import LIMIT

SAMPLES = Path(__file__).parent / "samples"


def test_a_backup_is_a_whole_vault(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.maintenance.backup(target)

    assert target.stat().st_mode & 0o777 == 0o600
    with smtui.open_vault(target, PASSPHRASE) as copy:
        assert read_all(copy) == VALUES
        assert copy.maintenance.check().clean
    assert {p.name for p in tmp_path.iterdir()} == {"v.vault", "copy"}


def test_a_backup_overwrites_only_when_told(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    target.write_text("mine")
    (tmp_path / "link").symlink_to(target)
    with smtui.open_vault(path, PASSPHRASE) as vault:
        with pytest.raises(smtui.VaultExistsError):
            vault.maintenance.backup(target)
        assert target.read_text() == "mine"
        for wrong in (tmp_path / "link", tmp_path, path):
            with pytest.raises(smtui.VaultPathError):
                vault.maintenance.backup(wrong, force=True)
        vault.maintenance.backup(target, force=True)
    smtui.open_vault(target, PASSPHRASE).close()


def test_a_backup_into_nowhere(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault, pytest.raises(smtui.VaultPathError):
        vault.maintenance.backup(Path("/proc/none/copy"))


WRITER = (
    "import itertools\n"
    "v = smtui.open_vault(sys.argv[1], PASSPHRASE); c = v.client()\n"
    "for n in itertools.count():\n"
    "    c.create_secret(Name=f'{sys.argv[2]}-{n}', SecretString='x' * 300)\n"
    "    print(n, flush=True)\n"
)


def writer(path: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", CODE + WRITER, str(path), name], stdout=subprocess.PIPE, text=True)


def wait_for(process: subprocess.Popen[str], lines: int) -> int:
    """Returns the number of the last write that the process acknowledged."""
    assert process.stdout
    return [int(process.stdout.readline()) for _ in range(lines)][-1]


def test_a_backup_while_another_process_writes(path: Path, tmp_path: Path) -> None:
    process = writer(path, "w")
    try:
        wait_for(process, 5)
        with smtui.open_vault(path, PASSPHRASE) as vault:
            for number in range(3):
                vault.maintenance.backup(tmp_path / f"copy-{number}")
                wait_for(process, 5)
    finally:
        process.kill()
        process.wait()
    for number in range(3):
        with smtui.open_vault(tmp_path / f"copy-{number}", PASSPHRASE) as copy:
            assert copy.maintenance.check().clean
            assert read_all(copy) == VALUES
            assert len(copy.client().list_secrets()["SecretList"]) >= 5


@pytest.mark.parametrize("lines", [1, 7, 23])
def test_killed_while_writing(path: Path, lines: int) -> None:
    """The vault contains every acknowledged write, and opens without repair."""
    process = writer(path, "w")
    done = wait_for(process, lines)
    os.kill(process.pid, signal.SIGKILL)
    rest, _ = process.communicate(timeout=LIMIT)
    done = max([done, *(int(line) for line in rest.split() if rest.endswith("\n") or line != rest.split()[-1])])

    with smtui.open_vault(path, PASSPHRASE) as vault:
        client = vault.client()
        for number in range(done + 1):
            assert client.get_secret_value(SecretId=f"w-{number}")["SecretString"] == "x" * 300
        assert vault.maintenance.check().clean


def test_two_processes_write_at_once(path: Path) -> None:
    """No write is lost, and no process is refused within the busy timeout."""
    processes = [writer(path, name) for name in ("one", "two")]
    done = [wait_for(process, 20) for process in processes]
    for process in processes:
        process.kill()
        process.communicate()

    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert vault.maintenance.check().clean
        for name, last in zip(("one", "two"), done, strict=True):
            for number in range(last + 1):
                vault.client().describe_secret(SecretId=f"{name}-{number}")


def test_a_change_by_another_is_noticed(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as one, smtui.open_vault(path, PASSPHRASE) as two:
        before = one.change_count()
        one.client().create_secret(Name="own")
        assert one.change_count() == before

        two.client().create_secret(Name="other")

        assert one.change_count() != before


def test_only_the_vault_is_left_after_closing(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="a")

    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_no_value_stands_in_any_file(path: Path) -> None:
    """No file contains a value or a name, neither while the vault is open nor afterwards."""
    def found() -> bool:
        words = (b"hunter2", b"prod/db", b"marker")
        return any(word in file.read_bytes() for file in path.parent.iterdir() for word in words)

    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="marker", SecretString="marker" * 100, Description="marker")
        read_all(vault)
        assert not found()
    assert not found()


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.vault")), ids=lambda path: path.name)
def test_every_format_ever_written_still_opens(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The samples were written by earlier versions, with the real key derivation."""
    from smtui.vault import kdf

    monkeypatch.setitem(kdf.PROFILES, 1, kdf.Profile(memory_cost=65536, iterations=3, lanes=4))
    path = tmp_path / sample.name
    shutil.copyfile(sample, path)
    path.chmod(0o600)

    with smtui.open_vault(path, "a frozen sample", clock=Clock()) as vault:
        client = vault.client()
        assert vault.maintenance.check().clean
        assert client.get_secret_value(SecretId="prod/db")["SecretString"] == '{"user":"app","password":"second"}'
        previous = client.get_secret_value(SecretId="prod/db", VersionStage="AWSPREVIOUS")
        assert previous["SecretString"] == '{"user":"app","password":"first"}'
        assert client.get_secret_value(SecretId="binary")["SecretBinary"] == bytes(range(256))
        assert client.describe_secret(SecretId="planned")["DeletedDate"]
        assert client.describe_secret(SecretId="prod/db")["Tags"] == [{"Key": "team", "Value": "pay"}]
        assert len(list(vault.audit_log(operation="CreateSecret"))) == 3
        client.tag_resource(SecretId="prod/db", Tags=[{"Key": "team", "Value": "shop"}])
        client.delete_secret(SecretId="binary", ForceDeleteWithoutRecovery=True)
        vault.maintenance.change_passphrase("another")
        assert vault.maintenance.check().clean


def test_a_check_looks_at_one_moment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If another process records an event during a check, the check does not report it as superfluous."""
    real = audit_log._read_start

    def slow(database: Any) -> Any:
        found = real(database)
        monkeypatch.setattr(audit_log, "_read_start", real)
        other.client().list_secrets()
        return found

    with smtui.open_vault(path, PASSPHRASE) as vault, smtui.open_vault(path, PASSPHRASE) as other:
        monkeypatch.setattr(audit_log, "_read_start", slow)

        assert vault.maintenance.check().findings == ()


def test_progress_that_raises_ends_a_backup(path: Path, tmp_path: Path) -> None:
    """The callback gets the progress. If it raises, the incomplete copy is removed."""
    reports: list[tuple[str, int, int]] = []

    def stop(*progress: object) -> None:
        reports.append(progress)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with smtui.open_vault(path, PASSPHRASE) as vault:
        with pytest.raises(KeyboardInterrupt):
            vault.maintenance.backup(tmp_path / "copy", progress=stop)
        what, done, of = reports[0]
        assert (what, done) == ("copying", of)
        assert read_all(vault) == VALUES
    assert [p.name for p in tmp_path.iterdir()] == ["v.vault"]


def test_an_interrupted_statement_raises_ours(path: Path) -> None:
    """An interrupt from another thread raises the vault's own error, and the vault remains usable."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        database = vault._state.database
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        begun = threading.Event()
        database.connection.set_progress_handler(lambda: begun.set() is not None)
        stopping = threading.Thread(target=lambda: begun.wait(LIMIT) and vault.interrupt())
        stopping.start()
        with pytest.raises(smtui.VaultError, match="Cancelled"):
            database.fetch_row(endless)
        stopping.join()

        assert read_all(vault) == VALUES
