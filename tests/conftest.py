"""What every suite shares: a vault, a clock that moves when told, and a key derivation that costs nothing.

The real derivation is tested in tests/vault; here only its price is changed, so that hundreds of vaults can be made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import smtui

PASSPHRASE = "correct horse battery staple"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


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
    with smtui.create_vault(tmp_path / "test.vault", PASSPHRASE, clock=clock) as vault:
        yield vault


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
