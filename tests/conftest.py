"""What every suite shares: a vault, a clock that moves when told, and a key derivation that costs nothing.

The real derivation is tested in tests/vault; here only its price is changed, so that hundreds of vaults can be made.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest

import smtui

# For every test: nothing that hypothesis judges by the time it took, or by chance, is a failure.
hypothesis.settings.register_profile("speedless", deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
hypothesis.settings.load_profile("speedless")

gc.set_threshold(100_000, 50, 50)
"""Objects between two searches for cycles; as Python has it, a fifth of the time of every test goes into them."""

PASSPHRASE = "correct horse battery staple"


def pytest_xdist_auto_num_workers() -> int:
    """Two for each processor: the tests of programs and screens wait more than they compute."""
    return 2 * (os.cpu_count() or 1)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture(scope="session", autouse=True)
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a test's vaults leave behind about themselves is not left in the developer's home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMTUI_STATE", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(autouse=True)
def no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings, vault, clipboard or colours of the developer reach a test, and no test writes to them."""
    for name in ("NO_COLOR", "DISPLAY", "WAYLAND_DISPLAY", "TMUX", "SSH_TTY", "SSH_CONNECTION", "SMTUI_VAULT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SMTUI_CONFIG", str(tmp_path / "config" / "config.toml"))


@pytest.fixture(autouse=True)
def machine(elsewhere: None, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that never saw a vault: the folder in which it remembers those it will see."""
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("SMTUI_STATE", str(folder))
    return folder


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cheap_kdf(monkeypatch: pytest.MonkeyPatch) -> None:
    from smtui.vault import kdf

    cheap = {number: kdf.Profile(memory_cost=64, iterations=1, lanes=1) for number in kdf.PROFILES}
    monkeypatch.setattr(kdf, "PROFILES", cheap)


@pytest.fixture
def vault(tmp_path: Path, clock: Clock, cheap_kdf: None) -> Iterator[smtui.Vault]:
    """Whatever a test does with it, its digest fits its rows at the end."""
    with smtui.create_vault(tmp_path / "test.vault", PASSPHRASE, clock=clock) as vault:
        yield vault
        if not vault.locked:
            assert not digest_gap(vault)


def by_another_program(path: Path, key: bytes, *statements: str) -> None:
    """Somebody who has the key changes the file with another program than ours, which stops them from nothing."""
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
    """What the digest of an open vault lacks of the sum of its rows."""
    from smtui.vault import digest

    return digest.find_difference(vault._state.database, vault._state.key_store.derive(digest.PURPOSE))


@pytest.fixture
def days_pass(vault: smtui.Vault, clock: Clock) -> Callable[[], None]:
    """Another session sees what is overdue, and one a day later ends it."""

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
    """Closes the vault and opens it again."""

    def again() -> smtui.Vault:
        vault.close()
        return smtui.open_vault(vault.path, PASSPHRASE, clock=clock)

    return again
