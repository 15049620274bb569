"""Fixtures for tests of comparison and promotion: an account of each profile, and vaults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import smtui
from smtui.backends.local import Vault
from tests.aws_server import aws, aws_server
from tests.conftest import PASSPHRASE

__all__ = ["aws", "aws_server"]


@pytest.fixture
def vaults(tmp_path: Path, cheap_kdf: None) -> Iterator[tuple[Vault, Vault]]:
    """Two empty vaults, of the left and the right side."""
    with smtui.create_vault(tmp_path / "left", PASSPHRASE) as left, \
            smtui.create_vault(tmp_path / "right", PASSPHRASE) as right:
        yield left, right
