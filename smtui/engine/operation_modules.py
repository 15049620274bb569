"""The module of each operation, which is imported when the operation is first called."""

from __future__ import annotations

from importlib import import_module

from smtui.api.errors import VaultError
from smtui.engine import operations

_NAMES = {
    "access": "ExplainAccess ListAccess",
    "aliases": "CreateAlias UpdateAlias DeleteAlias ListAliases",
    "callers": "CreateCaller DeleteCaller",
    "clock": "AcceptClock",
    "creation": "CreateSecret",
    "functions": "CreateFunction UpdateFunction AllowFunction RevokeFunction ListFunctions DeleteFunction",
    "key_attributes": "GetKeyPolicy PutKeyPolicy ListResourceTags KeyTagResource KeyUntagResource",
    "keys": "CreateKey DescribeKey ListKeys EnableKey DisableKey UpdateKeyDescription ScheduleKeyDeletion"
            " CancelKeyDeletion",
    "lifecycle": "UpdateSecret DescribeSecret DeleteSecret RestoreSecret",
    "listing": "ListSecrets ListSecretVersionIds",
    "passwords": "GetRandomPassword",
    "policies": "PutResourcePolicy GetResourcePolicy DeleteResourcePolicy ValidateResourcePolicy",
    "replication": "ReplicateSecretToRegions RemoveRegionsFromReplication StopReplicationToReplica",
    "retention": "SetTrailRetention",
    "rotation": "RotateSecret CancelRotateSecret",
    "runs": "ClaimRotation ReleaseRotation ReportRotation DescribeRotation",
    "stages": "UpdateSecretVersionStage",
    "tags": "TagResource UntagResource",
    "values": "PutSecretValue GetSecretValue BatchGetSecretValue",
}
MODULES = {name: module for module, names in _NAMES.items() for name in names.split()}
"""The module of each operation."""


def import_operation(name: str) -> None:
    """Imports the module of an operation, which declares it; all modules for a name that the table lacks.

    Raises:
        VaultError: the module cannot be read, for example because the process has too many open files.
    """
    try:
        _import_operation(name)
    except OSError as error:
        raise VaultError(f"A module of smtui cannot be read: {error.strerror}.") from None


def _import_operation(name: str) -> None:
    if name in MODULES:
        import_module(f"{operations.__name__}.{MODULES[name]}")
        return
    from pkgutil import iter_modules

    for each in iter_modules(operations.__path__):
        import_module(f"{operations.__name__}.{each.name}")
