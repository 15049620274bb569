"""Fixtures that all tests share: a vault, a clock that tests set, and a cheap key derivation.

tests/vault tests the real key derivation. Here only its cost parameters change, so that tests can make many vaults.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis
import pytest

import smtui
from tests.prepared_vault import PreparedVault, derive_keys_cheaply, prepare_vault

# Hypothesis fails no test because of its duration or because of a health check.
hypothesis.settings.register_profile("speedless", deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
hypothesis.settings.load_profile("speedless")

# Many tests start the program. Without bytecode files, each start compiles all modules again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

gc.set_threshold(200_000, 5, 20)
"""Allocations between two garbage collections. With Python's default, collections take a fifth of each test's time."""

PASSPHRASE = "correct horse battery staple"
_machines = count()


frozen_caches: list[object] = []
"""The caches of libraries that existed before the first test."""


def pytest_collection_finish() -> None:
    """Excludes what exists before the first test from garbage collections; the lock of the TUI makes complete ones."""
    gc.collect()
    names = {"_lru_cache_wrapper", "LRUCache", "FIFOCache"}
    frozen_caches[:] = [found for found in gc.get_objects() if type(found).__name__ in names]
    gc.freeze()


def pytest_xdist_auto_num_workers() -> int:
    """Returns two workers for each processor, because the tests of programs and screens mostly wait."""
    return 2 * (os.cpu_count() or 1)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture(scope="session", autouse=True)
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keeps the state files of the vaults that tests make out of the developer's home. Returns a folder for them."""
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMTUI_STATE", str(folder / "shared"))
        yield folder


@pytest.fixture(autouse=True)
def machine(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns an empty state folder, as on a machine that has never opened a vault."""
    folder = elsewhere / f"{next(_machines)}"
    folder.mkdir()  # pytest's own numbered folders take longer with each one
    monkeypatch.setenv("SMTUI_STATE", str(folder))
    return folder


@pytest.fixture(autouse=True)
def no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch, elsewhere: Path) -> None:
    """Isolates tests from the developer's settings, vault, profiles, clipboard and colours."""
    for name in ("NO_COLOR", "DISPLAY", "WAYLAND_DISPLAY", "TMUX", "SSH_TTY", "SSH_CONNECTION", "SMTUI_VAULT",
                 "SMTUI_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(elsewhere / "no-profiles"))
    monkeypatch.setenv("SMTUI_CONFIG", str(elsewhere / f"{next(_machines)}.config" / "config.toml"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cheap_kdf() -> Iterator[None]:
    with derive_keys_cheaply():
        yield


@pytest.fixture(scope="session")
def new_vault(elsewhere: Path, tmp_path_factory: pytest.TempPathFactory) -> PreparedVault:
    """Returns a new, empty vault, to copy."""
    return prepare_vault(tmp_path_factory.mktemp("new") / "test.vault", passphrase=PASSPHRASE, clock=Clock())


@pytest.fixture
def vault(tmp_path: Path, clock: Clock, cheap_kdf: None, new_vault: PreparedVault) -> Iterator[smtui.Vault]:
    """Yields a new vault, and asserts after the test that its digest matches its rows."""
    new_vault.copy_to(tmp_path)
    with new_vault.open_copy(tmp_path, clock=clock) as vault:
        yield vault
        if not vault.locked:
            assert not digest_gap(vault)


def by_another_program(path: Path, key: bytes, *statements: str) -> None:
    """Executes SQL statements in a vault file without smtui, as an attacker who has the key can.

    Args:
        path: The vault file.
        key: The vault's unlock key.
        statements: SQL statements, executed without CHECK constraints and with a writable schema.
    """
    import apsw

    from smtui.vault.kdf import FileKeys

    keys = FileKeys.from_key(key)
    file = apsw.Connection(str(path))
    file.set_busy_timeout(60_000)
    opened = ("cipher = 'sqlcipher'", "legacy = 4", f"key = \"x'{keys.page.hex()}{keys.salt.hex()}'\"",
              "journal_mode = WAL", "writable_schema = ON", "ignore_check_constraints = ON")
    for statement in (*(f"PRAGMA {each}" for each in opened), *statements, "PRAGMA wal_checkpoint(TRUNCATE)"):
        file.execute(statement).fetchall()
    file.close()


def digest_gap(vault: smtui.Vault) -> int:
    """Returns the difference between the digest of an open vault and the sum of its rows; 0 if they match."""
    from smtui.vault import digest

    with vault._state.database.snapshot():  # a background connection may be writing
        return digest.find_difference(vault._state.database, vault._state.key_store.derive(digest.PURPOSE))


@pytest.fixture
def days_pass(vault: smtui.Vault, clock: Clock) -> Callable[[], None]:
    """Returns a function that opens two sessions, 24 hours apart: one notes what is overdue, the next deletes it."""

    def pass_by() -> None:
        for hours in (0, 24):
            clock.forward(hours=hours)
            with smtui.open_vault(vault.path, key=vault.unlock_key(), clock=clock) as other:
                other.client().list_secrets()

    return pass_by


@pytest.fixture
def client(vault: smtui.Vault) -> Any:
    return vault.client()


@pytest.fixture
def reopen(vault: smtui.Vault, clock: Clock) -> Callable[[], smtui.Vault]:
    """Returns a function that closes the vault and opens it again."""

    def again() -> smtui.Vault:
        vault.close()
        return smtui.open_vault(vault.path, PASSPHRASE, clock=clock)

    return again
