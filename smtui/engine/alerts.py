"""Finds secrets that call for attention among many. No value is read, nothing is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from smtui.api.arn import format_secret_arn
from smtui.engine.policies import parse_policy
from smtui.policy.exposure import find_broad_access
from smtui.policy.statements import MalformedPolicyError
from smtui.vault import policies
from smtui.vault.database import Database


def list_public_names(
    database: Database, region: str, names: Sequence[str], *, account: str, now: datetime
) -> Iterator[str]:
    """Yields the secrets among these names whose policy grants access to strangers, or may do so.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ValidateResourcePolicy.html

    Args:
        account: the account id of the vault.
        now: the current time, with a time zone.
    """
    for name, suffix, text in policies.list_policies(database, region, names):
        try:
            policy = parse_policy(text)
        except MalformedPolicyError:  # a damaged row
            continue
        if find_broad_access(policy, resource=format_secret_arn(region, account, name, suffix), owner=account, now=now):
            yield name
