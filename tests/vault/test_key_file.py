"""Tests of the key file, the second factor beside the passphrase, and of the cost of the key derivation."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import smtui
from smtui.backends import key_files
from smtui.vault import kdf
from smtui.vault.key_file import KeyFile
from tests.conftest import PASSPHRASE
from tests.vault.conftest import CHEAP, REAL, VALUES, read_all

posix = pytest.mark.skipif(os.name != "posix", reason="modes and pipes as POSIX has them")


def write_private(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return write_private(tmp_path / "team.key", b"any content\n" * 100)


@pytest.fixture
def locked(path: Path, key_file: Path) -> Path:
    """A vault that needs the key file."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.maintenance.change_passphrase(PASSPHRASE, key_file=key_file)
    return path


def test_the_recipe(tmp_path: Path, key_file: Path) -> None:
    """Master key = HKDF(Argon2id(passphrase) || SHA-256(file)), computed here without our code."""
    path = tmp_path / "v"
    with smtui.create_vault(path, PASSPHRASE, key_file=key_file) as vault:
        found = vault.unlock_key()
    salt, cost = path.read_bytes()[:16], CHEAP[1]
    hardened = Argon2id(salt=salt, length=32, iterations=cost.iterations, lanes=cost.lanes,
                        memory_cost=cost.memory_cost).derive(PASSPHRASE.encode())
    material = hardened + hashlib.sha256(key_file.read_bytes()).digest()

    assert salt[0] == 0x81
    assert found == HKDF(SHA256(), 32, salt=salt, info=b"smtui key file").derive(material) + salt


def test_both_factors_are_needed(locked: Path, key_file: Path, tmp_path: Path) -> None:
    """A wrong passphrase, a wrong file and a changed file give the same error; a missing one is told by its name."""
    changed = write_private(tmp_path / "changed", key_file.read_bytes() + b".")
    messages = set()
    for passphrase, file in (("wrong", key_file), (PASSPHRASE, changed), ("wrong", changed)):
        with pytest.raises(smtui.WrongPassphraseError) as refused:
            smtui.open_vault(locked, passphrase, key_file=file)
        messages.add(str(refused.value))
    assert messages == {"Wrong passphrase or key file, or the first page of the vault is damaged."}
    with pytest.raises(smtui.KeyFileError, match="needs its key file"):
        smtui.open_vault(locked, PASSPHRASE)

    with smtui.open_vault(locked, PASSPHRASE, key_file=str(key_file)) as vault:
        assert read_all(vault) == VALUES
        assert vault.maintenance.has_key_file
        assert vault.maintenance.check().clean


def test_a_vault_without_a_key_file_takes_none(path: Path, key_file: Path) -> None:
    with pytest.raises(smtui.KeyFileError, match="has no key file"):
        smtui.open_vault(path, PASSPHRASE, key_file=key_file)
    smtui.open_vault(path, PASSPHRASE).close()


def test_the_profile_cannot_be_turned_back(locked: Path) -> None:
    """Without the bit, the passphrase alone opens nothing: the profile is part of the salt."""
    content = bytearray(locked.read_bytes())
    content[0] &= 0x7F
    locked.write_bytes(content)
    with pytest.raises(smtui.WrongPassphraseError):
        smtui.open_vault(locked, PASSPHRASE)


def test_the_recovery_code_and_the_stored_key_need_no_file(locked: Path, key_file: Path) -> None:
    with smtui.open_vault(locked, PASSPHRASE, key_file=key_file) as vault:
        vault.maintenance.change_passphrase("second")
        code, key = vault.maintenance.take_recovery_code(), vault.unlock_key()
    with smtui.open_vault(locked, recovery_code=code) as vault:
        assert read_all(vault) == VALUES
    with smtui.open_vault(locked, key=key) as vault:
        assert read_all(vault) == VALUES
    smtui.open_vault(locked, "second", key_file=key_file).close()


def test_a_change_of_passphrase_never_drops_the_key_file_unseen(locked: Path, key_file: Path, tmp_path: Path) -> None:
    """Opened by the stored key, the vault does not know the file: it must be given, replaced, or removed."""
    with smtui.open_vault(locked, PASSPHRASE, key_file=key_file) as vault:
        key = vault.unlock_key()
        with vault.reopen() as second:
            assert second.maintenance.knows_key_file
    with smtui.open_vault(locked, key=key) as vault:
        assert not vault.maintenance.knows_key_file
        with pytest.raises(smtui.KeyFileError):
            vault.maintenance.change_passphrase("new")
        assert read_all(vault) == VALUES
        other = write_private(tmp_path / "other.key", b"x")
        vault.maintenance.change_passphrase("new", key_file=other)
    with pytest.raises(smtui.WrongPassphraseError):
        smtui.open_vault(locked, "new", key_file=key_file)
    with smtui.open_vault(locked, "new", key_file=other) as vault:
        with pytest.raises(ValueError, match="contradicts"):
            vault.maintenance.change_passphrase("new", key_file=other, without_key_file=True)
        vault.maintenance.change_passphrase("newer", without_key_file=True)
    with smtui.open_vault(locked, "newer") as vault:
        assert read_all(vault) == VALUES
        assert not vault.maintenance.has_key_file


