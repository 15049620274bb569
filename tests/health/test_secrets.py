"""Tests of the checks of each secret of a Region."""

from __future__ import annotations

from typing import Any

import smtui
from smtui.health.finding import HealthFinding, read_limits
from smtui.health.secrets import check_region, check_secrets
from smtui.system.settings import Settings

LIMITS = read_limits(Settings())
REGION = "us-east-1"


def ignore_progress(step: str, done: int, total: int) -> None:
    pass


def find_failures(vault: smtui.Vault, *, values: bool) -> list[HealthFinding]:
    found, _ = check_region(vault, REGION, LIMITS, ignore_progress, values=values)
    return [each for each in found if each.kind == "rotation failed"]


def test_a_failed_rotation_is_found_while_it_is_retried(vault: smtui.Vault, client: Any) -> None:
    """It stays a finding until a rotation succeeds, with and without reading values."""
    client.create_secret(Name="broken", SecretString='{"user": "app"}')
    function = vault.rotations().create_function(FunctionName="fails", Password={"Key": "absent"})
    client.rotate_secret(SecretId="broken", RotationLambdaARN=function["FunctionArn"],
                         RotationRules={"AutomaticallyAfterDays": 30})
    run = vault.rotations().describe_rotation(SecretId="broken")["Rotation"]
    assert run["State"] == "waiting" and run["Attempts"] == 1

    for values in (False, True):
        (failure,) = find_failures(vault, values=values)
        assert failure.name == "broken" and "in createSecret" in failure.words and "next retry" in failure.words


def test_a_rotation_that_succeeds_is_none(vault: smtui.Vault, client: Any) -> None:
    client.create_secret(Name="fine", SecretString='{"password": "x"}')
    function = vault.rotations().create_function(FunctionName="works", Password={"Key": "password"})
    client.rotate_secret(SecretId="fine", RotationLambdaARN=function["FunctionArn"],
                         RotationRules={"AutomaticallyAfterDays": 30})

    assert find_failures(vault, values=False) == []
    assert not [each for each in check_secrets(vault, REGION, LIMITS, ignore_progress) if "rotation" in each.kind]
