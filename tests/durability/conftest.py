"""Fixtures for durability tests: a cheap key derivation, and a prepared vault for each kind of work."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.durability.work import KINDS, PASSPHRASE, Work
from tests.vault.conftest import CHEAP

collect_ignore_glob = ["test_*.py"] if sys.platform == "win32" else []
SWIFT = Path("/dev/shm")
Prepared = Callable[..., Work]


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    from smtui.vault import kdf

    monkeypatch.setattr(kdf, "PROFILES", dict(CHEAP))
    monkeypatch.setenv("SMTUI_CONFIG", "/nowhere/config.toml")
    monkeypatch.setenv("SMTUI_PASSPHRASE", PASSPHRASE)


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("originals")


@pytest.fixture
def swift() -> Iterator[Path]:
    """Yields an empty folder in memory if possible, where syncing is fast."""
    where = SWIFT if os.access(SWIFT, os.W_OK) else None
    with TemporaryDirectory(prefix="smtui-", dir=where) as folder:
        yield Path(folder)


@pytest.fixture
def prepared(originals: Path, swift: Path, cheap: None) -> Prepared:
    """Returns a function that copies the prepared vault of a kind of work to its own folder."""
    made = 0

    def of(kind: str, place: Path = swift) -> Work:
        nonlocal made
        made += 1
        original = originals / kind
        if not original.exists():
            original.mkdir()
            KINDS[kind](original).prepare()
        folder = place / f"{kind}-{made}"
        shutil.copytree(original, folder)
        return KINDS[kind](folder)

    return of
