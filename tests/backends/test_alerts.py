"""Tests of what a list of secrets warns of: failed rotations, public policies, functions that are not allowed."""

from __future__ import annotations

import json
from typing import Any

import smtui

PUBLIC = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]}
OWN = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:user/bob"},
     "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]}
NAMES = ["failed", "own", "public", "rotated"]


def test_alerts_are_found_and_nothing_is_recorded(vault: smtui.Vault, client: Any) -> None:
    """Only about the names that are given. A rotation that is to be retried has failed; one that works has not."""
    functions = vault.rotations()
    works = functions.create_function(FunctionName="works", Password={})["FunctionArn"]
    fails = functions.create_function(FunctionName="fails", Password={"Key": "absent"})["FunctionArn"]
    for name in NAMES:
        client.create_secret(Name=name, SecretString="first")
    client.put_resource_policy(SecretId="public", ResourcePolicy=json.dumps(PUBLIC))
    client.put_resource_policy(SecretId="own", ResourcePolicy=json.dumps(OWN))
    for name, arn in (("failed", fails), ("rotated", works)):
        client.rotate_secret(SecretId=name, RotationLambdaARN=arn, RotationRules={"AutomaticallyAfterDays": 1})
    before = len(list(vault.audit_log()))

    found = vault.alerts.find(NAMES)

    assert (found.failed, found.public, found.waiting_functions) == ({"failed"}, {"public"}, set())
    assert not vault.alerts.find(["own", "nosuch"]).public | vault.alerts.find(["own"]).failed
    assert not vault.alerts.find(NAMES, region_name="eu-west-1").public, "secrets of the same names elsewhere"
    assert len(list(vault.audit_log())) == before
