"""Tests of the checks of values: what is judged, what is repeated, and that nothing of a value is kept."""

from __future__ import annotations

from typing import Any

import pytest

import smtui
from smtui.health.finding import read_limits
from smtui.health.secrets import check_secrets
from smtui.health.values import Values, list_guessable_parts
from smtui.system.settings import Settings
from smtui.text.sanitize import SafeText

LIMITS = read_limits(Settings())
STRONG = "tR7$vK2!pW9@xQ4%"


def test_nothing_of_a_value_is_kept(vault: smtui.Vault, client: Any) -> None:
    """Neither the findings nor the stored fingerprints contain a value."""
    client.create_secret(Name="weak", SecretString='{"password": "letmein"}')
    client.create_secret(Name="one", SecretString=STRONG)
    found = check_secrets(vault, "us-east-1", LIMITS, lambda *_: None)
    values = Values(LIMITS.weak_bits)
    values.add("arn", found[0].name, STRONG)
    held = repr((found, values._where, values._bits))
    values.close()

    assert STRONG not in held and "letmein" not in held


@pytest.mark.parametrize(("value", "looked_at"), [
    ("a whole text", [("", "a whole text")]), ("abc", []), ("", []),
    ('{"user": "admin", "Password": "hunter22", "apiKey": "k-123456", "tokens": 5, "secret": "no"}',
     [("Password", "hunter22"), ("apiKey", "k-123456")]),
])  # fmt: skip
def test_what_of_a_value_should_be_hard_to_guess(value: str, looked_at: list[tuple[str, str]]) -> None:
    assert list(list_guessable_parts(value)) == looked_at


def test_one_value_under_many_keys_is_said_once_a_secret() -> None:
    """Equal values of several keys in one secret give one finding."""
    values = Values(LIMITS.weak_bits)
    same = '{"token_a": "x8#qLw!94zRv", "token_b": "x8#qLw!94zRv", "token_c": "x8#qLw!94zRv"}'
    values.add("arn:1", SafeText("one"), same)
    alone = [finding.words for finding in values.list_findings(lambda *_: None)]
    values.add("arn:2", SafeText("two"), '{"token": "x8#qLw!94zRv"}')
    both = [finding.words for finding in values.list_findings(lambda *_: None)]
    values.close()

    assert alone == ["token_a, token_b and 1 more: the same value"]
    assert both == ["token_a, token_b and 1 more: the same as in two", "token: the same as in one"]
