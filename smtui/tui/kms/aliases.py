"""The targets of aliases, and the choice of a KMS key that must still mean the key which the user saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smtui.api.arn import replace_key_arns
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.audit import last_change

if TYPE_CHECKING:
    from smtui.api.kms_types import KeyOperations
    from smtui.backends.local import Vault
    from smtui.tui.session import Session

ALIAS = "alias/"
AWS_ALIAS = "alias/aws/"
"""The prefix of the aliases of AWS managed keys, which nobody can move."""
ALIAS_CHANGES = frozenset({"CreateAlias", "UpdateAlias", "DeleteAlias"})
NOWHERE = "no key"


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """A KMS key that the user chose.

    Args:
        key_id: the value of KmsKeyId. For an alias it is the alias, which the secret keeps, as in AWS.
        target: the key to which it pointed when the user saw it, from `find_key`.
    """

    key_id: str
    target: str


def find_target(client: KeyOperations, alias: str) -> str | None:
    """Returns the id of the key to which an alias points; None if there is no such alias."""
    listed = client.list_aliases()["Aliases"]
    return next((each.get("TargetKeyId") for each in listed if each["AliasName"] == alias), None)


def find_key(client: KeyOperations, key_id: str) -> str:
    """Returns the id of the key that a KmsKeyId means now: the target of an alias, `NOWHERE` if the alias is gone.

    What cannot be moved, such as a key id or the alias of an AWS managed key, means itself.
    """
    resource = replace_key_arns(key_id)
    if not resource.startswith(ALIAS) or resource.startswith(AWS_ALIAS):
        return key_id
    return find_target(client, resource) or NOWHERE


def find_keys(session: Session, choices: Mapping[str, KeyChoice]) -> dict[str, str]:
    """Returns the key that the choice in each Region means now."""
    return {region: find_key(session.keys(region, record_reads=False), choice.key_id)
            for region, choice in choices.items()}


def describe_moved_alias(vault: Vault, choice: KeyChoice, found: str, region: str) -> list[SafeText]:
    """Says who moved the alias that the user chose, to which key it pointed, and to which it points now."""
    alias = replace_key_arns(choice.key_id)
    who = last_change.describe_newest(vault, ALIAS_CHANGES, region, subjects={alias})
    return [*([sanitize(who)] if who else []),
            sanitize(f"{alias} pointed to {choice.target}."), sanitize(f"It points to {found} now.")]
