"""Tests of favorite secrets: they stay on this machine, and their file reveals nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.api.errors import VaultError, VaultLockedError
from smtui.system.settings import get_state_path
from tests.conftest import PASSPHRASE


def list_files() -> list[Path]:
    return [path for path in get_state_path().rglob("*") if path.is_file() and "favorites" in path.parts]


def test_favorites_stay_and_nothing_of_them_is_on_disk_in_clear(vault: smtui.Vault, client: Any) -> None:
    """Also after another opening. A second `toggle` removes one. The vault and its audit log do not change."""
    arns = [client.create_secret(Name=name, SecretString="x")["ARN"] for name in ("prod/payments", "dev/web")]
    before = len(list(vault.audit_log()))
    assert vault.favorites.list_arns() == [] and list_files() == []

    assert [vault.favorites.toggle(arn) for arn in arns] == [True, True]
    assert vault.favorites.list_arns() == arns
    with smtui.open_vault(vault.path, PASSPHRASE) as again:
        assert again.favorites.list_arns() == arns
        assert not again.favorites.toggle(arns[0])
    assert vault.favorites.list_arns() == arns[1:]
    assert len(list(vault.audit_log())) == before

    [file] = [path for path in list_files() if path.stat().st_size]
    content = file.read_bytes()
    assert not any(word in content or word in str(file).encode() for word in (b"payments", b"web", b"arn:", b"us-east"))
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600


def test_a_damaged_file_is_no_favorites(vault: smtui.Vault) -> None:
    vault.favorites.toggle("arn:aws:secretsmanager:us-east-1:000000000000:secret:a-AbCdEf")
    for file in list_files():
        file.write_bytes(b"\0" * 4096)

    assert vault.favorites.list_arns() == []


def test_too_many_favorites_are_refused_and_none_is_lost(vault: smtui.Vault) -> None:
    arns = [f"arn:aws:secretsmanager:us-east-1:000000000000:secret:{'x' * 500}{number:03}-AbCdEf"
            for number in range(200)]
    with pytest.raises(VaultError, match="too many favourites"):
        for arn in arns:
            vault.favorites.toggle(arn)

    stored = vault.favorites.list_arns()
    assert len(stored) > 90 and stored == arns[:len(stored)]


def test_a_locked_vault_has_no_favorites(vault: smtui.Vault) -> None:
    vault.close()
    with pytest.raises(VaultLockedError):
        vault.favorites.list_arns()
    with pytest.raises(VaultLockedError):
        vault.favorites.toggle("arn")
