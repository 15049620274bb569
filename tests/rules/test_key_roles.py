"""Tests of what keys are for: the most likely one comes first, in the spellings that people use."""

from __future__ import annotations

import pytest

from smtui.rules.key_roles import CODE_SEED, PASSWORD, URL, USER_NAME, find_key


@pytest.mark.parametrize(("keys", "names", "found"), [
    (("host", "port", "username", "password"), PASSWORD, "password"),
    (("secret", "Password"), PASSWORD, "Password"),
    (("host", "db_password", "port"), PASSWORD, "db_password"),
    (("userPassword", "pw"), PASSWORD, "pw"),
    (("aws_access_key_id", "aws_secret_access_key"), PASSWORD, "aws_secret_access_key"),
    (("aws_access_key_id", "aws_secret_access_key"), USER_NAME, "aws_access_key_id"),
    (("API-Key", "url"), PASSWORD, "API-Key"),
    (("adminUser", "host"), USER_NAME, "adminUser"),
    (("email", "user"), USER_NAME, "user"),
    (("jdbc_url", "x"), URL, "jdbc_url"),
    (("otp", "totp"), CODE_SEED, "totp"),
    (("host", "port", "monkey"), PASSWORD, None),
    (("compass", "passport"), PASSWORD, None),
    ((), PASSWORD, None),
    (("", "-", "é"), PASSWORD, None),
])
def test_the_best_key(keys: tuple[str, ...], names: tuple[str, ...], found: str | None) -> None:
    at = find_key(keys, names)
    assert (None if at is None else keys[at]) == found
