"""Agents in the test process, and the folder of their sockets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import smtui
from smtui.backends.key_files import KeyFile
from smtui.server.agent import Agent
from smtui.server.shared_vault import LockLimits, SharedVault
from smtui.system.ambient import Ambient
from tests.conftest import PASSPHRASE


@contextmanager
def make_runtime_folder() -> Iterator[Path]:
    """A runtime folder with a short path, as sockets need it."""
    with TemporaryDirectory(prefix="smtui-t", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The runtime folder of the test process."""
    with make_runtime_folder() as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
        yield folder


@contextmanager
def run_agent(path: Path) -> Iterator[Agent]:
    """An agent for a vault file."""
    vault = smtui.open_vault(path, PASSPHRASE)

    def reopen(passphrase: bytearray, key_file: KeyFile | None = None) -> smtui.Vault:
        return smtui.open_vault(path, passphrase, key_file=key_file)

    agent = Agent(SharedVault(vault, reopen, LockLimits(), Ambient()))
    agent.start(vault)
    yield agent
    agent.close()
