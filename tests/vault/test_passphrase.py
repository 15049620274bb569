"""Tests of the passphrase, the recovery code and the stored key, and of changing them."""

from __future__ import annotations

import os
import string
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

import smtui
from smtui.system import folder_lock
from smtui.system.ambient import Ambient
from smtui.vault import backup, kdf, recovery, reseal
from smtui.vault import path as vault_path
from smtui.vault.database import Database
from tests.conftest import PASSPHRASE
from tests.vault.conftest import REAL, VALUES, read_all
from tests.vault.test_bad_input import elsewhere

KEYS = st.binary(min_size=48, max_size=48)


@given(KEYS)
def test_a_recovery_code_comes_back(key: bytes) -> None:
    """Case, grouping and similar-looking characters do not matter."""
    code = recovery.encode(key)

    assert recovery.decode(code) == key
    assert recovery.decode(" " + code.lower().replace("-", " ").replace("o", "0").replace("i", "1") + "\n") == key


@given(KEYS, st.data())
def test_a_slip_of_the_pen_is_noticed(key: bytes, data: st.DataObject) -> None:
    code = recovery.encode(key).replace("-", "")
    place = data.draw(st.integers(0, len(code) - 2))
    wrong = data.draw(st.sampled_from([c for c in string.ascii_uppercase + "234567" if c != code[place]]))

    with pytest.raises(smtui.WrongPassphraseError, match="mistyped"):
        recovery.decode(code[:place] + wrong + code[place + 1 :])


@given(KEYS, st.integers(0, 82), st.sampled_from("9ÄΩ$"))
def test_a_character_that_no_code_has_is_located(key: bytes, place: int, character: str) -> None:
    """The message names the group of a letter or digit that no code has; other characters are skipped."""
    code = recovery.encode(key).replace("-", "")
    expected = f"Group {place // 6 + 1} .*: no code has a {character}" if character.isalnum() else "83 of 84"

    with pytest.raises(smtui.WrongPassphraseError, match=expected):
        recovery.decode(code[:place] + character + code[place + 1 :])


@pytest.mark.parametrize("code", ["", "ABC", "A" * 83, "ÄÖÜ", "=" * 84, "A" * 10_000])
def test_no_code_at_all(code: str) -> None:
    with pytest.raises(smtui.WrongPassphraseError):
        recovery.decode(code)


def test_the_recovery_code_is_shown_once_and_opens_the_vault(tmp_path: Path) -> None:
    path = tmp_path / "v"
    with smtui.create_vault(path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="a", SecretString="1")
        code = vault.maintenance.take_recovery_code()
        with pytest.raises(smtui.VaultError, match="shown once"):
            vault.maintenance.take_recovery_code()

    with smtui.open_vault(path, recovery_code=code) as vault:
        assert vault.client().get_secret_value(SecretId="a")["SecretString"] == "1"
        with pytest.raises(smtui.VaultError):
            vault.maintenance.take_recovery_code()


def test_the_recovery_code_opens_a_file_whose_salt_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "v"
    with smtui.create_vault(path, PASSPHRASE) as vault:
        code = vault.maintenance.take_recovery_code()
    path.write_bytes(bytes(16) + path.read_bytes()[16:])
    with pytest.raises(smtui.VaultError):
        smtui.open_vault(path, PASSPHRASE)

    with smtui.open_vault(path, recovery_code=code) as vault:
        assert vault.maintenance.check().clean
        vault.maintenance.change_passphrase("new")
    smtui.open_vault(path, "new").close()


