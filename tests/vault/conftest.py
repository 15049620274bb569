"""Fixtures for tests that damage vault files: one prepared vault, copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import smtui
from smtui.vault import kdf
from smtui.vault.schema import MIGRATIONS
from tests.conftest import PASSPHRASE

REAL = dict(kdf.PROFILES)
CHEAP = {number: kdf.Profile(memory_cost=64, iterations=1, lanes=1) for number in REAL}
SAMPLES = Path(__file__).parent / "samples"
FORMATS = range(1, len(MIGRATIONS) + 1)
VALUES = {"prod/db": "hunter2-" * 20, "prod/api": "another-" * 400}


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kdf, "PROFILES", CHEAP)


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a closed vault with two secrets, one of which has several versions."""
    path = tmp_path_factory.mktemp("vaults") / "pristine.vault"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "PROFILES", CHEAP)
        with smtui.create_vault(path, PASSPHRASE) as vault:
            client = vault.client()
            for name, value in VALUES.items():
                client.create_secret(Name=name, SecretString=value, Description="d", Tags=[{"Key": "k", "Value": "v"}])
            for number in range(30):
                client.put_secret_value(SecretId="prod/db", SecretString=f"{number}" * 500)
            client.put_secret_value(SecretId="prod/db", SecretString=VALUES["prod/db"])
    return path


@pytest.fixture(scope="session")
def sample_keys() -> dict[int, bytes]:
    """Returns the key of the frozen sample of each format, from the real key derivation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "PROFILES", REAL)
        salts = {number: (SAMPLES / f"format-{number}.vault").read_bytes()[:16] for number in FORMATS}
        return {number: kdf.FileKeys.from_passphrase("a frozen sample", salt).unlock_key()
                for number, salt in salts.items()}


@pytest.fixture
def path(pristine: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "v.vault"
    shutil.copyfile(pristine, copy)
    copy.chmod(0o600)
    return copy


@pytest.fixture
def untouched(path: Path) -> Callable[[], bool]:
    """Returns a function that tells whether the file is the same as at its first call, and alone in its folder."""
    before: list[bytes] = []

    def same() -> bool:
        if not before:
            before.append(path.read_bytes())
        return path.read_bytes() == before[0] and sorted(p.name for p in path.parent.iterdir()) == [path.name]

    return same


def read_all(vault: smtui.Vault) -> dict[str, str]:
    client = vault.client()
    return {name: client.get_secret_value(SecretId=name)["SecretString"] for name in VALUES}
