"""Tests of files that are not complete vaults: each is refused with the right error and is not changed."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw
import pytest

import smtui
from smtui.vault import database, kdf, migrate, opening
from tests.conftest import PASSPHRASE
from tests.vault.conftest import VALUES, read_all
from tests.waiting import LIMIT

CODE = (
    "import sys, smtui\n"
    "from smtui.vault import kdf\n"
    "kdf.PROFILES = {1: kdf.Profile(memory_cost=64, iterations=1, lanes=1)}\n"
    f"PASSPHRASE = {PASSPHRASE!r}\n"
)


def elsewhere(code: str, *args: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Runs code in another process that has imported `smtui`, `PASSPHRASE` and a cheap key derivation."""
    command = [sys.executable, "-c", CODE + code, *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False, **options)  # type: ignore


def test_the_right_passphrase_opens_it(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert read_all(vault) == VALUES
        assert vault.notices == ()


@pytest.mark.parametrize("passphrase", ["wrong", PASSPHRASE + " ", " " + PASSPHRASE, PASSPHRASE.upper()])
def test_wrong_passphrase(path: Path, untouched: Callable[[], bool], passphrase: str) -> None:
    assert untouched()
    with pytest.raises(smtui.WrongPassphraseError, match="Wrong passphrase, or"):
        smtui.open_vault(path, passphrase)
    assert untouched()


def test_an_empty_passphrase_is_no_passphrase(path: Path, tmp_path: Path) -> None:
    with pytest.raises(smtui.VaultError, match="empty"):
        smtui.open_vault(path, "")
    with pytest.raises(smtui.VaultError, match="empty"):
        smtui.create_vault(tmp_path / "new", "")
    assert not (tmp_path / "new").exists()


def test_the_same_passphrase_from_another_keyboard(tmp_path: Path) -> None:
    """An é as one character or as e with a combining accent gives the same key."""
    smtui.create_vault(tmp_path / "v", "caf\u00e9").close()

    smtui.open_vault(tmp_path / "v", "cafe\u0301").close()
    smtui.open_vault(tmp_path / "v", "cafe\u0301".encode()).close()


def make(path: Path, kind: str) -> None:
    match kind:
        case "text":
            path.write_text("DATABASE_URL=postgres://\n" * 400)
        case "json":
            path.write_text('{"a": 1}' * 1000)
        case "sqlite":
            connection = sqlite3.connect(path)
            connection.execute("CREATE TABLE t (x)")
            connection.commit()
            connection.close()
        case "zip":
            with zipfile.ZipFile(path, "w") as file:
                file.writestr("a", "b" * 9000)
        case "empty":
            path.write_bytes(b"")
        case "tiny":
            path.write_bytes(b"\x01short")
        case "unknown profile":
            path.write_bytes(b"\x7f" + bytes(8191))


@pytest.mark.parametrize("kind", ["text", "json", "sqlite", "zip", "empty", "tiny", "unknown profile"])
def test_not_a_vault(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file"
    make(path, kind)
    before = path.read_bytes()

    with pytest.raises(smtui.VaultFormatError, match="not a vault"):
        smtui.open_vault(path, PASSPHRASE)
    assert path.read_bytes() == before


def test_noise_with_a_known_profile_is_a_wrong_passphrase(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\x01" + random.Random(1).randbytes(8191))

    with pytest.raises(smtui.WrongPassphraseError):
        smtui.open_vault(path, PASSPHRASE)


@pytest.mark.parametrize("length", [16, 100, 512, 4095, 4097, 5000, -1, -17])
def test_truncated(path: Path, length: int) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:length])

    with pytest.raises(smtui.VaultDamagedError, match="damaged"):
        smtui.open_vault(path, PASSPHRASE)
    assert path.read_bytes() == whole[:length]


def test_half_a_page_is_completed_from_the_log_beside_it(path: Path, tmp_path: Path) -> None:
    """A full disk or a power loss leaves this state when SQLite moves pages from the write-ahead log into the file."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="new", SecretString="x" * 20_000)
        (tmp_path / "cut").mkdir()
        for name in ("v.vault", "v.vault-wal"):
            shutil.copy(path.with_name(name), tmp_path / "cut" / name)
    cut = tmp_path / "cut" / "v.vault"
    cut.write_bytes(cut.read_bytes() + bytes(512))

    with smtui.open_vault(cut, PASSPHRASE) as vault:
        assert vault.client().get_secret_value(SecretId="new")["SecretString"] == "x" * 20_000
        assert vault.maintenance.check().clean
    assert cut.stat().st_size % 4096 == 0


def harmed(path: Path, statement: str) -> None:
    keys = kdf.FileKeys.from_passphrase(PASSPHRASE, path.read_bytes()[:16])
    file = opening.open_file(path, keys)
    file.run(statement)
    file.close()


def test_a_newer_format_is_refused(path: Path, untouched: Callable[[], bool]) -> None:
    harmed(path, "PRAGMA user_version = 99")
    assert untouched()

    with pytest.raises(smtui.VaultFormatError, match=r"newer smtui \(format 99\)"):
        smtui.open_vault(path, PASSPHRASE)
    assert untouched()


def test_another_programs_database_is_refused(path: Path, untouched: Callable[[], bool]) -> None:
    harmed(path, "PRAGMA application_id = 1")
    assert untouched()

    with pytest.raises(smtui.VaultFormatError, match="not a vault"):
        smtui.open_vault(path, PASSPHRASE)
    assert untouched()


def test_an_older_format_is_copied_and_migrated(path: Path) -> None:
    """The backup of the file keeps the old format and opens with the same passphrase."""
    keys = kdf.FileKeys.from_passphrase(PASSPHRASE, path.read_bytes()[:16])
    file = opening.open_file(path, keys)

    migrate.bring_up_to_date(file, (*migrate.MIGRATIONS, lambda db: db.run("CREATE TABLE later (x)")))

    assert file.fetch_row("PRAGMA user_version") == (len(migrate.MIGRATIONS) + 1,)
    file.close()
    with pytest.raises(smtui.VaultFormatError):
        smtui.open_vault(path, PASSPHRASE)
    with smtui.open_vault(path.with_name(f"v.vault.format-{len(migrate.MIGRATIONS)}.backup"), PASSPHRASE) as old:
        assert read_all(old) == VALUES


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    keys = kdf.FileKeys.from_passphrase(PASSPHRASE, path.read_bytes()[:16])
    file = opening.open_file(path, keys)

    def broken(db: database.Database) -> None:
        db.run("DELETE FROM secrets")
        raise smtui.VaultFullError("The disk is full.")

    with pytest.raises(smtui.VaultFullError):
        migrate.bring_up_to_date(file, (*migrate.MIGRATIONS, broken))
    file.close()
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert read_all(vault) == VALUES


def test_missing(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path / "no" / "folder"):
        with pytest.raises(smtui.VaultMissingError, match="No vault found"):
            smtui.open_vault(path, PASSPHRASE)


def test_a_folder_a_link_a_pipe_a_second_name(path: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(path)
    (tmp_path / "nowhere").symlink_to(tmp_path / "none")
    os.mkfifo(tmp_path / "pipe")
    for name, word in (("folder", "folder"), ("link", "link"), ("nowhere", "link"), ("pipe", "not a file")):
        with pytest.raises(smtui.VaultPathError, match=word):
            smtui.open_vault(tmp_path / name, PASSPHRASE)
        with pytest.raises(smtui.VaultExistsError):
            smtui.create_vault(tmp_path / name, PASSPHRASE)
    os.link(path, tmp_path / "second")
    with pytest.raises(smtui.VaultPathError, match="second name"):
        smtui.open_vault(path, PASSPHRASE)
    assert not (tmp_path / "none").exists()


def test_create_never_overwrites(path: Path, untouched: Callable[[], bool]) -> None:
    assert untouched()
    with pytest.raises(smtui.VaultExistsError):
        smtui.create_vault(path, PASSPHRASE)
    assert untouched()


def test_readable_by_others_is_said(path: Path) -> None:
    path.chmod(0o644)

    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert any("Other users of this machine can read" in notice for notice in vault.notices)


needs_root = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can become somebody else")
NOBODY = """
import contextlib, importlib, io, os, pkgutil, smtui.backends.opening
# Who has no rights may be unable to read this Python, parts of which are imported only by a call: so all is, before.
for name in sys.stdlib_module_names - {"antigravity", "this", "idlelib", "tkinter", "turtle", "turtledemo"}:
    with contextlib.suppress(ImportError):
        package = importlib.import_module(name)
        for each in pkgutil.iter_modules(package.__path__) if name in ("urllib", "encodings", "json") else ():
            with contextlib.suppress(ImportError):
                importlib.import_module(f"{name}.{each.name}")
os.setgid(65534); os.setuid(65534)
"""
REPORT = (
    "try:\n"
    "    with smtui.open_vault(sys.argv[1], PASSPHRASE, read_only=len(sys.argv) > 2) as v:\n"
    "        print(v.client().get_secret_value(SecretId='prod/db')['SecretString'][:7], v.notices)\n"
    "except smtui.VaultError as e: print(type(e).__name__, e, e.hint)\n"
)


@pytest.fixture
def reachable(pristine: Path) -> Iterator[Path]:
    """Returns a vault in a folder that every user can enter; pytest's own folders are private."""
    with TemporaryDirectory(prefix="smtui-test-") as folder:
        yield Path(shutil.copyfile(pristine, Path(folder, "v.vault")))


def hand_over(path: Path, *, folder: int, file: int) -> None:
    """Changes the owner and the permissions of the vault and its folder."""
    for each, mode in ((path, file), (path.parent, folder)):
        os.chown(each, 65534, 65534)
        each.chmod(mode)


@needs_root
def test_no_permission(reachable: Path) -> None:
    hand_over(reachable, folder=0o755, file=0o000)

    assert "VaultPathError You have no permission to read" in elsewhere(NOBODY + REPORT, reachable).stdout


@needs_root
@pytest.mark.parametrize(("folder", "file"), [(0o555, 0o400), (0o555, 0o600), (0o755, 0o400)])
def test_a_vault_that_cannot_be_written_opens_for_reading_only(reachable: Path, folder: int, file: int) -> None:
    """Reads of a read-only vault are not recorded, and a notice says so."""
    hand_over(reachable, folder=folder, file=file)
    before = reachable.read_bytes()

    assert "VaultReadOnlyError" in (refusal := elsewhere(NOBODY + REPORT, reachable).stdout)
    assert "--read-only" in refusal
    assert "will not be recorded" in (read := elsewhere(NOBODY + REPORT, reachable, "read-only").stdout)
    assert read.startswith("hunter2")
    assert reachable.read_bytes() == before


def test_reading_only_leaves_the_file_alone(path: Path) -> None:
    before = path.read_bytes()
    with smtui.open_vault(path, PASSPHRASE, read_only=True) as vault:
        events = len(list(vault.audit_log()))
        assert read_all(vault) == VALUES
        assert len(list(vault.audit_log())) == events
        with pytest.raises(smtui.VaultReadOnlyError):
            vault.client().create_secret(Name="new")
        with pytest.raises(smtui.VaultReadOnlyError):
            vault.maintenance.change_passphrase("new")
        assert vault.maintenance.check().clean

    assert path.read_bytes() == before


def test_vanished_while_open(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        client = vault.client()
        path.rename(path.with_name("moved"))
        for call in (lambda: client.create_secret(Name="lost"), lambda: client.get_secret_value(SecretId="prod/db")):
            with pytest.raises(smtui.VaultMissingError, match="moved, removed or replaced"):
                call()
        path.with_name("moved").rename(path)
        client.create_secret(Name="kept")


def test_replaced_while_open(path: Path, pristine: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        other = path.with_name("other")
        other.write_bytes(pristine.read_bytes())
        other.replace(path)
        with pytest.raises(smtui.VaultMissingError):
            vault.client().create_secret(Name="lost")


def test_locked(path: Path) -> None:
    vault = smtui.open_vault(path, PASSPHRASE)
    client = vault.client()
    vault.lock()
    vault.close()

    assert vault.locked
    for call in (vault.client, vault.maintenance.check, client.list_secrets, vault.unlock_key,
                 vault.maintenance.take_recovery_code):
        with pytest.raises(smtui.VaultLockedError):
            call()
    assert "hunter2" not in repr(vars(vault))


def test_a_second_process_holding_the_lock(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "BUSY_MILLISECONDS", 50)
    holder = subprocess.Popen(
        [sys.executable, "-c", CODE + "v = smtui.open_vault(sys.argv[1], PASSPHRASE)\n"
         "with v.transaction():\n    print('held', flush=True)\n    sys.stdin.read()", str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    assert holder.stdout and holder.stdin and holder.stdout.readline() == "held\n"

    with smtui.open_vault(path, PASSPHRASE) as vault, pytest.raises(smtui.VaultBusyError, match="Another process"):
        vault.client().create_secret(Name="new")
    holder.communicate(timeout=LIMIT)
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="new")


def test_a_full_disk_keeps_the_old_state(path: Path) -> None:
    """A file size limit simulates the full disk: one message, all earlier values remain, and the vault works again."""
    run = elsewhere(
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "v = smtui.open_vault(sys.argv[1], PASSPHRASE); c = v.client()\n"
        "soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200000, hard))\n"
        "done = []\n"
        "try:\n"
        "    for n in range(100): c.create_secret(Name=f's{n}', SecretString='x' * 5000); done.append(n)\n"
        "except smtui.VaultError as e: print(type(e).__name__, e)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))\n"
        "c.create_secret(Name='after', SecretString='x')\n"
        "for n in done: assert c.get_secret_value(SecretId=f's{n}')['SecretString'] == 'x' * 5000\n"
        "assert v.maintenance.check().clean; v.close(); print('fine', len(done) > 0)",
        path,
    )
    assert run.stdout.startswith("VaultFullError"), run.stdout + run.stderr
    assert run.stdout.endswith("fine True\n"), run.stdout + run.stderr
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert read_all(vault) == VALUES


def test_no_error_tells_the_key(path: Path) -> None:
    """Error messages from the library while the key is set do not contain the statement with the key."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        key = vault._state.file_keys.page.hex()
    path.write_bytes(path.read_bytes()[:4096] + bytes(4096 * 3))
    try:
        with smtui.open_vault(path, PASSPHRASE) as vault:
            read_all(vault)
    except smtui.VaultError as error:
        assert key not in repr((error, error.__context__, error.__cause__))
        assert not isinstance(error.__cause__, apsw.Error)