def test_the_stored_key_opens_the_vault_until_the_passphrase_changes(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        key = vault.unlock_key()
    with smtui.open_vault(path, key=key) as vault:
        assert read_all(vault) == VALUES
        vault.maintenance.change_passphrase("new")
        assert vault.unlock_key() != key
    with pytest.raises(smtui.WrongPassphraseError):
        smtui.open_vault(path, key=key)
    with pytest.raises(smtui.VaultError):
        smtui.open_vault(path, key=key[:-1])


def test_a_changed_passphrase_opens_and_the_old_one_does_not(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        client = vault.client()
        salt = path.read_bytes()[:16]
        vault.maintenance.change_passphrase("new")
        assert path.read_bytes()[:16] != salt
        assert vault.maintenance.take_recovery_code()
        client.create_secret(Name="after", SecretString="1")
        assert read_all(vault) == VALUES
        assert vault.maintenance.check().clean

    with pytest.raises(smtui.WrongPassphraseError):
        smtui.open_vault(path, PASSPHRASE)
    with smtui.open_vault(path, "new") as vault:
        assert vault.client().get_secret_value(SecretId="after")["SecretString"] == "1"
        assert read_all(vault) == VALUES
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_no_change_while_another_connection_is_open(path: Path) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault, smtui.open_vault(path, PASSPHRASE) as other:
        other.client().list_secrets()
        with pytest.raises(smtui.VaultBusyError, match="has the vault open"):
            vault.maintenance.change_passphrase("new")
        vault.client().create_secret(Name="a")
        other.client().create_secret(Name="b")
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.maintenance.change_passphrase("new")


def change_elsewhere(path: Path) -> str:
    """Changes the passphrase in another process, and returns the name of the error or an empty string."""
    return elsewhere(
        "from smtui.system import folder_lock; folder_lock.TIMEOUT_SECONDS = 0.05\n"
        "try:\n    with smtui.open_vault(sys.argv[1], PASSPHRASE) as vault:\n"
        "        vault.maintenance.change_passphrase('new')\n"
        "except smtui.VaultError as error: print(type(error).__name__)\n", path,
    ).stdout


def test_no_file_is_replaced_while_it_is_being_opened(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise, a process that opened the old file would use the write-ahead log of the new one."""
    outcomes = []

    class Slow(apsw.Connection):
        def __init__(self, *how: Any, **more: Any) -> None:
            super().__init__(*how, **more)
            monkeypatch.setattr(apsw, "Connection", real)
            outcomes.append(change_elsewhere(path))

    real = apsw.Connection
    monkeypatch.setattr(apsw, "Connection", Slow)
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="new")

    assert outcomes == ["VaultBusyError\n"]


def test_nothing_is_opened_while_a_file_is_replaced(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_lock, "TIMEOUT_SECONDS", 0.05)
    outcomes = []
    real = os.replace

    def replaced(*how: Any) -> None:
        real(*how)
        for passphrase in (PASSPHRASE, "new"):
            with pytest.raises(smtui.VaultBusyError):
                smtui.open_vault(path, passphrase)
            outcomes.append(passphrase)

    with smtui.open_vault(path, PASSPHRASE) as vault, monkeypatch.context() as patch:
        patch.setattr(os, "replace", replaced)
        vault.maintenance.change_passphrase("new")
    assert outcomes == [PASSPHRASE, "new"]


def test_what_another_wrote_at_the_last_moment_is_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that the vault has cached are read again, although SQLite does not check them when it leaves WAL mode."""
    real = reseal._lock_exclusively

    def at_the_last_moment(database: Database) -> None:
        with smtui.open_vault(path, PASSPHRASE) as other:
            other.client().create_secret(Name="new", SecretString="x")
        real(database)

    monkeypatch.setattr(reseal, "_lock_exclusively", at_the_last_moment)
    with smtui.open_vault(path, PASSPHRASE) as vault:
        events = len([*vault.audit_log()])
        vault.client().list_secrets()
        vault.maintenance.change_passphrase("new")
    with smtui.open_vault(path, "new") as vault:
        assert len([*vault.audit_log()]) == events + 2
        assert "new" in [secret["Name"] for secret in vault.client().list_secrets()["SecretList"]]
        assert vault.maintenance.check().clean


def test_a_look_at_an_open_vault_drops_no_lock(path: Path) -> None:
    """Opening and closing the file would drop all locks of the process on it (POSIX locks), so `examine` must not."""
    with smtui.open_vault(path, PASSPHRASE):
        examined = vault_path.examine(path)
        assert change_elsewhere(path) == "VaultBusyError\n"
    assert examined == vault_path.examine(path)
    assert change_elsewhere(path) == ""


def test_a_change_that_fails_leaves_the_vault_open_and_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise smtui.VaultFullError("The disk is full.")

    with smtui.open_vault(path, PASSPHRASE) as vault:
        with monkeypatch.context() as patch:
            patch.setattr(backup, "copy_pages", full)
            with pytest.raises(smtui.VaultFullError):
                vault.maintenance.change_passphrase("new")
        vault.client().create_secret(Name="still-works")
        assert read_all(vault) == VALUES
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    smtui.open_vault(path, PASSPHRASE).close()


def test_the_cost_of_the_derivation_is_in_code_alone() -> None:
    """Profile 1 is the second recommended option of RFC 9106. Nothing in a file can make the derivation cheaper."""
    assert REAL[1] == kdf.Profile(memory_cost=65536, iterations=3, lanes=4)
    assert REAL[2] == kdf.Profile(memory_cost=262144, iterations=3, lanes=4)
    for number in set(range(256)) - set(REAL):
        with pytest.raises(smtui.VaultFormatError):
            kdf.find_profile(bytes([number]) + bytes(15))


def test_fresh_salts_and_silent_keys() -> None:
    salts = {kdf.generate_salt(Ambient()) for _ in range(50)}
    keys = kdf.FileKeys.from_passphrase("x", salts.pop())

    assert len(salts) == 49
    assert repr(keys) == "<FileKeys>"
    keys.wipe()
    assert not any(keys.master) and not any(keys.page) and not any(keys.root)


def test_the_keyring_is_one_more_way_in(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring

    from smtui.backends import keyring_store

    kept: dict[tuple[str, str], str] = {}

    class Fake:
        name = "fake keyring"
        get_password = staticmethod(lambda service, entry: kept.get((service, entry)))
        set_password = staticmethod(lambda service, entry, text: kept.__setitem__((service, entry), text))
        delete_password = staticmethod(lambda service, entry: kept.pop((service, entry)))

    monkeypatch.setattr(keyring, "get_keyring", Fake)
    assert keyring_store.load(path) is None
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert keyring_store.store(path, vault.unlock_key()) == "fake keyring"
    key = keyring_store.load(path)
    assert key is not None
    smtui.open_vault(path, key=key).close()
    assert keyring_store.forget(path)
    assert not keyring_store.forget(path)


def test_a_keyring_that_protects_nothing_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backends import fail

    from smtui.backends import keyring_store

    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)
    assert keyring_store.load(path) is None
    with pytest.raises(smtui.VaultError, match="no keyring"):
        keyring_store.store(path, bytes(48))