def test_a_backup_needs_the_key_file_too(locked: Path, key_file: Path, tmp_path: Path) -> None:
    with smtui.open_vault(locked, PASSPHRASE, key_file=key_file) as vault:
        vault.maintenance.backup(tmp_path / "copy")
    assert key_files.needs_key_file(tmp_path / "copy")
    smtui.open_vault(tmp_path / "copy", PASSPHRASE, key_file=key_file).close()


@posix
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_key_file_open_to_others_is_refused(locked: Path, key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    with pytest.raises(smtui.KeyFileError, match=f"open to others .mode {mode:04o}") as refused:
        smtui.open_vault(locked, PASSPHRASE, key_file=key_file)
    assert refused.value.hint == f"Make it private: chmod 600 {key_file}"


def test_what_cannot_be_a_key_file(path: Path, tmp_path: Path) -> None:
    for file, problem in (
        (tmp_path / "missing", "No such file"), (tmp_path, "directory"), (write_private(tmp_path / "e", b""), "empty"),
        (path, "its own key file"), ("a\0b", "not valid"),
    ):
        with smtui.open_vault(path, PASSPHRASE) as vault, pytest.raises(smtui.KeyFileError, match=problem):
            vault.maintenance.change_passphrase("new", key_file=file)
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert read_all(vault) == VALUES


@posix
def test_an_endless_key_file_is_refused(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault, pytest.raises(smtui.KeyFileError, match="larger than"):
        vault.maintenance.change_passphrase("new", key_file="/dev/zero")


def test_a_link_to_the_vault_is_the_vault(path: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(smtui.KeyFileError, match="its own key file"):
        key_files.read_key_file(tmp_path / "link", path)


def test_a_new_key_file_is_random_private_and_never_written_over(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    for each in (first, second):
        key_files.create_key_file(each)
    assert first.read_bytes() != second.read_bytes()
    assert len(first.read_bytes()) == 64
    if os.name == "posix":
        assert first.stat().st_mode & 0o777 == 0o600
    content = first.read_bytes()
    with pytest.raises(smtui.KeyFileError, match="already exists"):
        key_files.create_key_file(first)
    assert first.read_bytes() == content


def test_a_lock_wipes_what_the_key_file_added(locked: Path, key_file: Path) -> None:
    vault = smtui.open_vault(locked, PASSPHRASE, key_file=key_file)
    held = vault._state.file_keys.key_file
    assert isinstance(held, KeyFile)
    assert any(held.digest) and repr(held) == "<KeyFile>"
    vault.close()
    assert not any(held.digest)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_holds_nothing_of_the_key_file(locked: Path, key_file: Path) -> None:
    with smtui.open_vault(locked, PASSPHRASE, key_file=key_file) as vault:
        held = vault._state.file_keys.key_file
        child = os.fork()
        if not child:
            os._exit(0 if held is not None and not any(held.digest) and vault.locked else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert held is not None and any(held.digest)
        assert read_all(vault) == VALUES


def test_a_derivation_in_a_forked_child_opens_the_file(locked: Path, key_file: Path) -> None:
    """A program that forks first and unlocks afterwards, as a server with workers does."""
    child = os.fork()
    if not child:
        with smtui.open_vault(locked, PASSPHRASE, key_file=key_file) as vault:
            os._exit(0 if read_all(vault) == VALUES else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


# The cost of the key derivation.


def test_the_cost_is_raised_on_wish_and_kept_afterwards(path: Path, key_file: Path) -> None:
    assert REAL[2].memory_cost == REAL[0x82].memory_cost == 256 * 1024
    assert REAL[1] == REAL[0x81]
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert vault.maintenance.kdf_memory == 64
        vault.maintenance.change_passphrase("a", kdf_memory=256)
        assert vault.maintenance.kdf_memory == 256
        assert path.read_bytes()[0] == 2
        vault.maintenance.change_passphrase("b")
        assert path.read_bytes()[0] == 2
        vault.maintenance.change_passphrase("c", key_file=key_file)
        assert path.read_bytes()[0] == 0x82
        vault.maintenance.change_passphrase("d", kdf_memory=64)
    with smtui.open_vault(path, "d", key_file=key_file) as vault:
        assert path.read_bytes()[0] == 0x81
        assert read_all(vault) == VALUES


@pytest.mark.parametrize("memory", [0, 1, 32, 128, 512, 1 << 40, -64])
def test_no_other_cost_is_offered(path: Path, tmp_path: Path, memory: int) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault, pytest.raises(ValueError, match="64 or 256"):
        vault.maintenance.change_passphrase("new", kdf_memory=memory)
    with pytest.raises(ValueError, match="64 or 256"):
        smtui.create_vault(tmp_path / "new", PASSPHRASE, kdf_memory=memory)
    assert not (tmp_path / "new").exists()


def test_a_salt_names_its_profile() -> None:
    for number in REAL:
        salt = bytes([number]) + bytes(15)
        assert kdf.needs_key_file(salt) == (number > 0x7F)
        assert kdf.read_memory(salt) == REAL[number].memory_cost // 1024
    assert not kdf.needs_key_file(bytes([0x83]) + bytes(15))
    assert not kdf.needs_key_file(b"")


def test_a_copied_vault_keeps_its_need(locked: Path, tmp_path: Path) -> None:
    shutil.copyfile(locked, tmp_path / "copy")
    assert key_files.needs_key_file(tmp_path / "copy")
