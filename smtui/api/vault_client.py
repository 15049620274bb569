"""The client of a vault with the operations of all services, for type checkers."""

from __future__ import annotations

from typing import Protocol

from smtui.api.extension_types import AccessClient, RotationClient
from smtui.api.kms_types import KeyOperations
from smtui.api.types import Client


class VaultClient(Client, KeyOperations, RotationClient, AccessClient, Protocol):
    """All operations of a vault in one Region: those of Secrets Manager and KMS, and our own.

    `tag_resource` and `untag_resource` are those of Secrets Manager.
    """
