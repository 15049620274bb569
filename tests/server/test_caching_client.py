"""Tests of the endpoint with AWS's caching client for Python, unmodified."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

import smtui
from smtui.system.ambient import read_system_clock
from tests.conftest import PASSPHRASE
from tests.server.served import serve

caching = pytest.importorskip("aws_secretsmanager_caching")


def test_the_cache_reads_once_and_again_when_its_time_is_over(
    tmp_path: Path, cheap_kdf: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = smtui.create_vault(tmp_path / "cache.vault", PASSPHRASE, clock=read_system_clock)
    vault.client().create_secret(Name="prod/db", SecretString="first")
    with serve(vault) as (_, environ):
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        kept, fresh = (caching.SecretCache(caching.SecretCacheConfig(secret_refresh_interval=seconds),
                                           boto3.client("secretsmanager")) for seconds in (3600, 0))
        assert [kept.get_secret_string("prod/db") for _ in range(3)] == ["first"] * 3
        assert fresh.get_secret_string("prod/db") == "first"
        vault.client().put_secret_value(SecretId="prod/db", SecretString="second")

        assert fresh.get_secret_string("prod/db") == "second"
        assert kept.get_secret_string("prod/db") == "first"
        assert len(list(vault.audit_log(operation="GetSecretValue"))) == 3
